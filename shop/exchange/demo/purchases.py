"""What the demo's people bought: every order goes the way of any order, so that none of it is made up.

But nobody is told of these orders: whoever starts a shop for the first time reads no mails to people who do not exist.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from shop.catalog.models import Variant
from shop.checkout import complete, pricing
from shop.checkout import queries as checkout
from shop.checkout.operations import carts
from shop.checkout.operations.lines import NewLine
from shop.checkout.operations.opening import Opening, open_filled
from shop.checkout.types import Paying
from shop.exchange.demo.people import ADA, ALAN, GRACE, MARIA, Person, account
from shop.exchange.demo.terms import FIRST, ONCE, SHIPPING, WELCOME
from shop.kernel.errors import Declined
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments import operations as payments
from shop.platform.events import keep_quiet
from shop.platform.settings import shop_settings
from shop.shipping.queries import methods
from shop.stores.models import Market

CARD, TRANSFER = "test", "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Somebody fills a cart with these SKUs and, unless `token` is None, completes it."""

    by: Person
    wants: dict[str, int]
    code: str | None = None
    method: str = CARD
    token: str | None = "tok_success"  # noqa: S105
    is_cancelled: bool = False
    note: str = ""


PURCHASES: Final = (
    Purchase(by=ADA, wants={"TEE-M-INK": 2, "MUG-SKY": 1}, code=WELCOME),
    Purchase(by=GRACE, wants={"BPK-MUST": 1, "BOT-05L-PINE": 1}, method=TRANSFER, token=""),
    Purchase(by=ALAN, wants={"NTB-INK": 3, "PCL": 2}, code=FIRST, note="Please leave it with the neighbour."),
    Purchase(by=ADA, wants={"BLK-RUST": 1, "CND-CEDA": 2, "GFT": 1}, code=ONCE),
    Purchase(by=MARIA, wants={"HOO-M-SLAT": 1}, is_cancelled=True),
    Purchase(by=MARIA, wants={"CLK-CHAL": 1, "POT-LARG": 2}),
    Purchase(by=GRACE, wants={"RAI-S-MUST": 1}, token="tok_decline"),  # noqa: S106
    Purchase(by=ALAN, wants={"LMB-L-PLUM": 1, "HIK-4145-MOSS": 2}, token=None),
)
"""Paid, awaiting a transfer, with a code that is used up by it, with one of the customer's own, cancelled, with a
backorder; a declined card leaves a cart with its error, and the last cart is only filled."""


def buy(market: Market) -> int:
    """Everybody has bought what they want, if nobody bought anything here before; says how many orders there are."""
    if not Order.objects.exists():
        served = set(market.countries.values_list("country", flat=True))
        for purchase in PURCHASES:
            if purchase.by.address["country"] in served:
                _buy(purchase, market)
    return Order.objects.count()


@transaction.atomic
def _buy(purchase: Purchase, market: Market) -> None:
    """All of it at once, so that a worker that runs meanwhile sees an order only when it is kept quiet already."""
    user = account(purchase.by)
    keys = dict(Variant.objects.filter(sku__in=purchase.wants).values_list("sku", "pk"))
    opening = Opening(
        country=purchase.by.address["country"],
        email=purchase.by.email,
        lines=tuple(NewLine(keys[sku], quantity) for sku, quantity in purchase.wants.items()),
        shipping_address=purchase.by.address,
        code=purchase.code,
        note=purchase.note,
    )
    priced, _ = open_filled(opening, user_id=user.pk if user else None)
    parcel = next(method for method in methods(market.pk) if method.code == SHIPPING)
    carts.change(priced.cart, {"shipping_method": parcel})
    if purchase.token is None:
        return
    cart = checkout.again(priced.cart)
    total = pricing.price(cart).quote.total
    with suppress(Declined):
        complete.complete(cart, expected_total=total, paying=_paying(purchase))
        if purchase.is_cancelled:
            order = Order.objects.get(source=cart.pk)
            orders.cancel(order, actor_id=user.pk if user else None, reason="Ordered by mistake.")
    for key in Order.objects.filter(source=cart.pk).values_list("pk", flat=True):
        keep_quiet(key)


def _paying(purchase: Purchase) -> Paying:
    """As wanted; without the test gateway everybody transfers the money."""
    if purchase.method == TRANSFER or not payments.accepts(CARD):
        return Paying(method=TRANSFER)
    return Paying(method=CARD, token=purchase.token, return_url=shop_settings().base_url)
