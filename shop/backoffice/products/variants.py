"""Variants in the admin: rows of their product's page, and a page for each."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from shop.assortment.operations import save_product
from shop.assortment.types import ProductInput
from shop.backoffice.products.columns import with_price_and_stock
from shop.backoffice.products.forms import (
    OneVariantForm,
    VariantForm,
    VariantFormSet,
    columns_of,
    names_of,
    pictures_of,
    variant_form,
)
from shop.backoffice.products.inputs import input_with_variant
from shop.catalog.drafts import Written
from shop.catalog.models import Product, Variant
from shop.platform.admin import RecordAdmin, actor_of
from shop.platform.amounts import column, shown
from shop.pricing.operations import base_list
from shop.stores.queries import default_market

NOT_IN_A_ROW = dict.fromkeys(("compare_at", "cost", "picture"))
"""What is asked on a variant's own page alone, and what the row of a table has no column for."""

WRITTEN_BY = {"price": "pricing.change_price", "compare_at": "pricing.change_price"}
WRITTEN_BY |= {"received": "inventory.change_stocklevel"}


def currency_of(request: Any) -> str:
    """The currency of the default market, asked for once a request."""
    if not hasattr(request, "ordinary_currency"):
        request.ordinary_currency = default_market().currency
    return str(request.ordinary_currency)


def form_for(request: HttpRequest, product: Product | None, base: type[VariantForm] = VariantForm) -> type[VariantForm]:
    """The form of a variant. Prices and stock can be written by whoever has the permissions of their own tables."""
    form = variant_form(
        names=names_of(product) if product else [],
        columns=columns_of(product),
        in_currency=currency_of(request),
        pictures=pictures_of(product),
        base=base,
    )
    for name, permission in WRITTEN_BY.items():
        form.base_fields[name].disabled = not request.user.has_perm(permission)
    return form


def save(request: HttpRequest, product: Product | None, details: ProductInput) -> Written:
    """Save the product as whoever sent the request, with prices in the currency of the default market."""
    ordinary = base_list(currency_of(request))
    actor = actor_of(request)
    return save_product(product, details, price_list=ordinary, reason="entered with the product", actor=actor)


def tell_given_up(request: HttpRequest, saved: Written) -> None:
    """Whoever saved is told which variants gave up their SKUs."""
    for note in saved.notes:
        messages.info(request, f"{note.other} is not sold any more, so it gave its SKU {note.sku} up.")


def free_of(variant: Any) -> str:
    """How many are free, and how many of the others are only reserved until somebody confirms or pays."""
    unconfirmed = f", {variant.known_provisional} unconfirmed" if variant.known_provisional else ""
    return f"{variant.known_free or 0} free{unconfirmed}"


class OfProduct:
    """Whoever may write the product may write what it consists of."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("catalog.view_product")) or self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_new = obj is None or obj._state.adding
        return bool(request.user.has_perm("catalog.add_product" if is_new else "catalog.change_product"))


class ShownVariant:
    """What pages say of a variant that it does not say itself."""

    @display(description="stock")
    def shown_stock(self, variant: Any) -> str:
        if variant._state.adding:
            return "—"
        if not variant.track_inventory:
            return "not counted"
        href = reverse("admin:inventory_stocklevel_changelist") + f"?variant__id__exact={variant.pk}"
        there = f"{variant.known_on_hand or 0} there, {free_of(variant)}"
        return format_html('{} · <a class="text-link" href="{}">Adjust</a>', there, href)

    @display(description="price history")
    def price_history(self, variant: Variant) -> str:
        if variant._state.adding:
            return "—"
        href = reverse("admin:pricing_pricehistory_changelist") + f"?variant__id__exact={variant.pk}"
        return format_html('<a class="text-link" href="{}">Show</a>', href)

    @display(description="options")
    def shown_options(self, variant: Variant) -> str:
        return variant.name or "—"

    @display(description="price")
    def shown_price(self, variant: Any) -> str:
        return column(shown(variant.known_price, variant.in_currency))

    @display(description="")
    def details(self, variant: Variant) -> str:
        if variant._state.adding:
            return ""
        href = reverse("admin:catalog_variant_change", args=[variant.pk])
        return format_html('<a class="text-link" href="{}">Details</a>', href)


class VariantRows(ShownVariant, OfProduct):
    """What is bought. A variant is never deleted, only switched off: orders and stock know it."""

    model = Variant
    formset = VariantFormSet
    extra = 0
    can_delete = False
    readonly_fields: tuple[str, ...] = ("shown_stock", "price_history")
    looked_at = ("shown_options", "sku", "barcode", "shown_price", "price_history", "shown_stock", "is_active")
    per_page = 30

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        found: QuerySet[Variant] = super().get_queryset(request)  # type: ignore[misc]
        return with_price_and_stock(found.select_related("product"), currency=currency_of(request))

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_formset(request, obj, **{**kwargs, "fields": ()})  # type: ignore[misc]
        form = self.row_form(request, obj)
        options = {**kwargs, "form": form, "fields": form.Meta.fields}
        return super().get_formset(request, obj, **options)  # type: ignore[misc]

    def row_form(self, request: HttpRequest, product: Product | None) -> type[VariantForm]:
        return form_for(request, product)

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        return self.readonly_fields if self.has_change_permission(request, obj) else self.looked_at


def whole_form(product: Product | None) -> tuple[Any, ...]:
    """Everything that a variant is asked, some of it side by side."""
    return (
        tuple(f"value_{at}" for at in range(1, columns_of(product) + 1)),
        ("price", "compare_at", "cost", "price_history"),
        ("sku", "barcode", "weight_grams"),
        ("shown_stock", "received"),
        ("track_inventory", "may_backorder"),
        ("is_active", "requires_shipping", "is_taxable"),
        ("picture",),
    )


class VariantInline(VariantRows, StackedInline):
    """Each variant with all that it is asked: of a new product, and of one without options."""

    min_num = 1
    per_page = 20

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        may = self.has_change_permission(request, obj)
        return [(None, {"fields": whole_form(obj) if may else self.looked_at})]


class VariantTable(VariantRows, TabularInline):
    """A row for each variant, with pages; the rest of it is on its own page."""

    readonly_fields = ("free", "details")
    hide_title = True

    @display(description="stock")
    def free(self, variant: Any) -> str:
        if variant._state.adding:
            return "—"
        if not variant.track_inventory:
            return "not counted"
        href = reverse("admin:inventory_stocklevel_changelist") + f"?variant__id__exact={variant.pk}"
        told = '<span class="amount">{} · <a class="text-link" href="{}">Adjust</a></span>'
        return format_html(told, free_of(variant), href)

    def row_form(self, request: HttpRequest, product: Product | None) -> type[VariantForm]:
        meta = type("Meta", (VariantForm.Meta,), {"fields": ("sku", "is_active")})
        return type("VariantRowForm", (form_for(request, product),), {"Meta": meta, **NOT_IN_A_ROW})

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": self.looked_at})]
        values = (f"value_{at}" for at in range(1, columns_of(obj) + 1))
        return [(None, {"fields": (*values, "sku", "price", "free", "received", "is_active", "details")})]


@admin.register(Variant)
class VariantAdmin(ShownVariant, OfProduct, RecordAdmin):
    """One variant with all that it is asked. It is written together with its product, as on that one's page."""

    list_display = ("product", "shown_options", "sku", "shown_price", "shown_stock", "is_active")
    list_display_links = ("product", "shown_options")
    list_filter = ("is_active", "track_inventory", "may_backorder")
    list_select_related = ("product",)
    linked_by = ("product__id__exact",)
    search_fields = ("sku", "barcode", "product__name")
    search_help_text = "Product, SKU or barcode"
    readonly_fields = ("shown_product", "shown_stock", "price_history")
    looked_at = (
        "shown_product", "shown_options", "sku", "barcode", "weight_grams", "requires_shipping", "is_taxable",
        "track_inventory", "may_backorder", "shown_price", "price_history", "shown_stock", "is_active",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        found: QuerySet[Variant] = super().get_queryset(request)
        return with_price_and_stock(found.select_related("product"), currency=currency_of(request))

    def get_form(self, request: HttpRequest, obj: Variant | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None or not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change, **{**kwargs, "fields": ()})
        options = {**kwargs, "form": form_for(request, obj.product, OneVariantForm), "fields": VariantForm.Meta.fields}
        return super().get_form(request, obj, change, **options)

    def get_fieldsets(self, request: HttpRequest, obj: Variant | None = None) -> Any:
        if obj is None or not self.has_change_permission(request, obj):
            return [(None, {"fields": self.looked_at})]
        return [(None, {"fields": ("shown_product", *whole_form(obj.product))})]

    def get_readonly_fields(self, request: HttpRequest, obj: Variant | None = None) -> Any:
        return self.readonly_fields if self.has_change_permission(request, obj) else self.looked_at

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or bool(request.user.has_perm("catalog.view_variant"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("catalog.change_product"))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A new one is a row of its product's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:
        product = obj.product
        tell_given_up(request, save(request, product, input_with_variant(product, form)))

    @display(description="product")
    def shown_product(self, variant: Variant) -> str:
        href = reverse("admin:catalog_product_change", args=[variant.product_id])
        return format_html('<a class="text-link" href="{}">{}</a>', href, variant.product)
