"""The input and output types of quotes. Every amount is Money, every rate an exact percentage."""

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
    """A line of the basket with its price and tax rate. `key` is the id of the line."""

    key: UUID
    variant_id: UUID
    quantity: int
    unit_price: Money
    compare_at: Money | None = None
    rate: Rate
    requires_shipping: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A percentage off the whole order, granted by a code."""

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
    """One line's part of a reduction."""

    code: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax on one net amount."""

    name: str
    percent: Decimal
    base: Money
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """The totals of one line. `total` always includes tax."""

    item: Item
    subtotal: Money
    shares: tuple[Share, ...]
    discount: Money
    tax_lines: tuple[TaxLine, ...]
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedDelivery:
    """The totals of shipping. The method's price is gross with tax-inclusive prices, else net."""

    delivery: Delivery
    tax_lines: tuple[TaxLine, ...]
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """All totals of a basket. With tax-inclusive prices they are gross, and `tax_total` is contained in them."""

    basket: Basket
    lines: tuple[QuotedLine, ...]
    delivery: QuotedDelivery | None
    subtotal: Money
    discount_total: Money
    shipping_total: Money
    tax_total: Money
    total: Money
    reduction_totals: tuple[Share, ...]
    """The sum that each code takes off."""
