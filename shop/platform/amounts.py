"""Amounts and percentages in the admin: read and shown as decimal text, never by way of a float."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from shop.kernel.errors import Refusal
from shop.kernel.money import Money

LONGEST: Final = 25
SIGNS: Final = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PHP": "₱",
    "TWD": "NT$",
    "USD": "$",
    "VND": "₫",
}
"""Before the amount, as Unicode's CLDR writes them in English; other currencies are written as their code."""


def read(text: str, currency: str) -> Money:
    """The amount, zero or more. Raises ValidationError with the refusal's own sentence."""
    try:
        amount = Money.from_text(text, currency)
    except Refusal as refusal:
        raise ValidationError(refusal.problem.message, code=refusal.code) from None
    if amount.minor < 0:
        raise ValidationError("This can't be less than nothing.", code="negative")
    return amount


def shown(minor: int | None, currency: str) -> str:
    """The minor units as a person reads them, "€1,299.00" or "CHF 19.99"; a dash for none."""
    return written(Money(minor, currency)) if minor is not None else "—"


def written(money: Money) -> str:
    """The amount as a person reads it."""
    whole, point, part = money.text().lstrip("-").partition(".")
    sign = SIGNS.get(money.currency, f"{money.currency}\N{NO-BREAK SPACE}")
    return f"{'-' if money.minor < 0 else ''}{sign}{int(whole):,}{point}{part}"


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


class PercentField(forms.DecimalField):
    """A percentage of up to four decimals, shown without zeros that say nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "min_value": Decimal(0),
                "max_value": Decimal(100),
                "max_digits": 7,
                "decimal_places": 4,
                "widget": UnfoldAdminDecimalFieldWidget,
                **options,
            }
        )

    def prepare_value(self, value: Any) -> Any:
        return trimmed(value) if isinstance(value, Decimal) else value
