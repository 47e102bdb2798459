"""The admin's form for tax rates."""

from typing import Any

from django import forms

from shop.platform.amounts import PercentField
from shop.stores.country_names import country_name
from shop.tax.models import TaxRate


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rate of a tax class in one country."""

    percent = PercentField()

    class Meta:
        model = TaxRate
        fields = ("country", "name", "percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the list of countries for a new rate only: a rate keeps its country, and 250 options a row are slow."""
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "country" in self.fields:
            country = self.instance.country
            self.fields["country"].choices = [(country, country_name(country))]  # type: ignore[attr-defined]
