"""The process ends before its n-th statement, for every n: whoever repeats has bought once, and nobody loses money."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout.models import CartLine
from shop.inventory import operations as inventory
from shop.inventory.models import Hold
from shop.kernel.ids import Prefix, public
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.stores.models import Market
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.kills import (
    HOLD_OVER,
    LEASE,
    OPEN_AGAIN,
    Ending,
    Way,
    cart_of,
    customer,
    endings,
    later,
    order_of,
    sweep,
    worker_comes_back,
)
from tests.checkout.storefront_client import Shopper, code, level, outside, sell, shopper

pytestmark = pytest.mark.exhaustive

TWO_STEPS = Way("tok_authorized")
T = TypeVar("T")

WITH_CODE = Way(code="welcome10", total=2289)
TRANSFER = Way("", method="manual")
DECLINED = Way("tok_decline")
DECLINED_WITH_CODE = Way("tok_decline", code="welcome10", total=2289)
ASKED = Way("tok_3ds")
ASKED_IN_STOREFRONT = Way("tok_3ds_sdk")

PAID = Ending("completed", (("placed", "paid"),), 2489, ("committed",), (), ("order.placed",))
PAID_WITH_CODE = Ending("completed", (("placed", "paid"),), 2289, ("committed",), ("confirmed",), ("order.placed",))
UNPAID = Ending("completed", (("placed", "unpaid"),), 0, ("committed",), (), ("order.placed",))
CANCELLED = Ending("completed", events=("order.placed", "order.cancelled"))
EXPIRED = Ending("completed", events=("order.placed", "order.cancelled"))


@pytest.fixture
def mugs(market: Market, settings: Settings) -> Variant:
    """A thousand, and a code that each customer may use once; one client may have any number of unpaid orders."""
    settings.CHECKOUT = replace(settings.CHECKOUT, most_unpaid_orders=1000, most_waiting_payments=1000)
    code("WELCOME10", once_per_customer=True)
    return sell(stock=1000)


def books(variant: Variant) -> tuple[int, int, int]:
    """The stock, when all counters are what the books say and nobody holds anything."""
    assert inventory.verify() == []
    assert not Hold.objects.filter(status=Hold.Status.HELD).exists()
    return level(variant)


def approve(shopper: Shopper) -> bool:
    """The shopper has confirmed the payment on the bank's page."""
    payment = Payment.objects.get(bill__in=Order.objects.filter(source=cart_of(shopper).pk).values("bill"))
    return test_gateway.answer(TestCharge.objects.get(key=str(payment.pk)), approved=True)


def asked(variant: Variant, name: str) -> Shopper:
    """Somebody who waits at the bank's page."""
    shopper = customer(variant, name, ASKED)
    assert ASKED.complete(shopper).status == 202
    return shopper


def approved(variant: Variant, name: str) -> Shopper:
    """Somebody who has confirmed the payment, of which the shop does not know yet."""
    shopper = asked(variant, name)
    approve(shopper)
    return shopper


def placed(variant: Variant, name: str) -> Shopper:
    """Somebody who has bought with a code."""
    shopper = customer(variant, name, WITH_CODE)
    assert WITH_CODE.complete(shopper).status == 201
    return shopper


def promised(variant: Variant, name: str) -> Shopper:
    """Somebody who has bought and not paid."""
    shopper = customer(variant, name, TRANSFER)
    assert TRANSFER.complete(shopper).status == 201
    return shopper


def cancel(shopper: Shopper) -> Seen:
    order = order_of(shopper)
    token = {"X-Order-Token": orders.token_of(order) or ""}
    return Visitor(headers=token).post(f"/orders/{public(Prefix.ORDER, order.pk)}/cancel")


def reopen(shopper: Shopper) -> Seen:
    return shopper.visitor.post(f"{shopper.path}/reopen")


def signed_in(variant: Variant, name: str) -> Shopper:
    """A customer with one of them in the cart."""
    email = f"{name}@example.com"
    account(email)
    return shopper(variant, visitor=login(Visitor(), email))


def two_more(variant: Variant, ada: Shopper) -> Seen:
    """The customer asks for the open cart, with two more in it and a code, under a key."""
    keyed = Visitor(ada.visitor.token, ada.visitor.ip, {"Idempotency-Key": "key-1"})
    return keyed.post("/carts", lines=[{"variant_id": outside(variant), "quantity": 2}], codes=["welcome10"])


def late(act: Callable[[], T]) -> T:
    """Done four days later."""
    with later(timedelta(days=4)):
        return act()


def statuses_of_money() -> set[tuple[str, str]]:
    return set(Order.objects.values_list("status", "payment_status"))


@pytest.mark.parametrize(("way", "bought"), [(TWO_STEPS, PAID), (WITH_CODE, PAID_WITH_CODE)], ids=["two steps", "code"])
def test_whoever_repeats_has_bought_once(mugs: Variant, way: Way, bought: Ending) -> None:
    dead = sweep(lambda name: customer(mugs, name, way), way.complete)

    with later(LEASE):
        seen = {nth: way.complete(each).status for nth, each in dead.items()}

    assert len(dead) > 30  # nothing came to an end early
    assert set(seen.values()) <= {200, 201}
    assert endings(dead) == dict.fromkeys(dead, bought)
    assert books(mugs) == (1000, 0, len(dead) + 1)


@pytest.mark.parametrize(("way", "bought"), [(TRANSFER, UNPAID), (WITH_CODE, PAID_WITH_CODE)], ids=["transfer", "code"])
def test_when_nobody_repeats_it_is_bought_once_or_abandoned(mugs: Variant, way: Way, bought: Ending) -> None:
    dead = sweep(lambda name: customer(mugs, name, way), way.complete)

    with later(HOLD_OVER):
        worker_comes_back()

    ended = endings(dead)
    assert set(ended.values()) == {bought, OPEN_AGAIN}
    assert books(mugs) == (1000, 0, list(ended.values()).count(bought) + 1)


def test_whoever_comes_back_after_that_has_bought_once(mugs: Variant) -> None:
    dead = sweep(lambda name: customer(mugs, name, WITH_CODE), WITH_CODE.complete, every=4)
    late(worker_comes_back)

    seen = late(lambda: {WITH_CODE.complete(each).status for each in dead.values()})

    assert seen == {200, 201}
    assert endings(dead) == dict.fromkeys(dead, PAID_WITH_CODE)


def test_a_declined_card_gives_everything_back_to_whoever_repeats(mugs: Variant) -> None:
    dead = sweep(lambda name: customer(mugs, name, DECLINED), DECLINED.complete)

    with later(LEASE):
        seen = {nth: DECLINED.complete(each).status for nth, each in dead.items()}

    assert set(seen.values()) == {402}
    assert endings(dead) == dict.fromkeys(dead, OPEN_AGAIN)
    assert books(mugs) == (1000, 0, 0)


def test_and_to_whoever_does_not(mugs: Variant) -> None:
    dead = sweep(lambda name: customer(mugs, name, DECLINED_WITH_CODE), DECLINED_WITH_CODE.complete)

    with later(HOLD_OVER):
        worker_comes_back()

    assert endings(dead) == dict.fromkeys(dead, OPEN_AGAIN)
    assert books(mugs) == (1000, 0, 0)


@pytest.mark.parametrize("way", [ASKED, ASKED_IN_STOREFRONT], ids=str)
def test_a_shopper_who_is_asked_twice_pays_once(way: Way, mugs: Variant) -> None:
    dead = sweep(lambda name: customer(mugs, name, way), way.complete)

    with later(LEASE):
        waiting = {nth: way.complete(each).status for nth, each in dead.items()}
        approved_by_all = [approve(each) for each in dead.values()]
        bought = {nth: way.complete(each).status for nth, each in dead.items()}

    assert (set(waiting.values()), all(approved_by_all), set(bought.values())) == ({202}, True, {201})
    assert endings(dead) == dict.fromkeys(dead, PAID)
    assert (inventory.verify(), level(mugs)) == ([], (1000, 1, len(dead)))


def test_a_question_that_nobody_answers_is_abandoned(mugs: Variant) -> None:
    dead = sweep(lambda name: customer(mugs, name, ASKED), ASKED.complete)

    with later(HOLD_OVER):
        worker_comes_back()

    assert endings(dead) == dict.fromkeys(dead, OPEN_AGAIN)
    assert books(mugs) == (1000, 0, 0)


def test_what_was_approved_is_bought_by_whoever_repeats(mugs: Variant) -> None:
    dead = sweep(lambda name: approved(mugs, name), ASKED.complete)

    with later(LEASE):
        seen = {nth: ASKED.complete(each).status for nth, each in dead.items()}

    assert set(seen.values()) <= {200, 201}
    assert endings(dead) == dict.fromkeys(dead, PAID)
    assert books(mugs) == (1000, 0, len(dead) + 1)


def test_and_for_whoever_does_not(mugs: Variant) -> None:
    dead = sweep(lambda name: approved(mugs, name), ASKED.complete)

    with later(HOLD_OVER):
        worker_comes_back()

    assert endings(dead) == dict.fromkeys(dead, PAID)
    assert books(mugs) == (1000, 0, len(dead) + 1)


def test_a_cancellation_has_happened_or_not_and_a_repetition_makes_it_happen_once(mugs: Variant) -> None:
    dead = sweep(lambda name: placed(mugs, name), cancel)

    worker_comes_back()
    ended, money = endings(dead), statuses_of_money()
    again = {cancel(each).data["payment_status"] for each in dead.values()}

    assert set(ended.values()) == {PAID_WITH_CODE, CANCELLED}
    assert money == {("placed", "paid"), ("cancelled", "refunded")}
    assert (again, endings(dead)) == ({"refunded"}, dict.fromkeys(dead, CANCELLED))
    assert books(mugs) == (1000, 0, 0)


def test_reopening_that_is_repeated_leaves_an_open_cart(mugs: Variant) -> None:
    dead = sweep(lambda name: asked(mugs, name), reopen)

    seen = {nth: reopen(each).status for nth, each in dead.items()}
    worker_comes_back()

    assert set(seen.values()) == {200}
    assert endings(dead) == dict.fromkeys(dead, OPEN_AGAIN)
    assert set(TestCharge.objects.values_list("status", flat=True)) == {"voided"}
    assert books(mugs) == (1000, 0, 0)


def test_an_unpaid_order_expires_although_the_worker_dies(mugs: Variant) -> None:
    dead = sweep(lambda name: promised(mugs, name), lambda each: late(lambda: orders.expire(order_of(each))))

    late(worker_comes_back)

    assert endings(dead) == dict.fromkeys(dead, EXPIRED)
    assert statuses_of_money() == {("expired", "voided")}
    assert books(mugs) == (1000, 0, 0)


def test_a_cart_that_is_asked_for_again_has_got_its_lines_once(mugs: Variant) -> None:
    dead = sweep(partial(signed_in, mugs), partial(two_more, mugs))
    before = set(CartLine.objects.values_list("quantity", flat=True))

    with later(LEASE):
        seen = {two_more(mugs, each).status for each in dead.values()}

    assert len(dead) > 12  # nothing came to an end early
    assert (before, seen) == ({1, 3}, {200})
    assert list(CartLine.objects.values_list("quantity", flat=True)) == [3] * (len(dead) + 1)
