"""Amounts and percentages in the admin: read and shown as decimal text, never by way of a float."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from shop.kernel.currencies import exponent
from shop.kernel.errors import Refusal
from shop.kernel.money import Money
from shop.kernel.symbols import written
from shop.platform.translation import translate

LONGEST: Final = 25


_AMOUNT: Final = re.compile(r"-?[0-9][0-9.,]*")
_SPACES: Final = re.compile(r"(?<=[0-9])[\s\u2009\u202f'\u2019](?=[0-9]{3}(?![0-9]))")
UNCLEAR: Final = "This could be {} or {}. Write it without a sign for thousands, like 1299.00."


def parsed(text: str, currency: str, *, decimal: str | None = None) -> Money:
    """The amount that a person or a spreadsheet means: "12.50", "12,50", "1.299,00", "1,299.00", "1 299,00".

    With one sign and three digits behind it, as "1,299", both are possible; then `decimal` says which sign is the
    decimal one, as far as other amounts beside it tell. Raises ValidationError, also for what stays unclear.
    """
    try:
        return Money.from_text(_plain(text.strip(), exponent(currency), decimal), currency)
    except Refusal as refusal:
        raise ValidationError(translate(refusal.message), code=refusal.code) from None


def decimal_signs(texts: Iterable[str]) -> set[str]:
    """The decimal signs of these amounts, as far as they show one beyond doubt."""
    found = set()
    for text in texts:
        body = _SPACES.sub("", text.strip())
        marks = re.findall(r"[.,]", body)
        if not _AMOUNT.fullmatch(body) or not marks:
            continue
        if len(set(marks)) == 2:
            found.add(marks[-1])
        elif len(marks) > 1:
            found.add("," if marks[0] == "." else ".")
        elif not _may_be_thousands(*body.lstrip("-").split(marks[0])):
            found.add(marks[0])
    return found


def _plain(text: str, digits: int, decimal: str | None) -> str:
    """The amount with a point for its decimals and nothing else, as money is read; what can't be one stays as it is."""
    text = _SPACES.sub("", text)
    marks = re.findall(r"[.,]", text)
    if not _AMOUNT.fullmatch(text) or not marks:
        return text
    last = marks[-1]
    whole, part = text.rsplit(last, 1)
    if len(set(marks)) == 2:
        return _joined(whole, marks[0], part, digits) if marks.count(last) == 1 else text
    if len(marks) > 1:
        return _joined(f"{whole}{last}{part}", last, "", digits)
    if not _may_be_thousands(whole.lstrip("-"), part):
        return _joined(whole, "", part, digits)
    if digits == 0 or decimal not in (None, last):  # nobody writes three decimals of a yen
        return whole + part
    if decimal is None and not (digits == 3 and last == "."):  # that is how we write it
        raise ValidationError(UNCLEAR.format(whole + part, f"{whole}.{part}"), code="invalid_amount")
    return _joined(whole, "", part, digits)


def _may_be_thousands(whole: str, part: str) -> bool:
    return len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")


def _joined(whole: str, thousands: str, part: str, digits: int) -> str:
    """The parts with a point between them; zeros beyond the currency's decimals say nothing."""
    if thousands:
        if not re.fullmatch(rf"-?[0-9]{{1,3}}({re.escape(thousands)}[0-9]{{3}})+", whole):
            return f"{whole}?"
        whole = whole.replace(thousands, "")
    part = part[:digits] + part[digits:].rstrip("0")
    return f"{whole}.{part}" if part else whole


def read(text: str, currency: str) -> Money:
    """The amount, zero or more. Raises ValidationError with the refusal's own sentence."""
    amount = parsed(text, currency)
    if amount.minor < 0:
        raise ValidationError("This can't be less than nothing.", code="negative")
    return amount


def shown(minor: int | None, currency: str) -> str:
    """The minor units as a person reads them, "€1,299.00" or "CHF 19.99"; a dash for none."""
    return written(Money(minor, currency)) if minor is not None else "—"


def column(text: object) -> SafeString:
    """A number in a list: at the right, so that numbers can be compared."""
    return format_html('<span class="amount">{}</span>', text)


def percent_text(percent: Decimal) -> str:
    """The percentage without zeros that say nothing: 19.5%, 20%."""
    return f"{trimmed(percent)}%"


def trimmed(number: Decimal) -> str:
    """The number without zeros after its last digit: 19.5, 20."""
    return f"{number.normalize():f}"


def major(minor: int | None, currency: str) -> str:
    """The minor units as a form's field shows them, "19.99"; empty for none."""
    return Money(minor, currency).text() if minor is not None else ""


class AmountField(forms.CharField):
    """An amount as it is typed. With a currency it becomes Money; without one it stays text, for the form to read."""

    def __init__(self, *, currency: str | None = None, **options: Any) -> None:
        self.currency = currency
        widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "placeholder": "0.00"})
        super().__init__(**{"max_length": LONGEST, "widget": widget, **options})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return read(text, self.currency) if text and self.currency else text or None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "").strip()


class NumberField(forms.DecimalField):
    """A number with decimals, typed with a decimal point or a decimal comma, and shown without zeros at its end."""

    widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(self._read(value) if isinstance(value, str) else value)

    def _read(self, text: str) -> str:
        """The number with a decimal point. Where no number has thousands, a lone sign is the decimal one."""
        text = text.strip()
        marks = re.findall(r"[.,]", text)
        most: Any = self.max_value
        decimal = marks[0] if most is not None and most < 1000 and len(marks) == 1 else None
        return _plain(text, LONGEST if self.decimal_places is None else self.decimal_places, decimal)

    def prepare_value(self, value: Any) -> Any:
        return trimmed(value) if isinstance(value, Decimal) else value


class PercentField(NumberField):
    """A percentage of up to four decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "min_value": Decimal(0),
                "max_value": Decimal(100),
                "max_digits": 7,
                "decimal_places": 4,
                **options,
            }
        )
