"""A cart, priced: what it holds, what it costs, what is missing and what should be known, in a fixed number of
statements however many lines there are."""

from collections.abc import Iterable, Mapping
from typing import Final, get_args
from uuid import UUID

from shop.checkout import requirements
from shop.checkout.models import Cart, CartLine
from shop.checkout.types import Notice, Priced
from shop.inventory import queries as inventory
from shop.inventory.types import NONE_LEFT, Availability, Shortage
from shop.kernel.messages import gettext_noop
from shop.kernel.money import Money
from shop.orders.schemas import NoticeCode
from shop.platform.clock import now
from shop.promotions.errors import CodeRefused
from shop.quotes import facts
from shop.quotes.facts import Facts, QuoteRequest, RequestedLine
from shop.quotes.quote import quote
from shop.quotes.types import Quote

NOTICE_CODES: Final = frozenset(get_args(NoticeCode))
"""Of what a cart has stored only these are shown: clients are promised no others."""


def price(cart: Cart, *, lines: tuple[CartLine, ...] | None = None) -> Priced:
    """The cart as it is now, or as it would be with these lines.

    Lines that can't be bought stay in it, unpriced, with a notice. While it is being paid nothing is missing: its order
    has the stock and the code.
    """
    version = cart.version
    if lines is None:
        lines = tuple(CartLine.objects.filter(cart=cart).order_by("id"))
    known = facts.load(
        QuoteRequest(
            lines=tuple(RequestedLine(each.pk, each.variant_id, each.quantity) for each in lines),
            market=cart.market,
            country=cart.country,
            group_id=cart.user.group_id if cart.user else None,
            customer_key=cart.confirmed_key,
            account_id=cart.user_id,
            code=cart.code,
            method=cart.shipping_method,
            at=now(),
            is_claimed=cart.status == Cart.Status.COMPLETING,
        )
    )
    stock = inventory.stock(each.variant_id for each in lines)
    availability = inventory.availability_on(stock)
    quoted = quote(known.basket)
    return Priced(
        cart=cart,
        version=version,
        lines=lines,
        quote=quoted,
        sellables=known.sellables,
        stock=stock,
        availability=availability,
        unsellable=known.unsellable,
        notices=_notices(cart, lines, known, availability, quoted),
        needs=() if cart.status == Cart.Status.COMPLETING else requirements.of(cart, lines, known, availability),
    )


def agree(priced: Priced, written: Iterable[CartLine]) -> None:
    """These lines, which are not saved, have the price at which they are shown: whoever writes them agrees to it."""
    prices = {each.item.key: each.item.unit_price.minor for each in priced.quote.lines}
    for line in written:
        line.unit_price = prices.get(line.pk)


def is_free(cart: Cart) -> bool:
    """Whether the cart can be completed as it is, and nothing is owed."""
    if cart.status != Cart.Status.OPEN:
        return False
    priced = price(cart)
    return not priced.needs and not priced.quote.total.minor


def _notices(
    cart: Cart, lines: tuple[CartLine, ...], known: Facts, availability: Mapping[UUID, Availability], quoted: Quote
) -> tuple[Notice, ...]:
    found = [
        Notice(each["code"], each["message"], params=each.get("params"))
        for each in cart.notices
        if each["code"] in NOTICE_CODES
    ]
    if cart.status == Cart.Status.COMPLETING:
        return tuple(found)
    prices = {each.item.key: each.item.unit_price for each in quoted.lines}
    together: dict[UUID, int] = {}
    for line in lines:
        wanted = together[line.variant_id] = together.get(line.variant_id, 0) + line.quantity
        if line.pk in known.unsellable:
            found.append(Notice("unavailable", gettext_noop("This item is no longer available."), line.pk))
        else:
            there = availability.get(line.variant_id, NONE_LEFT)
            if wanted > there.shown_max:
                facts = Shortage(line.variant_id, wanted, there).facts()
                found.append(Notice("insufficient_stock", gettext_noop("Not enough stock."), line.pk, facts))
        price = prices.get(line.pk)
        if price is not None and line.unit_price not in (None, price.minor):
            found.append(_price_changed(line, price))
    if known.code_refusal:
        found.append(Notice("code_not_applied", CodeRefused.SENTENCES[known.code_refusal]))
    return tuple(found)


def _price_changed(line: CartLine, price: Money) -> Notice:
    """What one cost when the line was last written, and what it costs now."""
    before, after = ({"amount": minor, "currency": price.currency} for minor in (line.unit_price, price.minor))
    params = {"before": before, "after": after}
    return Notice("price_changed", gettext_noop("The price has changed."), line.pk, params)
