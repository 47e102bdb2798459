"""The admin's form for shipping methods."""

from typing import Any

from django import forms

from shop.kernel.money import AmountTooLarge
from shop.platform.amounts import AmountField, major, read
from shop.shipping.models import ShippingMethod
from shop.stores.limits import LARGEST_PRICE


class ShippingMethodForm(forms.ModelForm):  # type: ignore[type-arg]
    """A shipping method, with its price in major units of its market's currency."""

    price = AmountField(help_text="In the market's currency.")

    class Meta:
        model = ShippingMethod
        fields = ("name", "code", "description", "market", "price", "tax_code", "position", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["price"] = major(self.instance.price, self.instance.market.currency)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        market, price = values.get("market"), values.get("price")
        if market and price:
            try:
                values["price"] = read(price, market.currency).minor
            except forms.ValidationError as wrong:
                self.add_error("price", wrong)
            else:
                if values["price"] > LARGEST_PRICE:
                    self.add_error("price", AmountTooLarge.message)
        else:
            values.pop("price", None)
        return values

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "price"}  # type: ignore[misc]
