"""What the lists of products and variants show of prices and stock, as parts of their one query."""

from typing import Any

from django.contrib import admin
from django.db.models import (
    BooleanField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop.catalog.models import Image, Product, Variant
from shop.inventory.models import StockLevel
from shop.pricing.queries import ordinary

FREE = F("on_hand") - F("held") - F("allocated") - F("unavailable")


def with_prices_and_stock(products: QuerySet[Product], *, currency: str) -> QuerySet[Product]:
    """Each product with its least and highest ordinary price, what is free of it, and whether that is counted."""
    prices = ordinary(currency).filter(variant__product=OuterRef("pk"), variant__is_active=True)
    of_product = prices.order_by().values("variant__product")
    levels = StockLevel.objects.filter(variant__product=OuterRef("pk"), variant__is_active=True)
    levels = levels.filter(variant__track_inventory=True)
    counted = levels.order_by().values("variant__product")
    tracked = Variant.objects.filter(product=OuterRef("pk"), is_active=True, track_inventory=True)
    return products.annotate(
        least=Subquery(of_product.annotate(found=Min("amount")).values("found")),
        most=Subquery(of_product.annotate(found=Max("amount")).values("found")),
        free=Subquery(counted.annotate(found=Sum(FREE)).values("found"), output_field=IntegerField()),
        is_tracked=Exists(tracked),
        in_currency=Value(currency),
    )


def with_price_and_stock(variants: QuerySet[Variant], *, currency: str) -> QuerySet[Variant]:
    """Each variant with its ordinary price, what it cost before, and its stock: there, free, unconfirmed."""
    prices = ordinary(currency).filter(variant=OuterRef("pk"))
    return variants.annotate(
        in_currency=Value(currency),
        known_price=Subquery(prices.values("amount")),
        known_compare_at=Subquery(prices.values("compare_at")),
        known_on_hand=_summed(F("on_hand")),
        known_free=_summed(FREE),
        known_provisional=_summed(F("provisional")),
    )


def _summed(amount: Combinable) -> Combinable:
    levels = StockLevel.objects.filter(variant=OuterRef("pk")).order_by().values("variant")
    return Subquery(levels.annotate(found=Sum(amount)).values("found"), output_field=IntegerField())


def thumbnail(image: Image | None, *, size: int = 40) -> SafeString:
    """The picture, small; a sign where only another site has it, so that nobody else is asked."""
    if image is None or not (image.file or image.source_url):
        return format_html('<span class="thumbnail" style="--size: {}px"></span>', size)
    if not image.file:
        return format_html(
            '<span class="thumbnail material-symbols-outlined" style="--size: {}px" title="{}">cloud</span>',
            size,
            image.source_url,
        )
    return format_html(
        '<img class="thumbnail" style="--size: {}px" src="{}" alt="{}" loading="lazy">', size, image.file.url, image.alt
    )


class PricedFilter(admin.SimpleListFilter):
    """Products that can't be bought for want of a price."""

    title, parameter_name = "price", "price"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "without a price"), ("some", "with a price")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"none": True, "some": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(least__isnull=wanted)


class StockFilter(admin.SimpleListFilter):
    """Products by what is left of them."""

    title, parameter_name = "stock", "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("out", "none left"), ("some", "some left")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        left = queryset.alias(has_some=_is_positive())
        gone = Q(is_tracked=True, has_some=False)
        found: QuerySet[Any] = left.filter({"out": gone, "some": ~gone}.get(self.value() or "", Q()))
        return found


def _is_positive() -> Combinable:
    levels = StockLevel.objects.filter(variant__product=OuterRef("pk"), variant__is_active=True)
    found = levels.filter(on_hand__gt=F("held") + F("allocated") + F("unavailable"))
    return Exists(found, output_field=BooleanField())
