"""The admin's forms for stock."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from shop.inventory.counters import MOST
from shop.inventory.models import Location, StockLevel


def reason() -> forms.CharField:
    """Why there is another quantity: it is kept with the movement."""
    return forms.CharField(
        max_length=200, widget=UnfoldAdminTextInputWidget, help_text="It is kept in the history of the stock."
    )


class AdjustForm(forms.Form):
    """So many more or fewer, or exactly as many as were counted."""

    delta = forms.IntegerField(
        required=False,
        min_value=-MOST,
        max_value=MOST,
        label="Change by",
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="12 adds twelve, -3 takes three away.",
    )
    set_to = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST,
        label="Or set to",
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="How many pieces were counted.",
    )
    reason = reason()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        given = [values.get(name) is not None for name in ("delta", "set_to")]
        if not self.errors and sum(given) != 1:
            self.add_error("delta", "Fill in either Change by or Set to.")
        if values.get("delta") == 0:
            self.add_error("delta", "Enter a number other than 0.")
        return values


class FirstStockForm(forms.ModelForm):  # type: ignore[type-arg]
    """What lies at a place where none of the variant ever lay."""

    quantity = forms.IntegerField(min_value=0, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget)
    reason = reason()

    class Meta:
        model = StockLevel
        fields = ("variant", "location")


class LocationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A place; the last one in use can't be switched off: nothing could be received or sold."""

    def clean_is_active(self) -> bool:
        wanted: bool = self.cleaned_data["is_active"]
        places = list(Location.objects.select_for_update().order_by("pk"))  # one after another, lest both go
        if not wanted and not any(each.is_active for each in places if each != self.instance):
            raise forms.ValidationError("At least one location has to stay active.")
        return wanted
