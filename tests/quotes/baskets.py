"""Baskets to quote: made by hand, or generated."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from shop.kernel.money import Money
from shop.quotes.types import Basket, Delivery, Item, Rate, Reduction


def item(price: int, quantity: int = 1, *, percent: str = "0", key: int = 1, currency: str = "EUR") -> Item:
    """Return a line with this price (minor units), quantity and tax rate."""
    return Item(
        key=UUID(int=key),
        variant_id=UUID(int=key),
        quantity=quantity,
        unit_price=Money(price, currency),
        rate=Rate("VAT", Decimal(percent)),
    )


def delivery(price: Money, percent: Decimal) -> Delivery:
    return Delivery(code="flat", name="Parcel", price=price, rate=Rate("VAT", percent))


def basket(
    items: Sequence[Item], *, off: str | None = None, gross: bool = True, shipping: int | None = None, tax: str = "0"
) -> Basket:
    """Return a basket of the items with a reduction and a price of shipping, both optional."""
    currency = items[0].unit_price.currency if items else "EUR"
    return Basket(
        currency=currency,
        prices_include_tax=gross,
        items=tuple(items),
        reductions=(Reduction(code="OFF", name="Off", percent=Decimal(off)),) if off else (),
        delivery=delivery(Money(shipping, currency), Decimal(tax)) if shipping is not None else None,
    )


percents = st.decimals(min_value=0, max_value=100, places=4)
reductions = st.decimals(min_value=Decimal("0.0001"), max_value=100, places=4)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """Generate any basket: up to eight lines, two codes, with or without shipping, any currency and rates."""
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    prices = draw(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 999), percents), max_size=8))
    codes = draw(st.lists(reductions, max_size=2))
    shipping = draw(st.none() | st.tuples(st.integers(0, 10**5), percents))
    return Basket(
        currency=currency,
        prices_include_tax=draw(st.booleans()),
        items=tuple(
            item(price, quantity, percent=str(percent), key=at, currency=currency)
            for at, (price, quantity, percent) in enumerate(prices)
        ),
        reductions=tuple(Reduction(code=f"C{at}", name=f"Code {at}", percent=each) for at, each in enumerate(codes)),
        delivery=delivery(Money(shipping[0], currency), shipping[1]) if shipping else None,
    )
