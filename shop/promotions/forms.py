"""The admin's forms for promotions and codes."""

from decimal import Decimal
from typing import Any

from django import forms

from shop.platform.amounts import PercentField
from shop.promotions.models import DiscountCode, Promotion
from shop.promotions.queries import code_key

LONGEST = 50


class PromotionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A promotion with a percentage above 0, up to 100."""

    percent = PercentField(min_value=Decimal("0.0001"), help_text="19.5 is 19.5%.")

    class Meta:
        model = Promotion
        fields = ("name", "percent", "market", "group", "is_active", "starts_at", "ends_at")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and starts >= ends:
            self.add_error("ends_at", "Must be later than the start.")
        return values


class CodeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A discount code that is unique in any spelling, with a usage limit not below its uses."""

    class Meta:
        model = DiscountCode
        fields = ("code", "promotion", "usage_limit", "once_per_customer")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        key = code_key(code)
        if not key or len(key) > LONGEST:
            raise forms.ValidationError(f"A code has 1 to {LONGEST} characters.", code="invalid")
        if DiscountCode.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("This code exists already.", code="already_exists")
        self.instance.key = key
        return code

    def clean_usage_limit(self) -> int | None:
        limit: int | None = self.cleaned_data["usage_limit"]
        if limit is not None and limit < self.instance.used:
            raise forms.ValidationError(f"Must be at least {self.instance.used}: the code was used that often.")
        return limit
