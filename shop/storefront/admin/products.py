"""The page of a product and the list of products."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from shop.catalog.admin import WholeSlugs
from shop.catalog.models import Image, Product, Variant
from shop.catalog.operations import products
from shop.platform.admin import Answers, Button, ButtonsAdmin, RecordAdmin, RowFormSet, actor_of
from shop.platform.admin.times import text_of
from shop.platform.amounts import column, shown
from shop.platform.clock import now
from shop.storefront.admin.columns import (
    PricedFilter,
    StockFilter,
    thumbnail,
    with_price_and_stock,
    with_prices_and_stock,
)
from shop.storefront.admin.forms import (
    ImageForm,
    ProductForm,
    ScheduleForm,
    VariantForm,
    VariantFormSet,
    columns_of,
    keep_uploads,
    names_of,
    pictures_of,
    variant_form,
)
from shop.storefront.admin.sheets import sheet_of
from shop.storefront.operations import save_product
from shop.stores.queries import default_market

Status = Product.Status
STATES = {"draft": "info", "active": "success", "scheduled": "info", "archived": "warning"}


def currency_of(request: Any) -> str:
    """The currency of the default market, asked for once a request."""
    if not hasattr(request, "ordinary_currency"):
        request.ordinary_currency = default_market().currency
    return str(request.ordinary_currency)


class OfProduct:
    """Whoever may write the product may write what it consists of."""

    def has_view_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return bool(request.user.has_perm("catalog.view_product")) or self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        is_new = obj is None or obj._state.adding
        return bool(request.user.has_perm("catalog.add_product" if is_new else "catalog.change_product"))


class VariantInline(OfProduct, StackedInline):
    """What is bought. A variant is never deleted, only switched off: orders and stock know it."""

    model = Variant
    formset = VariantFormSet
    extra, min_num = 0, 1
    can_delete = False
    readonly_fields = ("shown_stock", "price_history")
    looked_at = ("shown_options", "sku", "barcode", "shown_price", "price_history", "shown_stock", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        found: QuerySet[Variant] = super().get_queryset(request)
        return with_price_and_stock(found.select_related("product"), currency=currency_of(request))

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_formset(request, obj, **{**kwargs, "fields": ()})
        names = names_of(obj) if obj else []
        form = variant_form(
            names=names, columns=columns_of(obj), in_currency=currency_of(request), pictures=pictures_of(obj)
        )
        self._take_away(form, request)
        return super().get_formset(request, obj, **{**kwargs, "form": form, "fields": VariantForm.Meta.fields})

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": self.looked_at})]
        values = tuple(f"value_{at}" for at in range(1, columns_of(obj) + 1))
        numbers = ("sku", "barcode", "weight_grams")
        stock = ("shown_stock", "received")
        selling = ("is_active", "requires_shipping", "is_taxable")
        counting = ("track_inventory", "may_backorder")
        looks = ("picture",)
        prices = ("price", "compare_at", "cost", "price_history")
        return [(None, {"fields": (values, prices, numbers, stock, counting, selling, looks)})]

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        return self.readonly_fields if self.has_change_permission(request, obj) else self.looked_at

    def _take_away(self, form: type[VariantForm], request: HttpRequest) -> None:
        """Prices and stock can be written by whoever has the permissions of their own tables."""
        for permission, names in {
            "pricing.change_price": ("price", "compare_at"),
            "inventory.change_stocklevel": ("received",),
        }.items():
            for name in names:
                form.base_fields[name].disabled = not request.user.has_perm(permission)

    @display(description="stock")
    def shown_stock(self, variant: Any) -> str:
        if variant._state.adding:
            return "—"
        if not variant.track_inventory:
            return "not counted"
        href = reverse("admin:inventory_stocklevel_changelist") + f"?variant__id__exact={variant.pk}"
        there, free = variant.known_on_hand or 0, variant.known_free or 0
        return format_html('{} there, {} free · <a class="text-link" href="{}">Adjust</a>', there, free, href)

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


class ImageInline(OfProduct, TabularInline):
    """The pictures, the first of which stands for the product."""

    model = Image
    form = ImageForm
    formset = RowFormSet
    extra = 0
    tab = True
    fields = ("preview", "upload", "alt", "position", "source")
    readonly_fields = ("preview", "source")

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.fields
        return tuple(name for name in self.fields if name != "upload")

    @display(description="picture")
    def preview(self, image: Image) -> str:
        return thumbnail(image, size=64)

    @display(description="from")
    def source(self, image: Image) -> str:
        if not image.source_url:
            return "uploaded" if image.file else "—"
        return format_html(
            '<a class="text-link" href="{0}" rel="noopener noreferrer" target="_blank" title="{0}">another site</a>',
            image.source_url,
        )


def _is_scheduled(product: Product) -> bool:
    return product.status == Status.ACTIVE and not product.is_published(now())


def _publish(request: HttpRequest, product: Product, answers: Answers) -> str:
    at = now()
    is_later = product.published_at is not None and product.published_at > at
    products.publish(product, at=at if is_later else None)
    return "Shoppers see it now."


def _schedule(request: HttpRequest, product: Product, answers: Answers) -> str:
    products.publish(product, at=answers["at"])
    return f"Shoppers see it from {text_of(answers['at'])} on, in {timezone.get_current_timezone_name()}."


def _unpublish(request: HttpRequest, product: Product, answers: Answers) -> str:
    products.unpublish(product)
    return "It is a draft: shoppers do not see it."


def _archive(request: HttpRequest, product: Product, answers: Answers) -> str:
    products.archive(product)
    return "It is archived: shoppers do not see it."


MAY = "catalog.change_product"


@admin.register(Product)
class ProductAdmin(ButtonsAdmin, RecordAdmin):
    """Products. They are archived, not deleted; what deletes one takes a superuser and the shell."""

    form = ProductForm
    list_display = (
        "picture",
        "name",
        "category",
        "brand",
        "shown_status",
        "shown_prices",
        "shown_stock",
        "visible_from",
    )
    list_display_links = ("picture", "name")
    list_filter = ("status", PricedFilter, StockFilter, "brand", "category")
    list_select_related = ("category", "brand", "main_image")
    search_fields = ("name", "slug", "variants__sku")
    search_help_text = "Name, address or SKU"
    ordering = ("-id",)
    autocomplete_fields = ("brand", "category")
    prepopulated_fields = {"slug": ("name",)}
    Media = WholeSlugs
    readonly_fields = ("shown_status", "published_at", "former_addresses")
    inlines = (VariantInline, ImageInline)
    compressed_fields = False
    fieldsets = (
        (None, {"fields": (("name", "slug"), ("category", "brand"), ("shown_status", "published_at"))}),
        (None, {"fields": ("description_html",)}),
        (None, {"fields": (("option_names", "tags"), ("tax_code", "kind"))}),
        ("Search engines", {"classes": ("collapse",), "fields": ("seo_title", "seo_description", "former_addresses")}),
    )
    buttons = (
        Button(
            name="publish",
            label="Publish",
            permission=MAY,
            does=_publish,
            fits=lambda product: product.status == Status.DRAFT or _is_scheduled(product),
            variant="primary",
        ),
        Button(
            name="schedule",
            label="Publish later",
            permission=MAY,
            does=_schedule,
            fits=lambda product: product.status == Status.DRAFT or _is_scheduled(product),
            asks=ScheduleForm,
            question="Until then shoppers do not see it.",
        ),
        Button(
            name="unpublish",
            label="Unpublish",
            permission=MAY,
            does=_unpublish,
            fits=lambda product: product.status in (Status.ACTIVE, Status.ARCHIVED),
        ),
        Button(
            name="archive",
            label="Archive",
            permission=MAY,
            does=_archive,
            fits=lambda product: product.status != Status.ARCHIVED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        found: QuerySet[Product] = super().get_queryset(request)
        return with_prices_and_stock(found, currency=currency_of(request))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Product | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and (self.has_add_permission(request) or self.has_change_permission(request)):
            keep_uploads(request.FILES)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Nothing: the product is written together with what it consists of."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        variants, images = formsets
        sheet = sheet_of(form, variants, images, currency=currency_of(request))
        saved = save_product(form.instance if change else None, sheet, actor=actor_of(request))
        form.instance.pk = saved.product.pk
        for note in saved.notes:
            messages.info(request, f"{note.other} is not sold any more, so it gave its SKU {note.sku} up.")

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        told = {name for each in formsets if each.has_changed() for name in [str(each.model._meta.verbose_name_plural)]}
        return [{"added": {}}] if add else [{"changed": {"fields": sorted({*form.changed_data, *told})}}]

    @display(description="")
    def picture(self, product: Product) -> str:
        return thumbnail(product.main_image)

    @display(description="status", ordering="status", label=STATES)
    def shown_status(self, product: Product) -> str:
        return "scheduled" if _is_scheduled(product) else product.status

    @display(description="price", ordering="least")
    def shown_prices(self, product: Any) -> str:
        currency = product.in_currency
        if product.least == product.most:
            return column(shown(product.least, currency))
        return column(f"{shown(product.least, currency)} \N{EN DASH} {shown(product.most, currency)}")

    @display(description="stock", ordering="free")
    def shown_stock(self, product: Any) -> str:
        return column(product.free or 0) if product.is_tracked else "not counted"

    @display(description="visible from", ordering="published_at")
    def visible_from(self, product: Product) -> str:
        return text_of(product.published_at) if product.published_at else "—"

    @display(description="options")
    def option_names(self, product: Product) -> str:
        return ", ".join(names_of(product)) or "—"

    @display(description="former addresses")
    def former_addresses(self, product: Product) -> str:
        return ", ".join(each.slug for each in product.old_slugs.all()) or "—"
