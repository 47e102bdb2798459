"""Amounts in the admin: read and shown as decimal text in major units, never by way of a float."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from shop.kernel.errors import Refusal
from shop.kernel.money import Money

LONGEST: Final = 25


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
    """The minor units as a person reads them, "19.99 EUR"; a dash for none."""
    return str(Money(minor, currency)) if minor is not None else "—"


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
