"""Carts in the admin, to look at. A cart's public id opens it, so neither it nor its hash is anywhere here."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from shop.checkout.models import Cart, CartLine
from shop.platform.admin import ReadOnlyAdmin, ReadOnlyInline

STATES = {"open": "info", "completing": "warning", "completed": "success"}


class CartLineInline(ReadOnlyInline):
    model = CartLine
    fields = readonly_fields = ("shown_variant", "quantity", "created_at")
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartLine]:
        found: QuerySet[CartLine] = super().get_queryset(request)
        return found.select_related("variant__product")

    def has_view_permission(self, request: HttpRequest, obj: Cart | None = None) -> bool:
        return bool(request.user.has_perm("checkout.view_cart"))

    @display(description="variant")
    def shown_variant(self, line: CartLine) -> str:
        return str(line.variant)


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    """What people mean to buy."""

    list_display = ("updated_at", "email", "shown_status", "line_count", "market", "currency", "last_error")
    list_filter = ("status", "market")
    list_select_related = ("market",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("email",)
    ordering = ("-id",)
    fields = readonly_fields = (
        "shown_status", "email", "user", "market", "country", "currency", "locale", "shipping_method", "code", "note",
        "order", "last_error", "created_at", "updated_at", "expires_at",
    )  # fmt: skip
    inlines = (CartLineInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cart]:
        found: QuerySet[Cart] = super().get_queryset(request)
        joined = found.select_related("market", "user", "shipping_method", "code", "order")
        return joined.defer("digest", "secret").annotate(counted=Count("lines"))

    def has_delete_permission(self, request: HttpRequest, obj: Cart | None = None) -> bool:
        return False

    @display(description="status", ordering="status", label=STATES)
    def shown_status(self, cart: Cart) -> str:
        return cart.status

    @display(description="lines", ordering="counted")
    def line_count(self, cart: Cart) -> int:
        return int(getattr(cart, "counted", 0))
