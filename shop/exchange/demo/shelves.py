"""The demo's catalogue in the shop: categories, products with pictures, prices and stock."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shop.catalog import pictures
from shop.catalog.drafts import ImageDraft, ProductDraft, Written
from shop.catalog.models import Category, Product
from shop.catalog.operations.categories import brand_named, plant
from shop.catalog.operations.products import write_all
from shop.exchange.demo.goods import Good, alt, draft_of, goods, pictures_of
from shop.inventory import operations as inventory
from shop.inventory.models import StockLevel
from shop.kernel.currencies import exponent
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.pricing import operations as pricing

COMING: Final = timedelta(days=30)
OPENED: Final = timedelta(days=62)
"""So long ago the shop began, before its first order."""
ROOM: Final = 50

Drawn = dict[str, dict[str, ImageDraft]]
"""The pictures of each product, by its slug and their colours."""


def draw() -> Drawn:
    """Every picture is in the storage. Takes a few seconds the first time."""
    return {
        good.slug: {colour: _kept(good, colour, content) for colour, content in pictures_of(good).items()}
        for good in goods().products
    }


def fill(drawn: Drawn, *, currency: str, today: datetime) -> tuple[Written, ...]:
    """Everything is in the shop, with its price in this currency; stock is counted for what is new."""
    categories = _planted()
    at = now()
    drafts = [
        _placed(good, draft_of(good, drawn[good.slug]), categories, at - timedelta(days=place), today)
        for place, good in enumerate(goods().products)
    ]
    written = write_all(drafts)
    variants = [
        (row.pk, good, options, place)
        for good, product in zip(goods().products, written, strict=True)
        for place, (row, options) in enumerate(zip(product.variants, good.combinations(), strict=True))
    ]
    prices = {
        key: (_money(amount, currency), _money(before, currency) if before else None)
        for key, (amount, before) in ((key, good.prices(options)) for key, good, options, _ in variants)
    }
    pricing.set_prices(pricing.base_list(currency), prices)
    _count({key: good.stock[place % len(good.stock)] for key, good, _, place in variants if not good.service})
    for key, good, _, _ in variants:
        if good.backorder:
            inventory.set_backorder_room(key, room=ROOM)
    return written


def _kept(good: Good, colour: str, content: bytes) -> ImageDraft:
    kept = pictures.keep(content)
    return ImageDraft(file=kept.name, width=kept.width, height=kept.height, alt=alt(good, colour))


def _planted() -> dict[str, Category]:
    found: dict[str, Category] = {}
    for position, (slug, node) in enumerate(goods().categories.items()):
        found[slug] = plant(node.name, slug=slug, parent=found.get(node.parent), position=position)
    return found


def _placed(
    good: Good, draft: ProductDraft, categories: dict[str, Category], at: datetime, today: datetime
) -> ProductDraft:
    """Where it stands, and since when shoppers see it; a product that is there already keeps both."""
    hidden = good.state == "draft"
    return replace(
        draft,
        brand=brand_named(good.brand),
        category=categories[good.category],
        status=Product.Status.DRAFT if hidden else Product.Status.ACTIVE,
        published_at=None if hidden else today + COMING if good.state == "scheduled" else at,
        keeps=frozenset({"published_at", "category_id"}),
    )


def _count(stock: dict[UUID, int]) -> None:
    known = set(StockLevel.objects.filter(variant__in=list(stock)).values_list("variant_id", flat=True))
    new = {key: quantity for key, quantity in stock.items() if key not in known}
    if new:
        inventory.take_stock(new, reason="opening stock")


def _money(hundredths: int, currency: str) -> Money:
    return Money(hundredths * 10 ** exponent(currency) // 100, currency)
