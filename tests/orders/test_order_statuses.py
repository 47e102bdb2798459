"""An order's payment status says what its bill says, and only that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shop.catalog.models import Variant
from shop.kernel.ids import Prefix, public
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.orders.statuses import payment_status
from shop.orders.subscribers import follow_the_money
from shop.payments import operations as payments
from shop.payments.models import Bill, Payment, Refund
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform import worker
from shop.platform.actors import Actor
from shop.platform.clock import now
from shop.platform.models import Job
from shop.platform.records import WrongState
from tests.accounts.visitor import Visitor
from tests.checkout.conftest import bank, market, mug
from tests.checkout.kills import later
from tests.checkout.storefront_client import level, shopper
from tests.payments.gateways import Watched

__all__ = ["bank", "market", "mug"]


@pytest.mark.parametrize(
    ("amount", "captured", "refunded", "authorized", "closed", "status"),
    [
        (100, 0, 0, False, False, "unpaid"),
        (100, 0, 0, True, False, "authorized"),
        (100, 99, 0, False, False, "partially_paid"),
        (100, 100, 0, False, False, "paid"),
        (0, 0, 0, False, False, "paid"),
        (100, 100, 1, False, False, "partially_refunded"),
        (100, 100, 100, False, True, "refunded"),
        (100, 99, 99, False, True, "refunded"),
        (100, 100, 0, False, True, "paid"),
        (100, 0, 0, False, True, "voided"),
        (100, 0, 0, True, True, "voided"),
    ],
)
def test_what_the_money_says(
    amount: int, captured: int, refunded: int, authorized: bool, closed: bool, status: str
) -> None:
    said = payment_status(amount=amount, captured=captured, refunded=refunded, authorized=authorized, closed=closed)

    assert said == status


@pytest.fixture
def paid(mug: Variant) -> Order:
    """Placed and paid by card: 24.89."""
    shopper(mug).ready().complete()
    return Order.objects.get()


@pytest.fixture
def unpaid(mug: Variant) -> Order:
    """Placed, to be paid by bank transfer."""
    shopper(mug).ready().complete("", method="manual")
    return Order.objects.get()


def stored() -> tuple[str, str]:
    return Order.objects.values_list("status", "payment_status").get()


def test_a_refund_is_seen_on_the_order(paid: Order) -> None:
    payments.refund(Payment.objects.get(), amount=Money(489, "EUR"))
    before = stored()

    worker.drain()

    assert (before, stored()) == (("placed", "paid"), ("placed", "partially_refunded"))
    assert Order.objects.get().version > paid.version


def test_so_is_money_that_somebody_has_noted(unpaid: Order) -> None:
    payments.cover(Bill.objects.get())
    before = stored()

    worker.drain()

    assert (before, stored()) == (("placed", "unpaid"), ("placed", "paid"))


def test_money_on_its_way_back_is_not_back_yet(paid: Order, bank: Watched) -> None:
    bank.away.add("refund")
    orders.cancel(paid, actor_id=None)
    asked_for = (stored(), Bill.objects.get().refunded, Refund.objects.get().status)
    bank.away.clear()

    payments.close(Bill.objects.get())
    worker.drain()

    assert asked_for == (("cancelled", "paid"), 2489, "requested")
    assert (stored(), Refund.objects.get().status) == (("cancelled", "refunded"), "succeeded")


def test_what_the_bank_refuses_to_give_back_stays_paid(paid: Order) -> None:
    payments.refund(Payment.objects.get(), amount=Money(489, "EUR"))
    TestCharge.objects.update(refunded=2489)
    orders.cancel(paid, actor_id=None)

    worker.drain()

    assert stored() == ("cancelled", "partially_refunded")
    assert list(Refund.objects.values_list("amount", "status")) == [(489, "succeeded"), (2000, "failed")]


def test_a_cancelled_order_shows_the_refund_that_failed(paid: Order) -> None:
    TestCharge.objects.update(refunded=2489)
    guest = Visitor(headers={"X-Order-Token": orders.token_of(paid) or ""})

    cancelled = guest.post(f"/orders/{public(Prefix.ORDER, paid.pk)}/cancel")

    assert (cancelled.status, cancelled.data["payment_status"]) == (200, "paid")
    assert [(each["status"], each["amount"]["amount"]) for each in cancelled.data["refunds"]] == [("failed", 2489)]


def test_what_is_paid_back_by_hand_is_back_when_somebody_says_so(unpaid: Order) -> None:
    orders.mark_paid(unpaid, actor=Actor())
    orders.cancel(unpaid, actor_id=None)
    worker.drain()
    before = stored()

    payments.confirm_refund(Refund.objects.get())
    worker.drain()

    assert (before, stored()) == (("cancelled", "paid"), ("cancelled", "refunded"))


@pytest.mark.parametrize("token", ["tok_decline", "tok_3ds"])
def test_a_draft_that_was_abandoned_without_money_is_void(mug: Variant, token: str) -> None:
    ada = shopper(mug).ready()
    ada.complete(token, return_url="http://localhost:3000/done")

    ada.visitor.post(f"{ada.path}/reopen")

    assert (stored(), Bill.objects.get().captured) == (("cancelled", "voided"), 0)


def test_money_that_comes_for_a_draft_that_was_abandoned_goes_back(mug: Variant, bank: Watched) -> None:
    shopper(mug).ready().complete("tok_3ds", return_url="http://localhost:3000/done")
    draft = Order.objects.get()
    test_gateway.answer(TestCharge.objects.get(), approved=True)
    bank.away.add("refund")
    orders.abandon(draft, because=Order.Status.EXPIRED)
    at_once = stored()

    worker.drain()
    between = stored()
    bank.away.clear()
    Job.objects.update(due_at=now())
    worker.drain()

    assert (at_once, between, stored()) == (("expired", "voided"), ("expired", "paid"), ("expired", "refunded"))
    assert TestCharge.objects.values_list("amount", "refunded").get() == (2489, 2489)


def test_so_does_money_that_had_come_before(mug: Variant, bank: Watched) -> None:
    ada = shopper(mug).ready()
    ada.complete("tok_3ds", return_url="http://localhost:3000/done")
    test_gateway.answer(TestCharge.objects.get(), approved=True)
    payments.settle_bill(Bill.objects.get())
    bank.away.add("refund")

    orders.abandon(Order.objects.get(), because=Order.Status.CANCELLED)
    at_once = stored()
    bank.away.clear()
    Job.objects.update(due_at=now())
    worker.drain()

    assert (at_once, stored()) == (("cancelled", "paid"), ("cancelled", "refunded"))


def test_a_draft_that_still_waits_is_left_to_the_checkout(mug: Variant) -> None:
    shopper(mug).ready().complete("tok_3ds", return_url="http://localhost:3000/done")
    payments.settle_bill(Bill.objects.get())
    before = Order.objects.values().get()

    follow_the_money({"aggregate": before["bill_id"]})

    assert Order.objects.values().get() == before


def test_placing_again_changes_nothing(paid: Order) -> None:
    again = orders.place(Order.objects.get(), bill=Bill.objects.get())

    found = Order.objects.get()
    assert (again, found.number, found.version, found.placed_at) == (False, paid.number, paid.version, paid.placed_at)


def test_what_was_cancelled_is_never_placed(paid: Order) -> None:
    orders.cancel(paid, actor_id=None)

    with pytest.raises(WrongState):
        orders.place(Order.objects.get(), bill=Bill.objects.get())

    assert stored() == ("cancelled", "refunded")


def test_what_is_placed_is_never_abandoned(paid: Order, mug: Variant) -> None:
    assert orders.abandon(paid, because=Order.Status.EXPIRED) is False
    assert (stored(), level(mug), Bill.objects.get().status) == (("placed", "paid"), (10, 0, 1), "covered")


def test_what_is_paid_does_not_expire(unpaid: Order, mug: Variant) -> None:
    payments.cover(Bill.objects.get())

    with later(timedelta(hours=3)):
        has_expired = orders.expire(unpaid)

    assert has_expired is False
    assert (stored()[0], level(mug), Bill.objects.get().status) == ("placed", (10, 0, 1), "covered")


def test_an_unpaid_order_expires_once_and_gives_its_stock_back(unpaid: Order, mug: Variant) -> None:
    with later(timedelta(hours=3)):
        outcomes = [orders.expire(Order.objects.get()) for _ in range(2)]

    assert outcomes == [True, False]
    assert (stored(), level(mug), Payment.objects.get().status) == (("expired", "voided"), (10, 0, 0), "voided")
    assert Order.objects.get().cancellation.reason == "not paid in time"


def test_an_order_that_was_confirmed_since_it_was_read_does_not_expire(unpaid: Order, mug: Variant) -> None:
    Order.objects.update(email_confirmed_at=now(), expires_at=now() + timedelta(hours=72))

    with later(timedelta(hours=3)):
        has_expired = orders.expire(unpaid)

    assert has_expired is False
    assert (stored(), level(mug), Payment.objects.get().status) == (("placed", "unpaid"), (10, 0, 1), "pending")


def test_a_guests_has_two_hours(unpaid: Order) -> None:
    assert unpaid.expires_at is not None
    assert timedelta(hours=1, minutes=59) < unpaid.expires_at - now() <= timedelta(hours=2)


def test_a_cancelled_order_does_not_expire_and_the_other_way_round(unpaid: Order) -> None:
    orders.cancel(unpaid, actor_id=None)

    with pytest.raises(WrongState):
        orders.expire(unpaid)

    assert stored() == ("cancelled", "voided")


def test_an_answer_that_was_kept_is_stale_once_money_went_back(paid: Order) -> None:
    guest = Visitor(headers={"X-Order-Token": orders.token_of(paid) or ""})
    path = f"/orders/{public(Prefix.ORDER, paid.pk)}"
    tag = guest.get(path).headers["ETag"]

    payments.refund(Payment.objects.get(), amount=Money(489, "EUR"))
    worker.drain()
    seen = replace(guest, headers={**guest.headers, "If-None-Match": tag}).get(path)

    assert (seen.status, seen.data["payment_status"]) == (200, "partially_refunded")
    assert seen.data["totals"]["total"] == {"amount": 2489, "currency": "EUR"}
