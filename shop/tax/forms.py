"""The admin's form for tax rates."""

from django import forms

from shop.platform.amounts import PercentField
from shop.tax.models import TaxRate


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a country charges."""

    percent = PercentField()

    class Meta:
        model = TaxRate
        fields = ("country", "name", "percent")
