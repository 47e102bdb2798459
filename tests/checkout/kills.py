"""Processes that end before their n-th statement, for every n, and what is left of it in the end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import time_machine
from django.db import connection
from django.db.models import F, Sum

from shop.catalog.models import Variant
from shop.checkout.models import Cart
from shop.checkout.operations import carts, codes
from shop.checkout.operations.lines import NewLine
from shop.checkout.operations.opening import Opening, open_filled
from shop.inventory.models import Hold
from shop.kernel.ids import digest
from shop.orders.models import Order
from shop.payments.jobs import reconcile
from shop.payments.models import Payment
from shop.payments.test_gateway.models import TestCharge
from shop.platform import worker
from shop.platform.clock import now
from shop.platform.models import Job, OutboxEvent
from shop.promotions.models import Redemption
from shop.shipping.models import ShippingMethod
from tests.accounts.visitor import Seen
from tests.checkout.storefront_client import ADDRESS, Shopper
from tests.payments.gateways import Killed

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
RETURN_URL = "http://localhost:3000/done"
LEASE = timedelta(seconds=31)
HOLD_OVER = timedelta(minutes=16)
GIVEN_UP = (Order.Status.CANCELLED, Order.Status.EXPIRED)


@dataclass(frozen=True)
class Way:
    """How somebody pays."""

    token: str = "tok_success"
    method: str = "test"
    code: str = ""
    total: int = 2489

    def __str__(self) -> str:
        return " ".join(filter(None, [self.method, self.token, self.code]))

    def complete(self, shopper: Shopper) -> Seen:
        total = {"amount": self.total, "currency": "EUR"}
        return shopper.complete(self.token, method=self.method, total=total, return_url=RETURN_URL)


@dataclass(frozen=True)
class Ending:
    """What there is of one cart: live orders, what the bank has of it (minor units), live handles, recorded events."""

    cart: str
    orders: tuple[tuple[str, str], ...] = ()
    money: int = 0
    holds: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


OPEN_AGAIN = Ending("open")


def customer(variant: Variant, name: str, way: Way) -> Shopper:
    """Somebody with a cart of one line, of which only the payment is missing."""
    opening = Opening(
        country="DE",
        email=f"{name}@example.com",
        lines=(NewLine(variant.pk, 1),),
        shipping_address=ADDRESS,
        billing_address=None,
    )
    priced, _ = open_filled(opening, user_id=None)
    carts.change(priced.cart, {"shipping_method": ShippingMethod.objects.get()})
    if way.code:
        codes.enter(priced.cart, way.code)
    return Shopper(carts.public_id(priced.cart))


def sweep(
    begin: Callable[[str], Shopper], act: Callable[[Shopper], object], *, every: int = 1
) -> Mapping[int, Shopper]:
    """For every n somebody for whom the process has ended before the n-th statement of this."""
    dead: dict[int, Shopper] = {}
    for nth in count(1, every):
        shopper = begin(f"buyer-{nth}")
        if not killed(act, shopper, before=nth):
            break
        dead[nth] = shopper
    return dead


def killed(act: Callable[[Shopper], object], shopper: Shopper, *, before: int) -> bool:
    """Whether there were as many statements. Neither that one nor any after it reaches the database."""
    seen = 0

    def die(execute: Callable[..., object], sql: str, *arguments: Any) -> object:
        nonlocal seen
        seen += not sql.startswith(CONTROL)
        if seen >= before and not sql.startswith("ROLLBACK"):
            raise Killed(sql)
        return execute(sql, *arguments)

    try:
        with connection.execute_wrapper(die):
            act(shopper)
    except Killed:
        connection.close()
        return True
    return False


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    """So much time has gone by."""
    with time_machine.travel(now() + by):
        yield


def worker_comes_back() -> None:
    """Everything that a worker would do now, and once more what it has put off."""
    reconcile()
    for _ in range(2):
        Job.objects.filter(state=Job.State.WAITING).update(due_at=now())
        worker.drain()


def endings(shoppers: Mapping[int, Shopper]) -> dict[int, Ending]:
    """How it ended for each."""
    return {nth: ending(each) for nth, each in shoppers.items()}


def ending(shopper: Shopper) -> Ending:
    cart = cart_of(shopper)
    orders = Order.objects.filter(source=cart.pk)
    live = orders.exclude(status__in=GIVEN_UP)
    keys = [str(key) for key in Payment.objects.filter(bill__in=orders.values("bill")).values_list("pk", flat=True)]
    taken = TestCharge.objects.filter(key__in=keys, status="captured").aggregate(left=Sum(F("amount") - F("refunded")))
    holds = Hold.objects.filter(pk__in=orders.values("hold")).exclude(status=Hold.Status.RELEASED)
    uses = Redemption.objects.filter(pk__in=orders.values("redemptions__redemption"))
    told = OutboxEvent.objects.filter(name__startswith="order.", aggregate__in=orders.values("pk"))
    return Ending(
        cart=cart.status,
        orders=tuple(live.values_list("status", "payment_status")),
        money=taken["left"] or 0,
        holds=tuple(holds.values_list("status", flat=True)),
        uses=tuple(uses.exclude(status=Redemption.Status.RELEASED).values_list("status", flat=True)),
        events=tuple(told.order_by("id").values_list("name", flat=True)),
    )


def order_of(shopper: Shopper) -> Order:
    return Order.objects.get(source=cart_of(shopper).pk)


def cart_of(shopper: Shopper) -> Cart:
    return Cart.objects.get(digest=digest(shopper.cart_id))
