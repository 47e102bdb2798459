"""Helpers of the storefront's tests: writing products, and reading them as an anonymous shopper."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shop.catalog.drafts import ProductDraft, VariantDraft, Written
from shop.catalog.models import Product, Variant
from shop.catalog.operations.products import write_all
from shop.inventory import operations as inventory
from shop.kernel.ids import Prefix, public
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.pricing.models import PriceList
from shop.pricing.operations import base_list, set_prices
from tests.accounts.visitor import Seen, Visitor

Asked = int | tuple[int, int] | None
"""The price of a variant, or (price, compare-at price), or None for no price."""


def draft(slug: str, *, days: int = 1, **fields: Any) -> ProductDraft:
    """Return the draft of a product that was published some days ago."""
    shown = {"name": slug.title(), "status": Product.Status.ACTIVE, "published_at": now() - timedelta(days=days)}
    return ProductDraft(slug=slug, **{**shown, **fields})


def put(slug: str, *prices: Asked, stock: int | tuple[int | None, ...] | None = 10, **fields: Any) -> Written:
    """Write a published product with a variant for each price, as sizes if there are several; None is untracked."""
    asked = prices or (1999,)
    stocks = stock if isinstance(stock, tuple) else (stock,) * len(asked)
    sizes = [str(at) for at in range(1, len(asked) + 1)] if len(asked) > 1 else []
    variants = tuple(
        VariantDraft(options={"Size": sizes[at]} if sizes else {}, track_inventory=count is not None)
        for at, count in enumerate(stocks)
    )
    shown = {"variants": variants, "options": {"Size": sizes} if sizes else {}}
    [written] = put_all(draft(slug, **{**shown, **fields}), prices=asked, stocks=stocks)
    return written


def put_all(
    *drafts: ProductDraft, prices: tuple[Asked, ...] = (1999,), stocks: tuple[int | None, ...] = (10,)
) -> tuple[Written, ...]:
    """Write the products with the prices and the stock of their variants, in few statements."""
    written = write_all(drafts)
    price(base_list("EUR"), {each: asked for one in written for each, asked in zip(one.variants, prices, strict=True)})
    counts = {
        variant.pk: count
        for one in written
        for variant, count in zip(one.variants, stocks, strict=True)
        if count is not None
    }
    inventory.take_stock(counts)
    return written


def price(price_list: PriceList, prices: Mapping[Variant, Asked]) -> None:
    """Set the prices on the list."""
    amounts = {
        variant.pk: asked if isinstance(asked, tuple) else (asked, None)
        for variant, asked in prices.items()
        if asked is not None
    }
    currency = price_list.currency
    set_prices(
        price_list,
        {key: (Money(now, currency), Money(was, currency) if was else None) for key, (now, was) in amounts.items()},
    )


def get(path: str) -> Seen:
    """Return the response to an anonymous shopper."""
    return Visitor().get(path)


def listed(query: str = "") -> list[str]:
    """Return the slugs of the listed products, in order."""
    return slugs(get(f"/products?{query}"))


def slugs(seen: Seen) -> list[str]:
    assert seen.status == 200, seen.body
    return [each["slug"] for each in seen.data]


def next_of(seen: Seen) -> str:
    """Return the query of the next page."""
    return f"cursor={seen.body['meta']['pagination']['next']}"


def previous_of(seen: Seen) -> str:
    return f"cursor={seen.body['meta']['pagination']['previous']}"


def walked(path: str, way: str = "next") -> list[list[str]]:
    """Return the slugs of each page from this one on, in that direction."""
    seen = get(path)
    pages = [slugs(seen)]
    while seen.body["meta"]["pagination"][way]:
        seen = get(f"{path.partition('&cursor=')[0]}&cursor={seen.body['meta']['pagination'][way]}")
        pages.append(slugs(seen))
    return pages


def last_page(path: str) -> Seen:
    """Return the last page."""
    seen = get(path)
    while seen.body["meta"]["pagination"]["next"]:
        seen = get(f"{path}&{next_of(seen)}")
    return seen


def name_of(written: Written) -> str:
    """Return the product's id in the API."""
    return public(Prefix.PRODUCT, written.product.pk)


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}
