"""Loading what a quote needs for a request, in a fixed number of statements.

It reads from the apps of layer 4 and the catalog; it owns no tables and does no arithmetic.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shop.catalog import queries as catalog
from shop.catalog.types import Sellable
from shop.kernel.money import Money
from shop.pricing import queries as pricing
from shop.promotions import queries as promotions
from shop.promotions.models import DiscountCode
from shop.quotes.types import Basket, Delivery, Item, Rate, Reduction
from shop.shipping.models import ShippingMethod
from shop.stores.models import Market
from shop.tax import queries as tax
from shop.tax.types import UNTAXED, TaxPercentage


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """A quantity of one variant; `key` is the id of the line."""

    key: UUID
    variant_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """Everything that the shopper has chosen."""

    lines: tuple[RequestedLine, ...]
    market: Market
    country: str
    group_id: UUID | None
    customer_key: str
    code: DiscountCode | None
    method: ShippingMethod | None
    at: datetime
    account_id: UUID | None = None
    is_claimed: bool = False
    """Whether the code has been redeemed for this order already, so that its own use does not count against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The basket to quote, the facts of its variants, and the lines and the code that had to be left out."""

    basket: Basket
    sellables: Mapping[UUID, Sellable]
    unsellable: frozenset[UUID] = field(default_factory=frozenset)
    """Lines whose variant is deleted, not for sale or has no price in the market."""
    code_refusal: str | None = None


def load(request: QuoteRequest) -> Facts:
    """Load the facts of a request: one statement each for variants, prices and taxes, at most one for the code."""
    variant_ids = [each.variant_id for each in request.lines]
    sellables = catalog.sellable(variant_ids)
    prices = pricing.unit_prices(
        variant_ids,
        market_id=request.market.pk,
        currency=request.market.currency,
        group_id=request.group_id,
        at=request.at,
    )
    codes = {each.tax_code for each in sellables.values() if each.is_taxable}
    rates = tax.rates(request.country, codes | ({request.method.tax_code} if request.method else set()))
    items, unsellable = [], set()
    for line in request.lines:
        sellable, price = sellables.get(line.variant_id), prices.get(line.variant_id)
        if sellable is None or price is None or not sellable.is_buyable:
            unsellable.add(line.key)
            continue
        items.append(
            Item(
                key=line.key,
                variant_id=line.variant_id,
                quantity=line.quantity,
                unit_price=price.amount,
                compare_at=price.compare_at,
                rate=_rate(rates.get(sellable.tax_code, UNTAXED) if sellable.is_taxable else UNTAXED),
                requires_shipping=sellable.requires_shipping,
            )
        )
    refusal = _refusal(request)
    basket = Basket(
        currency=request.market.currency,
        prices_include_tax=request.market.prices_include_tax,
        items=tuple(items),
        reductions=_reductions(request.code) if request.code and not refusal else (),
        delivery=_delivery(request, rates, items),
    )
    return Facts(basket=basket, sellables=sellables, unsellable=frozenset(unsellable), code_refusal=refusal)


def _refusal(request: QuoteRequest) -> str | None:
    if request.code is None or request.is_claimed:
        return None
    return promotions.refusal(
        request.code,
        market_id=request.market.pk,
        group_id=request.group_id,
        customer_key=request.customer_key,
        at=request.at,
        account_id=request.account_id,
    )


def _reductions(code: DiscountCode) -> tuple[Reduction, ...]:
    return (Reduction(code=code.code, name=code.promotion.name, percent=code.promotion.percent),)


def _delivery(request: QuoteRequest, rates: Mapping[str, TaxPercentage], items: list[Item]) -> Delivery | None:
    """Return the chosen shipping method, if anything has to be shipped."""
    method = request.method
    if method is None or not any(item.requires_shipping for item in items):
        return None
    return Delivery(
        code=method.code,
        name=method.name,
        price=Money(method.price, request.market.currency),
        rate=_rate(rates.get(method.tax_code, UNTAXED)),
    )


def _rate(tax: TaxPercentage) -> Rate:
    return Rate(tax.name, tax.percent)
