"""The joiner: from what somebody wants to what a quote needs, in a fixed number of statements.

It reads the siblings of layer 4 and the catalogue, owns no tables and knows no arithmetic.
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
    """So many of one variant; `key` is the line's own id."""

    key: UUID
    variant_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """Everything that somebody chose."""

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
    """The code has been claimed for just this already, so that its own use does not count against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The basket to quote, what is known of its variants, and what had to be left out of it."""

    basket: Basket
    sellables: Mapping[UUID, Sellable]
    unsellable: frozenset[UUID] = field(default_factory=frozenset)
    """Lines whose variant is gone, withdrawn or without a price here."""
    code_refusal: str | None = None


def load(request: QuoteRequest) -> Facts:
    """The facts of a request: one statement each for variants, prices and taxes, at most one for the code."""
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
    for each in request.lines:
        known, price = sellables.get(each.variant_id), prices.get(each.variant_id)
        if known is None or price is None or not known.is_buyable:
            unsellable.add(each.key)
            continue
        items.append(
            Item(
                key=each.key,
                variant_id=each.variant_id,
                quantity=each.quantity,
                unit_price=price.amount,
                compare_at=price.compare_at,
                rate=_rate(rates.get(known.tax_code, UNTAXED) if known.is_taxable else UNTAXED),
                requires_shipping=known.requires_shipping,
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
    """The chosen way to ship, if anything has to be shipped."""
    method = request.method
    if method is None or not any(item.requires_shipping for item in items):
        return None
    return Delivery(
        code=method.code,
        name=method.name,
        price=Money(method.price, request.market.currency),
        rate=_rate(rates.get(method.tax_code, UNTAXED)),
    )


def _rate(found: TaxPercentage) -> Rate:
    return Rate(found.name, found.percent)
