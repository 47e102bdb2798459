"""The queries of browsing. Every list takes the same few statements, however long it is."""

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
"""The sorts of a list: the column, and whether it is descending. No column has nulls: every listed product has a date
of publication, a name, and a price in the context."""
BY_NAME: Final = (SORTS["name"],)

CHANGES: Final = ("version", "created_at", "updated_at")
CARD_COLUMNS: Final = ("image_id",)
VARIANT_COLUMNS: Final = ("sku", "barcode", "options", "weight_grams", "image_id", "version")


class MovedProduct(Exception):
    """The slug is a former one of the product; `slug` is the current one."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def cards(*, context: Context, filters: Filters, sort: Sequence[str], page: PageRequest) -> Page[Card]:
    """Return a page of published products that can be bought in the context, sorted by the first of the sorts, ties by
    the next, and so on. Two statements, and one more for the total."""
    at = now()
    by = [SORTS[each] for each in sort]
    rows = _filtered(_visible(context, at), filters, context, at)
    sortable = _sortable(rows, {column for column, _ in by}, context, at)
    cut = keyset(_for_cards(sortable), by, page, counted=rows)
    offered = offers([row.pk for row in cut.items], context=context, at=at, also=CARD_COLUMNS)
    items = tuple(Card(row=_row(product), offers=offered.get(product.pk, ())) for product in cut.items)
    return Page(items, cut.next, cut.previous, cut.total)


def product(name: str, *, context: Context) -> ProductDetails:
    """Return a published product by its slug or id, with everything that its page shows, in five statements. Variants
    without a price in the context are left out.

    Raises NotFound, and MovedProduct for a former slug.
    """
    at = now()
    row = _for_cards(Product.objects.published(at).filter(_named(name))).first()
    if row is None:
        moved = SlugHistory.objects.filter(slug=name, product__in=Product.objects.published(at))
        slug = moved.values_list("product__slug", flat=True).first()
        raise MovedProduct(slug) if slug else NotFound()
    offered = offers([row.pk], context=context, at=at, also=VARIANT_COLUMNS).get(row.pk, ())
    values = OptionValue.objects.filter(option__product=row).order_by("option__position", "option_id", "position")
    images = Image.objects.filter(product=row).order_by("position", "pk")
    return ProductDetails(
        card=Card(row=_row(row), offers=offered),
        options=tuple(values.values("option_id", "option__name", "value", "swatch")),
        images=tuple(_image(each) for each in images),
        category_path=_path_of(row.category),
    )


def related(name: str, *, context: Context, limit: int = 8) -> list[Card]:
    """Return products of the same category, newest first. Raises NotFound."""
    at = now()
    current = _visible(context, at).filter(_named(name)).first()
    if current is None:
        raise NotFound()
    rows = _visible(context, at).filter(category__isnull=False, category=current.category_id).exclude(pk=current.pk)
    rows = _for_cards(rows).order_by("-published_at", "-pk")[:limit]
    products = list(rows) if current.category_id else []
    offered = offers([row.pk for row in products], context=context, at=at, also=CARD_COLUMNS)
    return [Card(row=_row(row), offers=offered.get(row.pk, ())) for row in products]


def categories(*, parent: str | None, depth: int) -> list[Mapping[str, Any]]:
    """Return `depth` levels of the tree below a category (or of all of it) as flat rows, in one or two statements."""
    rows = Category.objects.visible()
    start = 0
    if parent is not None:
        root = category(parent)
        rows = rows.filter(path__startswith=root["path"]).exclude(pk=root["id"])
        start = root["depth"] + 1
    rows = rows.filter(depth__gte=start, depth__lt=start + depth).order_by("depth", "position", "name", "pk")
    return list(rows.values("id", "parent_id", "slug", "name", "description_html", "depth", "path", *CHANGES))


def category(slug: str) -> Mapping[str, Any]:
    """Return a visible category. Raises NotFound."""
    rows = Category.objects.visible().filter(slug=slug)
    shown = rows.values("id", "parent_id", "slug", "name", "description_html", "depth", "path", *CHANGES)
    row: Mapping[str, Any] | None = shown.first()
    if row is None:
        raise NotFound()
    return row


def brands(*, page: PageRequest) -> Page[dict[str, Any]]:
    """Return a page of the brands that have published products, by name."""
    rows = Brand.objects.filter(Exists(Product.objects.published().filter(brand_id=OuterRef("pk"))))
    columns = ("id", "slug", "name", "lower_name", *CHANGES)
    return keyset(rows.annotate(lower_name=Lower("name")).values(*columns), BY_NAME, page, counted=rows)


def _named(name: str) -> Q:
    try:
        return Q(pk=private(Prefix.PRODUCT, name))
    except NotFound:
        return Q(slug=name)


def _visible(context: Context, at: datetime) -> QuerySet[Product]:
    """Return the published products that have a price in the context."""
    return Product.objects.published(at).filter(
        Exists(_offered(context, at).filter(variant__product_id=OuterRef("pk")))
    )


def _for_cards(rows: QuerySet[Product]) -> QuerySet[Product]:
    """Join the tables of which a card shows columns."""
    return rows.select_related("brand", "category", "main_image")


def _sortable(rows: QuerySet[Product], columns: Set[str], context: Context, at: datetime) -> QuerySet[Product]:
    """Annotate the columns to sort by: the name in lower case, the lowest price."""
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
    """Return the visible ones of these categories, and their descendants."""
    inner = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    tops = Category.objects.visible().filter(slug__in=slugs).annotate(inner=inner)
    return Category.objects.filter(Exists(tops.filter(inner__startswith=F("path")).order_by())).order_by()


def _offered(context: Context, at: datetime) -> QuerySet[Price]:
    """Return all prices that apply, which is enough to check whether there is one."""
    prices = pricing.fitting(market_id=context.market.pk, currency=context.currency, group_id=context.group_id, at=at)
    return prices.filter(variant__is_active=True)


def _prices(context: Context, at: datetime) -> QuerySet[Price]:
    """Return the prices that are shown: of each variant, the one that wins."""
    return pricing.winning(market_id=context.market.pk, currency=context.currency, group_id=context.group_id, at=at)


def _row(product: Any) -> dict[str, Any]:
    return {
        "id": product.pk,
        "slug": product.slug,
        "name": product.name,
        "brand": product.brand.name if product.brand else None,
        "category": {"id": product.category.pk, "slug": product.category.slug, "name": product.category.name}
        if product.category and product.category.is_visible
        else None,
        "image": _image(product.main_image) if product.main_image else None,
        "description_html": product.description_html,
        "tags": product.tags,
        "seo_title": product.seo_title,
        "seo_description": product.seo_description,
        "option_order": product.option_order,
        "metadata": product.metadata,
        "version": product.version,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }


def _image(image: Image) -> dict[str, Any]:
    return {
        "id": image.pk,
        "url": image_url(image),
        "alt": image.alt,
        "width": image.width,
        "height": image.height,
    }


def _path_of(category: Category | None) -> tuple[Mapping[str, Any], ...]:
    """Return the visible categories from the root to the category itself."""
    if category is None:
        return ()
    keys = [UUID(part) for part in category.path.split("/") if part]
    return tuple(Category.objects.visible().filter(pk__in=keys).order_by("depth").values("id", "slug", "name"))
