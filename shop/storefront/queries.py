"""Browsing: what anonymous shoppers read most. Every list costs the same few statements, however long it is."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, Exists, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from shop.catalog.models import (
    Brand,
    Category,
    Image,
    OptionValue,
    Product,
    ProductTag,
    SlugHistory,
    Variant,
    tag_key,
)
from shop.catalog.queries import image_url
from shop.inventory.expressions import free_of
from shop.kernel.errors import NotFound
from shop.kernel.ids import Prefix, private
from shop.kernel.pages import Page
from shop.platform.clock import now
from shop.platform.keyset import PageRequest, Sort, keyset
from shop.pricing import queries as pricing
from shop.pricing.models import Price
from shop.storefront.context import Context
from shop.storefront.offers import offers
from shop.storefront.types import Card, Filters, ProductDetails

SORTS: Final[Mapping[str, Sort]] = {
    "newest": ("published_at", True),
    "price": ("from_amount", False),
    "-price": ("from_amount", True),
    "name": ("lower_name", False),
    "-name": ("lower_name", True),
}
"""What a list can be sorted by: the column, and whether the largest comes first. Nothing listed has a null there:
it was published at some time, has a name, and has a price here."""
BY_NAME: Final = (SORTS["name"],)

CHANGES: Final = ("version", "created_at", "updated_at")
CARD_COLUMNS: Final = ("image_id",)
VARIANT_COLUMNS: Final = ("sku", "barcode", "options", "weight_grams", "image_id", "version")


class MovedProduct(Exception):
    """The product has another address now."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def cards(*, context: Context, filters: Filters, sort: Sequence[str], page: PageRequest) -> Page[Card]:
    """A page of published products that can be bought in the context, sorted by the first of SORTS, those that are
    alike by the next, and so on. Two statements, and one more when they are counted."""
    at = now()
    by = [SORTS[each] for each in sort]
    rows = _filtered(_visible(context, at), filters, context, at)
    sortable = _sortable(rows, {column for column, _ in by}, context, at)
    cut = keyset(_for_cards(sortable), by, page, counted=rows)
    offered = offers([row.pk for row in cut.items], context=context, at=at, also=CARD_COLUMNS)
    items = tuple(Card(row=_row(product), offers=offered.get(product.pk, ())) for product in cut.items)
    return Page(items, cut.next, cut.previous, cut.total)


def product(name: str, *, context: Context) -> ProductDetails:
    """One published product by its slug or id, with everything that its page shows. Five statements;
    variants without a price in the context are no offers.

    Raises NotFound, MovedProduct for a slug that it had before.
    """
    at = now()
    found = _for_cards(Product.objects.published(at).filter(_named(name))).first()
    if found is None:
        moved = SlugHistory.objects.filter(slug=name, product__in=Product.objects.published(at))
        slug = moved.values_list("product__slug", flat=True).first()
        raise MovedProduct(slug) if slug else NotFound()
    offered = offers([found.pk], context=context, at=at, also=VARIANT_COLUMNS).get(found.pk, ())
    values = OptionValue.objects.filter(option__product=found).order_by("option__position", "option_id", "position")
    images = Image.objects.filter(product=found).order_by("position", "pk")
    return ProductDetails(
        card=Card(row=_row(found), offers=offered),
        options=tuple(values.values("option_id", "option__name", "value", "swatch")),
        images=tuple(_image(each) for each in images),
        category_path=_path_of(found.category),
    )


def related(name: str, *, context: Context, limit: int = 8) -> list[Card]:
    """Products of the same category, newest first. Raises NotFound."""
    at = now()
    found = _visible(context, at).filter(_named(name)).first()
    if found is None:
        raise NotFound()
    rows = _visible(context, at).filter(category__isnull=False, category=found.category_id).exclude(pk=found.pk)
    rows = _for_cards(rows).order_by("-published_at", "-pk")[:limit]
    products = list(rows) if found.category_id else []
    offered = offers([row.pk for row in products], context=context, at=at, also=CARD_COLUMNS)
    return [Card(row=_row(row), offers=offered.get(row.pk, ())) for row in products]


def categories(*, parent: str | None, depth: int) -> list[Mapping[str, Any]]:
    """The tree below a category (or all of it) as flat rows with their depth, `depth` levels. One or two statements."""
    rows = Category.objects.visible()
    start = 0
    if parent is not None:
        root = category(parent)
        rows = rows.filter(path__startswith=root["path"]).exclude(pk=root["id"])
        start = root["depth"] + 1
    rows = rows.filter(depth__gte=start, depth__lt=start + depth).order_by("depth", "position", "name", "pk")
    return list(rows.values("id", "parent_id", "slug", "name", "description_html", "depth", "path", *CHANGES))


def category(slug: str) -> Mapping[str, Any]:
    """One category that is not hidden. Raises NotFound."""
    rows = Category.objects.visible().filter(slug=slug)
    shown = rows.values("id", "parent_id", "slug", "name", "description_html", "depth", "path", *CHANGES)
    found: Mapping[str, Any] | None = shown.first()
    if found is None:
        raise NotFound()
    return found


def brands(*, page: PageRequest) -> Page[dict[str, Any]]:
    """Brands that have something to show, by name."""
    rows = Brand.objects.filter(Exists(Product.objects.published().filter(brand_id=OuterRef("pk"))))
    columns = ("id", "slug", "name", "lower_name", *CHANGES)
    return keyset(rows.annotate(lower_name=Lower("name")).values(*columns), BY_NAME, page, counted=rows)


def _named(name: str) -> Q:
    try:
        return Q(pk=private(Prefix.PRODUCT, name))
    except NotFound:
        return Q(slug=name)


def _visible(context: Context, at: datetime) -> QuerySet[Product]:
    """Published products that have a price in the context."""
    return Product.objects.published(at).filter(
        Exists(_offered(context, at).filter(variant__product_id=OuterRef("pk")))
    )


def _for_cards(rows: QuerySet[Product]) -> QuerySet[Product]:
    """With what a card shows of the tables beside."""
    return rows.select_related("brand", "category", "main_image")


def _sortable(rows: QuerySet[Product], columns: Set[str], context: Context, at: datetime) -> QuerySet[Product]:
    """With the columns to sort by: the name without capitals, the least of the prices."""
    if "lower_name" in columns:
        rows = rows.annotate(lower_name=Lower("name"))
    if "from_amount" in columns:
        prices = _prices(context, at).filter(variant__product_id=OuterRef("pk"), variant__is_active=True).order_by()
        least = prices.values("variant__product_id").annotate(n=Min("amount")).values("n")
        rows = rows.annotate(from_amount=Subquery(least))
    return rows


def _filtered(rows: QuerySet[Product], filters: Filters, context: Context, at: datetime) -> QuerySet[Product]:
    if filters.categories:
        rows = rows.filter(category__in=_below(filters.categories))
    if filters.brands:
        rows = rows.filter(brand__slug__in=filters.brands)
    if filters.tags:
        keys = [tag_key(tag) for tag in filters.tags]
        rows = rows.filter(Exists(ProductTag.objects.filter(product=OuterRef("pk"), key__in=keys)))
    if filters.ids:
        rows = rows.filter(pk__in=filters.ids)
    prices = _prices(context, at).filter(variant__product_id=OuterRef("pk"), variant__is_active=True)
    if filters.price_min is not None or filters.price_max is not None:
        low, high = filters.price_min or 0, filters.price_max
        fitting = prices.filter(amount__gte=low)
        rows = rows.filter(Exists(fitting if high is None else fitting.filter(amount__lte=high)))
    if filters.on_sale is not None:
        reduced = Exists(prices.filter(compare_at__gt=F("amount")))
        rows = rows.filter(reduced if filters.on_sale else ~reduced)
    if filters.in_stock is not None:
        offered = Exists(_offered(context, at).filter(variant_id=OuterRef("pk")))
        variants = Variant.objects.filter(offered, product_id=OuterRef("pk"), is_active=True)
        had = variants.annotate(free=free_of(OuterRef("pk"), at=at)).filter(Q(track_inventory=False) | Q(free__gt=0))
        rows = rows.filter(Exists(had) if filters.in_stock else ~Exists(had))
    return rows


def _below(slugs: Sequence[str]) -> QuerySet[Category]:
    """These categories, as far as they are visible, and all below them."""
    inner = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    tops = Category.objects.visible().filter(slug__in=slugs).annotate(inner=inner)
    return Category.objects.filter(Exists(tops.filter(inner__startswith=F("path")).order_by())).order_by()


def _offered(context: Context, at: datetime) -> QuerySet[Price]:
    """Every price that fits: enough to know whether there is one."""
    prices = pricing.fitting(market_id=context.market.pk, currency=context.currency, group_id=context.group_id, at=at)
    return prices.filter(variant__is_active=True)


def _prices(context: Context, at: datetime) -> QuerySet[Price]:
    """The prices that are shown."""
    return pricing.winning(market_id=context.market.pk, currency=context.currency, group_id=context.group_id, at=at)


def _row(found: Any) -> dict[str, Any]:
    return {
        "id": found.pk,
        "slug": found.slug,
        "name": found.name,
        "brand": found.brand.name if found.brand else None,
        "category": {"id": found.category.pk, "slug": found.category.slug, "name": found.category.name}
        if found.category and found.category.is_visible
        else None,
        "image": _image(found.main_image) if found.main_image else None,
        "description_html": found.description_html,
        "tags": found.tags,
        "seo_title": found.seo_title,
        "seo_description": found.seo_description,
        "option_order": found.option_order,
        "metadata": found.metadata,
        "version": found.version,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
    }


def _image(found: Image) -> dict[str, Any]:
    return {
        "id": found.pk,
        "url": image_url(found),
        "alt": found.alt,
        "width": found.width,
        "height": found.height,
    }


def _path_of(found: Category | None) -> tuple[Mapping[str, Any], ...]:
    """From the root to the category itself, as far as it is visible."""
    if found is None:
        return ()
    keys = [UUID(part) for part in found.path.split("/") if part]
    return tuple(Category.objects.visible().filter(pk__in=keys).order_by("depth").values("id", "slug", "name"))
