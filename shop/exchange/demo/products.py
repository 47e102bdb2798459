"""Writing the demo's catalog: categories, products with pictures, prices and stock."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shop.assortment.operations import save_products
from shop.assortment.types import ProductInput, VariantOffer
from shop.catalog import pictures
from shop.catalog.drafts import ImageDraft, ProductDraft, Written
from shop.catalog.models import Category, Product
from shop.catalog.operations.categories import brand_named, plant
from shop.exchange.demo.goods import Good, alt, draft_of, goods, pictures_of
from shop.kernel.currencies import exponent
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.pricing import operations as pricing

COMING: Final = timedelta(days=30)
OPENED: Final = timedelta(days=62)
"""The age of the shop, which begins before its first order."""
BACKORDER_LIMIT: Final = 50

Drawn = dict[str, dict[str, ImageDraft]]
"""The pictures of each product, by slug and color."""


def draw() -> Drawn:
    """Store all pictures, which takes a few seconds the first time."""
    return {
        good.slug: {colour: _kept(good, colour, content) for colour, content in pictures_of(good).items()}
        for good in goods().products
    }


def fill(drawn: Drawn, *, currency: str, today: datetime) -> tuple[Written, ...]:
    """Write all products with prices in the currency; only new ones get stock."""
    categories = _planted()
    at = now()
    drafts = [
        _placed(good, draft_of(good, drawn[good.slug]), categories, at - timedelta(days=place), today)
        for place, good in enumerate(goods().products)
    ]
    saved = save_products(
        [
            ProductInput(draft=draft, offers=_offers(good, currency))
            for good, draft in zip(goods().products, drafts, strict=True)
        ],
        price_list=pricing.base_list(currency),
        reason="opening stock",
    )
    return tuple(each.written for each in saved)


def _offers(good: Good, currency: str) -> dict[int, VariantOffer]:
    offers = {}
    for place, options in enumerate(good.combinations()):
        amount, before = good.prices(options)
        offers[place] = VariantOffer(
            price=_money(amount, currency),
            compare_at=_money(before, currency) if before else None,
            opening=good.stock[place % len(good.stock)],
            backorder_limit=BACKORDER_LIMIT,
        )
    return offers


def _kept(good: Good, colour: str, content: bytes) -> ImageDraft:
    stored = pictures.keep(content)
    return ImageDraft(file=stored.name, width=stored.width, height=stored.height, alt=alt(good, colour))


def _planted() -> dict[str, Category]:
    categories: dict[str, Category] = {}
    for position, (slug, node) in enumerate(goods().categories.items()):
        categories[slug] = plant(node.name, slug=slug, parent=categories.get(node.parent), position=position)
    return categories


def _placed(
    good: Good, draft: ProductDraft, categories: dict[str, Category], at: datetime, today: datetime
) -> ProductDraft:
    """Add category and date of publication, which an existing product keeps."""
    hidden = good.state == "draft"
    return replace(
        draft,
        brand=brand_named(good.brand),
        category=categories[good.category],
        status=Product.Status.DRAFT if hidden else Product.Status.ACTIVE,
        published_at=None if hidden else today + COMING if good.state == "scheduled" else at,
        keeps=frozenset({"published_at", "category_id"}),
    )


def _money(hundredths: int, currency: str) -> Money:
    return Money(hundredths * 10 ** exponent(currency) // 100, currency)
