"""The page of a product and the list of products."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.decorators import display

from shop.backoffice.products.columns import (
    PricedFilter,
    StockFilter,
    thumbnail,
    with_prices_and_stock,
)
from shop.backoffice.products.forms import (
    ImageForm,
    ProductForm,
    ScheduleForm,
    keep_uploads,
    known_names_of,
    names_of,
)
from shop.backoffice.products.inputs import input_of
from shop.backoffice.products.variants import OfProduct, VariantInline, VariantTable, currency_of, save, tell_given_up
from shop.catalog.admin import WholeSlugs
from shop.catalog.models import Image, Product
from shop.catalog.operations import products
from shop.platform.admin import Answers, Button, ButtonsAdmin, RecordAdmin, RowFormSet
from shop.platform.admin.lists import FewFilter, once
from shop.platform.admin.times import text_of
from shop.platform.amounts import column, shown
from shop.platform.clock import now

Status = Product.Status
STATES = {"draft": "info", "active": "success", "scheduled": "info", "archived": "warning"}


class ImageInline(OfProduct, TabularInline):
    """The pictures, the first of which stands for the product."""

    model = Image
    form = ImageForm
    formset = RowFormSet
    extra = 0
    per_page = 20
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
    return "The product is a draft now: shoppers do not see it."


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
    list_filter = ("status", PricedFilter, StockFilter, ("brand", FewFilter), ("category", FewFilter))
    list_select_related = ("category", "brand", "main_image")
    search_fields = ("name", "slug", "variants__sku", "brand__name", "category__name")
    search_help_text = "Name, slug, SKU, brand or category"
    ordering = ("-id",)
    autocomplete_fields = ("brand", "category")
    prepopulated_fields = {"slug": ("name",)}
    Media = WholeSlugs
    readonly_fields = ("shown_status", "published_at", "former_slugs")
    inlines = (VariantInline, ImageInline)
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": (("name", "slug"), ("category", "brand"), ("shown_status", "published_at"))}),
        (None, {"fields": ("description_html",)}),
        (None, {"fields": (("option_names", "tags"), ("tax_code", "kind"))}),
        ("Search engines", {"classes": ("collapse",), "fields": ("seo_title", "seo_description", "former_slugs")}),
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

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Whoever may only look sees the tags as they are typed."""
        found = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) or obj is None:
            return found
        shown_fields = (("option_names", "shown_tags"), ("tax_code", "kind"))
        return (*found[:2], (None, {"fields": shown_fields}), *found[3:])

    def get_inlines(self, request: HttpRequest, obj: Product | None = None) -> tuple[Any, ...]:
        """A product with options has a table of variants; else its one variant is a form among the others."""
        return (VariantTable if obj and known_names_of(obj) else VariantInline, ImageInline)

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

    def response_change(self, request: HttpRequest, obj: Product) -> HttpResponse:
        """Whoever goes on is on the same page of the variants."""
        if "_continue" in request.POST and request.GET:
            self.message_user(request, f"{obj} is saved.", messages.SUCCESS)
            return HttpResponseRedirect(request.get_full_path())
        response: HttpResponse = super().response_change(request, obj)
        return response

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Nothing: the product is written together with what it consists of."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        variants, images = formsets
        details = input_of(form, variants, images)
        saved = save(request, form.instance if change else None, details)
        form.instance.pk = saved.product.pk
        tell_given_up(request, saved)

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

    @display(description="tags")
    def shown_tags(self, product: Product) -> str:
        return ", ".join(product.tags) or "—"

    @display(description="options")
    def option_names(self, product: Product) -> str:
        return ", ".join(names_of(product)) or "—"

    @display(description="former slugs")
    @once
    def former_slugs(self, product: Product) -> str:
        return ", ".join(each.slug for each in product.old_slugs.all()) or "—"
