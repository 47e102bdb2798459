"""The admin's form for tax rates."""

from decimal import Decimal

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from shop.tax.models import TaxRate


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a country charges."""

    percent = forms.DecimalField(
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=7,
        decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget,
    )

    class Meta:
        model = TaxRate
        fields = ("country", "name", "percent")
