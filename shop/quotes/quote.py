"""One pure function that calculates every total which is shown, charged, refunded or previewed.

    unit price by quantity → reductions on what remains, split over the lines → shipping → tax on what is left

Rounding happens per line, half away from zero, only in shop.kernel.money.
"""

from decimal import Decimal
from fractions import Fraction

from shop.kernel.money import Money, tax_contained, tax_on
from shop.quotes.types import (
    Basket,
    Item,
    Quote,
    QuotedDelivery,
    QuotedLine,
    Rate,
    Reduction,
    Share,
    TaxLine,
)


def quote(basket: Basket) -> Quote:
    """Calculate all totals of the basket. The same basket always gives the same quote; no amount is negative."""
    zero = Money.zero(basket.currency)
    subtotals = [item.unit_price * item.quantity for item in basket.items]
    shares: list[list[Share]] = [[] for _ in basket.items]
    remaining = list(subtotals)
    for reduction in basket.reductions:
        for at, amount in enumerate(_split(reduction, remaining, zero)):
            remaining[at] -= amount
            if amount > zero:
                shares[at].append(Share(reduction.code, reduction.name, amount))
    lines = tuple(
        _line(item, subtotal, tuple(taken), rest, inclusive=basket.prices_include_tax)
        for item, subtotal, taken, rest in zip(basket.items, subtotals, shares, remaining, strict=True)
    )
    delivery = _delivery(basket)
    subtotal = sum(subtotals, zero)
    shipping = delivery.delivery.price if delivery else zero
    return Quote(
        basket=basket,
        lines=lines,
        delivery=delivery,
        subtotal=subtotal,
        discount_total=subtotal - sum(remaining, zero),
        shipping_total=shipping,
        tax_total=sum((line.tax for line in lines), delivery.tax if delivery else zero),
        total=sum((line.total for line in lines), delivery.total if delivery else zero),
        reduction_totals=_totals_of(basket.reductions, lines, zero),
    )


def _split(reduction: Reduction, remaining: list[Money], zero: Money) -> tuple[Money, ...]:
    """Split the reduction, a percentage of the sum, over the lines by largest remainder."""
    base = sum(remaining, zero)
    off = min(base.share(Fraction(reduction.percent) / 100), base)
    return (
        off.split([each.minor for each in remaining]) if remaining and base > zero else tuple(zero for _ in remaining)
    )


def _line(item: Item, subtotal: Money, shares: tuple[Share, ...], rest: Money, *, inclusive: bool) -> QuotedLine:
    tax_line = _tax(rest, item.rate, inclusive=inclusive)
    return QuotedLine(
        item=item,
        subtotal=subtotal,
        shares=shares,
        discount=subtotal - rest,
        tax_lines=(tax_line,) if tax_line else (),
        tax=tax_line.amount if tax_line else rest * 0,
        total=rest if inclusive or not tax_line else rest + tax_line.amount,
    )


def _delivery(basket: Basket) -> QuotedDelivery | None:
    if basket.delivery is None:
        return None
    price = basket.delivery.price
    tax_line = _tax(price, basket.delivery.rate, inclusive=basket.prices_include_tax)
    return QuotedDelivery(
        delivery=basket.delivery,
        tax_lines=(tax_line,) if tax_line else (),
        tax=tax_line.amount if tax_line else price * 0,
        total=price if basket.prices_include_tax or not tax_line else price + tax_line.amount,
    )


def _tax(amount: Money, rate: Rate, *, inclusive: bool) -> TaxLine | None:
    if rate.percent == Decimal(0):
        return None
    if inclusive:
        tax = tax_contained(amount, percent=rate.percent)
        return TaxLine(rate.name, rate.percent, amount - tax, tax)
    return TaxLine(rate.name, rate.percent, amount, tax_on(amount, percent=rate.percent))


def _totals_of(reductions: tuple[Reduction, ...], lines: tuple[QuotedLine, ...], zero: Money) -> tuple[Share, ...]:
    return tuple(
        Share(
            reduction.code,
            reduction.name,
            sum((share.amount for line in lines for share in line.shares if share.code == reduction.code), zero),
        )
        for reduction in reductions
    )
