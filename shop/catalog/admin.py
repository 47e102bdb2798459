"""Categories and brands in the admin. Products have prices and stock too, so the back office has their pages."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.decorators import display

from shop.catalog.forms import BrandForm, CategoryForm
from shop.catalog.models import Brand, Category
from shop.catalog.operations import categories
from shop.platform.admin import RecordAdmin


class WholeSlugs:
    """Fill in the slug in the browser only where it can transliterate the whole name; else the form does it."""

    js = ("admin/js/urlify.js", "shop/slugs.js")


class TreeList(ChangeList):
    """List the categories as a tree: each below its parent, siblings in their order."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        places = {row.pk.hex: (row.position, row.name.casefold(), row.pk.hex) for row in rows}
        rows.sort(key=lambda row: [places.get(each, (0, "", each)) for each in row.path.split("/")[:-1]])
        self.result_list = rows


@admin.register(Category)
class CategoryAdmin(RecordAdmin):
    """The tree of categories."""

    form = CategoryForm
    list_display = ("branch", "slug", "position", "product_count", "is_active")
    list_filter = ("is_active",)
    list_per_page = 100
    ordering = ("path",)
    sortable_by = ()
    search_fields = ("name", "slug")
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name",)}
    Media = WholeSlugs
    fieldsets = (
        (None, {"fields": (("name", "slug"), ("parent", "position"), "is_active")}),
        ("Description", {"fields": ("description_html",)}),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TreeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        categories: QuerySet[Category] = super().get_queryset(request)
        return categories.annotate(counted=Count("products"))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Category | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        if change:
            categories.edit(obj, **form.cleaned_data)
        else:
            obj.pk = categories.plant(**form.cleaned_data).pk

    @display(description="name")
    def branch(self, category: Category) -> str:
        return format_html('<span class="branch" style="--depth: {}">{}</span>', category.depth, category.name)

    @display(description="products")
    def product_count(self, category: Any) -> int:
        return int(category.counted)


@admin.register(Brand)
class BrandAdmin(RecordAdmin):
    """Who makes it."""

    form = BrandForm
    list_display = ("name", "slug", "product_count")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    Media = WholeSlugs
    fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brand]:
        brands: QuerySet[Brand] = super().get_queryset(request)
        return brands.annotate(counted=Count("products"))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Brand | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    @display(description="products", ordering="counted")
    def product_count(self, brand: Any) -> int:
        return int(brand.counted)
