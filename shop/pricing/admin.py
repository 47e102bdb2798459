"""Price lists and their prices in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from shop.platform.admin import ReadOnlyAdmin, RecordAdmin
from shop.platform.admin.lists import FewFilter
from shop.platform.amounts import column, shown
from shop.pricing import operations as pricing
from shop.pricing.forms import PriceForm, PriceListForm
from shop.pricing.models import Price, PriceHistory, PriceList
from shop.stores.forms import chosen


@admin.register(PriceList)
class PriceListAdmin(RecordAdmin):
    """Price lists: of those that apply, the one with the highest priority has the price."""

    form = PriceListForm
    list_display = ("name", "code", "currency", "market", "group", "priority", "starts_at", "ends_at", "price_count")
    list_filter = ("currency", "market", "group")
    list_select_related = ("market", "group")
    search_fields = ("name", "code")
    fields = (("name", "code"), ("currency", "priority"), ("market", "group"), ("starts_at", "ends_at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceList]:
        price_lists: QuerySet[PriceList] = super().get_queryset(request)
        return price_lists.annotate(counted=Count("prices"))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return chosen(db_field, super().formfield_for_dbfield(db_field, request, **kwargs))

    def why_kept(self, request: HttpRequest, row: PriceList) -> str:
        is_ordinary = row.code.startswith("base-")
        return f"The ordinary prices in {row.currency} are on this list, so it can't be deleted." if is_ordinary else ""

    def save_model(self, request: HttpRequest, obj: PriceList, form: Any, change: bool) -> None:
        with pricing.changing_list(obj):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: PriceList) -> None:
        pricing.delete_list(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PriceList]) -> None:
        for price_list in queryset.order_by("pk"):
            pricing.delete_list(price_list)

    @display(description="prices", ordering="counted")
    def price_count(self, price_list: Any) -> str:
        href = reverse("admin:pricing_price_changelist") + f"?price_list__id__exact={price_list.pk}"
        return format_html('<a class="text-link" href="{}">{}</a>', href, price_list.counted)


@admin.register(Price)
class PriceAdmin(RecordAdmin):
    """Prices of variants on price lists. The ordinary prices are also on the product's page."""

    form = PriceForm
    list_display = ("variant", "sku", "price_list", "price", "before", "updated_at")
    list_filter = (("price_list", FewFilter),)
    list_select_related = ("variant__product", "price_list")
    search_fields = ("variant__sku", "variant__product__name", "variant__product__slug")
    search_help_text = "Product or SKU"
    ordering = ("-id",)
    autocomplete_fields = ("variant", "price_list")
    fields = (("price_list", "variant"), ("amount", "compare_at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        prices: QuerySet[Price] = super().get_queryset(request)
        return prices.select_related("variant__product", "price_list")

    def get_readonly_fields(self, request: HttpRequest, obj: Price | None = None) -> tuple[str, ...]:
        return ("price_list", "variant") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Price | None = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return (("price_list", "variant"), ("price", "before"))
        return self.fields

    def save_model(self, request: HttpRequest, obj: Price, form: Any, change: bool) -> None:
        values = form.cleaned_data
        pricing.set_prices(obj.price_list, {obj.variant_id: (values["amount"], values["compare_at"])})
        obj.pk = Price.objects.values_list("pk", flat=True).get(price_list=obj.price_list, variant=obj.variant_id)
        obj.amount = values["amount"].minor

    def delete_model(self, request: HttpRequest, obj: Price) -> None:
        pricing.withdraw_prices(obj.price_list, [obj.variant_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Price]) -> None:
        for price_list in PriceList.objects.filter(prices__in=queryset).distinct().order_by("pk"):
            rows = queryset.filter(price_list=price_list)
            pricing.withdraw_prices(price_list, list(rows.values_list("variant_id", flat=True)))

    @display(description="SKU", ordering="variant__sku")
    def sku(self, price: Price) -> str:
        return price.variant.sku or "—"

    @display(description="price", ordering="amount")
    def price(self, price: Price) -> str:
        return column(shown(price.amount, price.price_list.currency))

    @display(description="before", ordering="compare_at")
    def before(self, price: Price) -> str:
        return column(shown(price.compare_at, price.price_list.currency))


@admin.register(PriceHistory)
class PriceHistoryAdmin(ReadOnlyAdmin):
    """The history of public prices, read-only."""

    list_display = ("variant", "market_code", "price", "before", "effective_from", "price_list_code", "cause")
    list_filter = ("market_code", "cause")
    linked_by = ("variant__id__exact",)
    list_select_related = ("variant__product",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("variant__sku", "variant__product__name", "variant__product__slug")
    search_help_text = "Product or SKU"
    fields = readonly_fields = (
        "variant",
        "market_code",
        "price",
        "before",
        "effective_from",
        "recorded_at",
        "price_list_code",
        "cause",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceHistory]:
        rows: QuerySet[PriceHistory] = super().get_queryset(request)
        return rows.select_related("variant__product")

    def has_delete_permission(self, request: HttpRequest, obj: PriceHistory | None = None) -> bool:
        return False

    @display(description="price", ordering="amount")
    def price(self, row: PriceHistory) -> str:
        return column(shown(row.amount, row.currency))

    @display(description="before", ordering="compare_at")
    def before(self, row: PriceHistory) -> str:
        return column(shown(row.compare_at, row.currency))
