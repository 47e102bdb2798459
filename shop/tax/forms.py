"""The admin's form for tax rates."""

from typing import Any

from django import forms

from shop.platform.amounts import PercentField
from shop.stores.country_names import NAMES
from shop.tax.models import TaxRate


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a country charges."""

    percent = PercentField()

    class Meta:
        model = TaxRate
        fields = ("country", "name", "percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A rate stays with its country, so only a new one asks which: a list of 250 countries in each row is slow."""
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "country" in self.fields:
            country = self.instance.country
            self.fields["country"].choices = [(country, NAMES.get(country, country))]  # type: ignore[attr-defined]
