"""What is quoted and what comes out. No tables, no clock: every figure is Money, every rate an exact percentage."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shop.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax by its name and percentage: Rate("VAT", Decimal("19"))."""

    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the basket with the facts that price it. `key` is the line's own id."""

    key: UUID
    variant_id: UUID
    quantity: int
    unit_price: Money
    compare_at: Money | None = None
    rate: Rate
    requires_shipping: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A percentage off the whole order, opened by a code."""

    code: str
    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The shipping method that was chosen, with its price and tax."""

    code: str
    name: str
    price: Money
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """Everything that a quote depends on."""

    currency: str
    prices_include_tax: bool
    items: tuple[Item, ...] = ()
    reductions: tuple[Reduction, ...] = ()
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a reduction that fell on one line."""

    code: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax on one base (without tax)."""

    name: str
    percent: Decimal
    base: Money
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """One line, priced. `total` is what it costs in the end, tax included either way."""

    item: Item
    subtotal: Money
    shares: tuple[Share, ...]
    discount: Money
    tax_lines: tuple[TaxLine, ...]
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedDelivery:
    """Shipping, priced. `price` is as the method says: gross with tax-inclusive prices, else net."""

    delivery: Delivery
    tax_lines: tuple[TaxLine, ...]
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Every total. With tax-inclusive prices all are gross and `tax_total` is contained in them."""

    basket: Basket
    lines: tuple[QuotedLine, ...]
    delivery: QuotedDelivery | None
    subtotal: Money
    discount_total: Money
    shipping_total: Money
    tax_total: Money
    total: Money
    reduction_totals: tuple[Share, ...]
    """What each code took off in all."""
