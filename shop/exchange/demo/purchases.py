"""The demo's orders of the last sixty days, each placed through the checkout at its own time.

Only the newest orders send mails, and only into the mailbox of development: somebody who starts a shop for the first
time finds some mails there, but none to invented customers in the terminal. Later changes of the orders send mails as
usual.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

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
from shop.platform.actors import ANONYMOUS
from shop.platform.clock import as_of, now
from shop.platform.events import keep_quiet, tell_at_once
from shop.platform.mail.backends import reaches_nobody, unprinted
from shop.platform.settings import shop_settings
from shop.shipping.queries import methods
from shop.stores.models import Market

CARD, TRANSFER = "test", "manual"


Fate = Literal["", "cancelled", "paid", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A cart that was filled with these SKUs some days ago and, unless `token` is None, completed.

    `then` days later the order is cancelled, paid manually, or expired.
    """

    days: float
    by: Person
    wants: dict[str, int]
    code: str | None = None
    method: str = CARD
    token: str | None = "tok_success"  # noqa: S105
    fate: Fate = ""
    then: float = 0.2
    note: str = ""
    is_told: bool = False


PURCHASES: Final = (
    Purchase(days=59, by=MARIA, wants={"JAR-1L": 1, "TWL-ROSE": 1}),
    Purchase(days=52.3, by=ADA, wants={"NTB-INK": 2}),
    Purchase(days=47.6, by=GRACE, wants={"BOT-05L-PINE": 1}, method=TRANSFER, token="", fate="paid", then=2),
    Purchase(days=41.1, by=ALAN, wants={"CND-CEDA": 3}),
    Purchase(days=35.4, by=ADA, wants={"TEE-M-INK": 2, "MUG-SKY": 1}, code=WELCOME),
    Purchase(days=30.2, by=MARIA, wants={"PCL": 1, "NTB-INK": 1}, method=TRANSFER, token="", fate="expired", then=3),
    Purchase(days=24.8, by=GRACE, wants={"POT-LARG": 1}),
    Purchase(
        days=19.5, by=ALAN, wants={"NTB-INK": 3, "PCL": 2}, code=FIRST, note="Please leave it with the neighbour."
    ),
    Purchase(days=13.7, by=MARIA, wants={"HOO-M-SLAT": 1}, fate="cancelled"),
    Purchase(days=9.3, by=ADA, wants={"BLK-RUST": 1, "CND-CEDA": 2, "GFT": 1}, code=ONCE),
    Purchase(days=4.9, by=ALAN, wants={"MUG-SKY": 2}),
    Purchase(days=2.2, by=MARIA, wants={"CLK-CHAL": 1, "POT-LARG": 2}, is_told=True),
    Purchase(days=0.6, by=ADA, wants={"MUG-SKY": 1}, is_told=True),
    Purchase(days=0.4, by=GRACE, wants={"BPK-MUST": 1, "BOT-05L-PINE": 1}, method=TRANSFER, token="", is_told=True),
    Purchase(days=0.3, by=GRACE, wants={"RAI-S-MUST": 1}, token="tok_decline"),  # noqa: S106
    Purchase(days=0.2, by=ALAN, wants={"LMB-L-PLUM": 1, "HIK-4145-MOSS": 2}, token=None),
)
"""Paid by card, by transfer, with a code that is used up by it, with the customer's own code; cancelled, expired, with
a backorder, awaiting payment; a declined card leaves a cart with its error, and the last cart is not completed."""


def buy(market: Market) -> int:
    """Make all purchases unless there are orders already, and return the number of orders."""
    if not Order.objects.exists():
        served = set(market.countries.values_list("country", flat=True))
        for purchase in PURCHASES:
            if purchase.by.address["country"] in served:
                at = now() - timedelta(days=purchase.days)
                with as_of(at):
                    _buy(purchase, market, at)
    return Order.objects.count()


@transaction.atomic
def _buy(purchase: Purchase, market: Market, at: datetime) -> None:
    """Make one purchase in one transaction, so that a worker sees an order only with its mails sent or suppressed."""
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
    for order in Order.objects.filter(source=cart.pk):
        if purchase.fate:
            with as_of(at + timedelta(days=purchase.then)):
                _end(order, purchase.fate, by=user.pk if user else None)
        if purchase.is_told and reaches_nobody():
            with unprinted():
                tell_at_once(order.pk)
        else:
            keep_quiet(order.pk)


def _end(order: Order, fate: Fate, *, by: UUID | None) -> None:
    if fate == "cancelled":
        orders.cancel(order, actor_id=by, reason="Ordered by mistake.")
    elif fate == "expired":
        orders.expire(order)
    elif order.payment_status == Order.PaymentStatus.UNPAID:
        orders.mark_paid(order, actor=ANONYMOUS)


def _paying(purchase: Purchase) -> Paying:
    """Return the purchase's way to pay; without the test gateway that is a bank transfer."""
    if purchase.method == TRANSFER or not payments.accepts(CARD):
        return Paying(method=TRANSFER)
    return Paying(method=CARD, token=purchase.token, return_url=shop_settings().base_url)
