"""The admin's forms for prices."""

from typing import Any

from django import forms

from shop.kernel.currencies import EXPONENTS
from shop.kernel.money import AmountTooLarge, Money
from shop.platform.amounts import AmountField, major, read
from shop.pricing.models import Price, PriceList
from shop.stores.limits import LARGEST_PRICE


class PriceListForm(forms.ModelForm):  # type: ignore[type-arg]
    """A price list; its currency can't change once it has prices."""

    class Meta:
        model = PriceList
        fields = ("name", "code", "currency", "market", "group", "priority", "starts_at", "ends_at")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and starts >= ends:
            self.add_error("ends_at", "Must be later than the start.")
        currency = values.get("currency")
        if currency and currency not in EXPONENTS:
            self.add_error("currency", "This is not an active ISO 4217 currency code.")
        is_other = not self.instance._state.adding and currency and currency != self.initial.get("currency")
        if is_other and self.instance.prices.exists():
            self.add_error("currency", "The list has prices already, so its currency can't be changed.")
        market = values.get("market")
        if market and currency and market.currency != currency:
            self.add_error("currency", f"The market {market} sells in {market.currency}.")
        return values


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A variant's price in major units of its list's currency."""

    amount = AmountField(label="Price")
    compare_at = AmountField(required=False, label="Price before", help_text="Struck through; higher than the price.")

    class Meta:
        model = Price
        fields = ("price_list", "variant")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in ("amount", "compare_at"):
                self.initial[name] = major(getattr(self.instance, name), self.instance.price_list.currency)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        price_list = self.instance.price_list if not self.instance._state.adding else values.get("price_list")
        for name in ("amount", "compare_at"):
            if price_list and values.get(name):
                try:
                    values[name] = read(values[name], price_list.currency)
                except forms.ValidationError as wrong:
                    self.add_error(name, wrong)
        amount, before = values.get("amount"), values.get("compare_at")
        if isinstance(amount, Money) and amount.minor > LARGEST_PRICE:
            self.add_error("amount", AmountTooLarge.message)
        if not self.errors and before is not None and amount is not None and before <= amount:
            self.add_error("compare_at", "The compare-at price must be higher than the price.")
        return values

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "amount", "compare_at"}  # type: ignore[misc]

    def _post_clean(self) -> None:
        """Leave the row's amounts unchanged: the operation writes them."""
        cleaned = self.cleaned_data
        self.cleaned_data = {name: value for name, value in cleaned.items() if name not in ("amount", "compare_at")}
        super()._post_clean()  # type: ignore[misc]
        self.cleaned_data = cleaned
