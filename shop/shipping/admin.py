"""Shipping methods in the admin."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from shop.platform.admin import RecordAdmin
from shop.platform.amounts import column, shown
from shop.shipping.forms import ShippingMethodForm
from shop.shipping.models import ShippingMethod


@admin.register(ShippingMethod)
class ShippingMethodAdmin(RecordAdmin):
    """Shipping methods and their prices."""

    form = ShippingMethodForm
    list_display = ("name", "code", "market", "shown_price", "tax_code", "position", "is_active")
    list_filter = ("is_active", "market")
    list_select_related = ("market",)
    search_fields = ("name", "code")
    fields = (("name", "code"), "description", ("market", "price"), ("tax_code", "position"), "is_active")

    def get_fields(self, request: HttpRequest, obj: ShippingMethod | None = None) -> object:
        if obj and not self.has_change_permission(request, obj):
            return ("name", "code", "description", "market", "shown_price", "tax_code", "position", "is_active")
        return self.fields

    @display(description="price", ordering="price")
    def shown_price(self, method: ShippingMethod) -> str:
        return column(shown(method.price, method.market.currency))
