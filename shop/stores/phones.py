"""Phone numbers: E.164 (ITU-T), so that they can be called from everywhere, with their extension if they have one."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

from shop.kernel.messages import gettext_noop
from shop.kernel.plain_text import plain
from shop.stores.countries import country

LONGEST = 32
DIGITS_COMPARED = 6


class NotAPhone(ValueError):
    """The text is not one phone number; `message` says what one looks like."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def phone(text: str, *, country_code: str | None = None) -> str:
    """The number as +4930901820, or +4930901820;ext=12; empty for an empty text. A national one is read in its country.

    Raises NotAPhone, also where something of the text would be lost.
    """
    typed = plain(text).strip()
    if not typed:
        return ""
    where = country(country_code) if country_code else None
    try:
        number = phonenumbers.parse(typed, where.code if where else None)
    except phonenumbers.NumberParseException:
        message = gettext_noop("Enter the number with its country code, for example +49 30 901820.")
        raise NotAPhone(message) from None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise NotAPhone(gettext_noop("Enter a valid phone number, for example +49 30 901820."))
    extension = number.extension or ""
    end = phonenumbers.national_significant_number(number)[-DIGITS_COMPARED:] + extension
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164) + (f";ext={extension}" if extension else "")
    if not re.sub(r"\D", "", typed).endswith(end) or len(written) > LONGEST:
        raise NotAPhone(gettext_noop("Enter one phone number and nothing else, for example +49 30 901820."))
    return written
