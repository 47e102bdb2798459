"""The field types that the bodies of accounts share."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import unquote_plus

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode
from pydantic import AfterValidator, Field, WithJsonSchema

from shop.accounts.errors import WeakPassword
from shop.accounts.models import LONGEST_EMAIL, email_key
from shop.accounts.passwords import LONGEST, SHORTEST, weaknesses
from shop.kernel.card_numbers import holds_card_number
from shop.kernel.messages import gettext_noop
from shop.kernel.plain_text import readable, without_gaps, without_ignored
from shop.platform.http.fields import Mistake
from shop.platform.metadata import MOST_PAIRS
from shop.stores.addresses import UNKNOWN_COUNTRY
from shop.stores.countries import country
from shop.stores.phones import NotAPhone, phone

LONGEST_PHONE = 40
"""As it is typed; what is stored is shorter."""


def _email(value: str) -> str:
    """An address that mail can reach: ASCII before the @, and a domain that has an ASCII form."""
    value = without_ignored(value).strip()
    local, _, domain = value.rpartition("@")
    try:
        validate_email(value)
        reachable = local.isascii() and " " not in punycode(domain)  # the validator lets look-alikes of k and s pass
    except (ValidationError, UnicodeError):
        reachable = False
    if not reachable:
        raise Mistake("invalid_format", gettext_noop("Enter a valid email address."))
    if len(email_key(value)) > LONGEST_EMAIL:  # some characters become many when they are folded
        raise Mistake("too_long", params={"max": LONGEST_EMAIL})
    return _no_card_number(value)


def _phone(value: str) -> str:
    """E.164 (ITU-T), so that it can be called from everywhere."""
    try:
        return phone(value)
    except NotAPhone as wrong:
        raise Mistake("invalid_format", wrong.message) from None


def _dialed(value: str) -> str:
    """Any text that is empty or has a digit: no country's numbers go without."""
    if value.strip() and not any(map(str.isdigit, value)):
        raise Mistake("invalid_format", gettext_noop("Enter a phone number, for example +49 30 901820."))
    return value


def _known_country(value: str) -> str:
    """A country that post reaches, told with the form of everything else."""
    if country(value) is None:
        raise Mistake("invalid_choice", UNKNOWN_COUNTRY)
    return value


def _language_tag(value: str) -> str:
    """The tag as it is usually written (RFC 5646, 2.1.1), whatever its case and whatever joins its parts."""
    language, *others = value.replace("_", "-").lower().split("-")
    forms = {2: str.upper, 4: str.title}
    return "-".join([language, *(forms.get(len(each), str)(each) for each in others)])


def _phone_schema(description: str) -> WithJsonSchema:
    """An empty text is no number, and allowed: forms send it."""
    number = {"type": "string", "format": "phone", "maxLength": LONGEST_PHONE}
    nothing = {"type": "string", "maxLength": 0}
    return WithJsonSchema({"anyOf": [number, nothing], "description": description, "examples": ["+4930901820"]})


def _no_card_number(value: str) -> str:
    """Any text but one that holds a payment card's number: that must not be stored."""
    if holds_card_number(value):
        raise Mistake("invalid_text", gettext_noop("This looks like a card number. Card numbers are not stored."))
    return value


def _no_card_number_in_address(value: str) -> str:
    """The same for a URL, however it is escaped."""
    _no_card_number(unquote_plus(value))
    return value


def _readable(value: str) -> str:
    """What a person is to read, as it was typed but for marks that turn its direction; empty if nothing is seen."""
    return readable(_no_card_number(value))


def too_weak(field: str, right: Mapping[str, Any]) -> Iterator[tuple[str, Mistake]]:
    """The mistake of a password that the operation would refuse, if nothing else is wrong with it."""
    own = {name: value for name, value in right.items() if isinstance(value, str)}
    reasons = weaknesses(own[field], of=SimpleNamespace(**own)) if field in own else []
    if reasons:
        yield field, Mistake(WeakPassword.code, WeakPassword.message, {"reasons": reasons})


Email = Annotated[
    str,
    Field(max_length=LONGEST_EMAIL, examples=["ada@example.com"], json_schema_extra={"format": "email"}),
    AfterValidator(_email),
]
Password = Annotated[str, Field(min_length=1, max_length=LONGEST, examples=["correct horse battery"])]
FirstPassword = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST, examples=["correct horse battery"])]
NewPassword = Annotated[FirstPassword, Field(examples=["nine ladders and a tulip"])]
Otp = Annotated[
    str,
    Field(min_length=1, max_length=20, description="The six or eight digits from the email.", examples=["482915"]),
    AfterValidator(without_gaps),  # people copy spaces along, and keyboards have digits of their own
]
Token = Annotated[str, Field(min_length=1, max_length=200)]
RefreshToken = Annotated[Token, Field(examples=["srt_hH0QvT1b9cXr2mJ8sYd4LwEa6Kz7nUf3PgRi5OtAqVM"])]
StaffRefreshToken = Annotated[Token, Field(examples=["sar_hH0QvT1b9cXr2mJ8sYd4LwEa6Kz7nUf3PgRi5OtAqVM"])]
RegistrationToken = Annotated[Token, Field(examples=["srg_Wc5dN2yE8uQkV0xB3jZf7LmTa9SrHg1PoIi4YbKtCvU"])]
Name = Annotated[str, Field(max_length=100), AfterValidator(_readable)]
FirstName = Annotated[Name, Field(examples=["Ada"])]
LastName = Annotated[Name, Field(examples=["Lovelace"])]
DeviceName = Annotated[Name, Field(description="A name for the device.", examples=["Ada's phone"])]
Phone = Annotated[
    str,
    Field(max_length=LONGEST_PHONE),
    AfterValidator(_phone),
    _phone_schema("With its country code. Stored as E.164, an extension as `;ext=12`."),
]
PhoneOfAddress = Annotated[
    str,
    Field(max_length=LONGEST_PHONE),
    AfterValidator(_dialed),
    _phone_schema("With its country code, or as it is dialed in the country of the address. Stored as E.164."),
]
"""Read together with the country of its address."""
Line1 = Annotated[str, Field(min_length=1, max_length=200, examples=["Friedrichstr. 43"]), AfterValidator(_readable)]
Line2 = Annotated[str, Field(max_length=200), AfterValidator(_readable)]
Note = Annotated[str, Field(max_length=2000), AfterValidator(_readable)]
Reason = Annotated[str, Field(max_length=300, examples=["Ordered by mistake."]), AfterValidator(_readable)]
ReturnUrl = Annotated[str, Field(max_length=1000), AfterValidator(_no_card_number_in_address)]
City = Annotated[Name, Field(examples=["Berlin"])]
PostalCode = Annotated[str, Field(max_length=20, examples=["10117"]), AfterValidator(_readable)]
Country = Annotated[
    str,
    Field(
        pattern="^[A-Za-z]{2}$",
        min_length=2,
        max_length=2,
        description="ISO 3166-1 alpha-2.",
        examples=["DE"],
        json_schema_extra={"format": "country"},
    ),
    AfterValidator(str.upper),
]
CountryOfAddress = Annotated[Country, AfterValidator(_known_country)]
Locale = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$",
        min_length=2,
        max_length=16,
        examples=["en-GB"],
    ),
    AfterValidator(_language_tag),
]
MetadataName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_no_card_number)]
MetadataValue = Annotated[str, Field(max_length=500), AfterValidator(_no_card_number)]
Metadata = Annotated[
    dict[MetadataName, MetadataValue],
    Field(max_length=MOST_PAIRS, description="Up to 50 key-value pairs of your own.", examples=[{"shoe_size": "39"}]),
]
MetadataPatch = Annotated[
    dict[MetadataName, MetadataValue | None],
    Field(
        max_length=2 * MOST_PAIRS,
        description="Merged into the current pairs (RFC 7396): an absent key stays, null removes one.",
        examples=[{"shoe_size": "39"}],
    ),
]
