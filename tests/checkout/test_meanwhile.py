"""What others do while a bank thinks: no lock is held then, and whatever they do, nobody pays for nothing."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout.recover import recover
from shop.inventory import operations as inventory
from shop.inventory.models import Hold
from shop.kernel.ids import Prefix, public
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments import registry
from shop.payments.jobs import reconcile
from shop.payments.test_gateway.models import TestCharge
from shop.platform.clock import now
from shop.platform.models import IdempotencyRecord
from shop.pricing import operations as pricing
from shop.promotions.models import DiscountCode, Promotion
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.gateways import Busy
from tests.checkout.kills import HOLD_OVER, OPEN_AGAIN, Ending, Way, customer, ending, later, order_of
from tests.checkout.storefront_client import Shopper, code, level, shopper

CARD = Way()
ASKED = Way("tok_3ds")
PAID = Ending("completed", (("placed", "paid"),), 2489, ("committed",), (), ("order.placed",))

Interference = Callable[[Shopper], Seen]


@pytest.fixture
def bank(settings: Settings) -> Busy:
    """The only gateway beside `manual`, with others in between."""
    settings.SHOP = replace(settings.SHOP, cors_origins=frozenset({"http://localhost:3000"}))
    settings.PAYMENTS = replace(
        settings.PAYMENTS,
        test_mode=False,
        gateways=("shop.payments.gateways.manual.Manual", "tests.checkout.gateways.Busy"),
    )
    busy = cast(Busy, registry.find("test"))
    busy.reset()
    return busy


@pytest.fixture
def ada(mug: Variant) -> Shopper:
    return customer(mug, "ada", CARD)


def said(seen: object) -> str:
    """Status and code of an answer."""
    assert isinstance(seen, Seen)
    return str(seen.status) if seen.body["success"] else f"{seen.status} {seen.code}"


def other_tab(ada: Shopper, *, token: str = CARD.token, key: str = "tab-2") -> Seen:
    return ada.complete(token, key=key, total={"amount": 2489, "currency": "EUR"})


def reopen(ada: Shopper) -> Seen:
    return ada.visitor.post(f"{ada.path}/reopen")


def change_address(ada: Shopper) -> Seen:
    return ada.visitor.patch(ada.path, email="other@example.com")


def remove_line(ada: Shopper) -> Seen:
    line = ada.cart()["lines"][0]["id"]
    return ada.visitor.delete(f"{ada.path}/lines/{line}")


def enter_code(ada: Shopper) -> Seen:
    code("LATE", percent=50)
    return ada.visitor.post(f"{ada.path}/codes", code="late")


def claim(ada: Shopper) -> Seen:
    account()
    return login(Visitor()).post(f"{ada.path}/claim")


def cancel(ada: Shopper) -> Seen:
    order = order_of(ada)
    headers = {"X-Order-Token": orders.token_of(order) or ""}
    return Visitor(headers=headers).post(f"/orders/{public(Prefix.ORDER, order.pk)}/cancel")


@pytest.mark.parametrize(
    ("interfere", "answer"),
    [
        (CARD.complete, "409 idempotency_in_flight"),
        (change_address, "409 payment_in_progress"),
        (remove_line, "409 payment_in_progress"),
        (enter_code, "409 payment_in_progress"),
        (claim, "409 payment_in_progress"),
        (cancel, "409 invalid_transition"),
    ],
    ids=["same key", "change", "line", "code", "claim", "cancel"],
)
def test_what_others_do_meanwhile_is_refused_and_the_order_is_placed(
    ada: Shopper, mug: Variant, bank: Busy, interfere: Interference, answer: str
) -> None:
    bank.after.append(partial(interfere, ada))

    seen = CARD.complete(ada)

    assert [said(each) for each in bank.seen] == [answer]
    assert (seen.status, seen.data["email"]) == (201, "ada@example.com")
    assert (ending(ada), level(mug), TestCharge.objects.count()) == (PAID, (10, 0, 1), 1)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_bank_that_thinks_longer_than_the_key_is_leased_is_paid_once(
    ada: Shopper, mug: Variant, bank: Busy, moment: str
) -> None:
    def again() -> Seen:
        IdempotencyRecord.objects.update(lease_until=now())
        return CARD.complete(ada)

    getattr(bank, moment).append(again)

    seen = CARD.complete(ada)
    repeated = CARD.complete(ada)

    assert ([said(each) for each in bank.seen], said(seen)) == (["201"], "409 idempotency_in_flight")
    assert (repeated.status, repeated.headers["Idempotent-Replayed"]) == (201, "true")
    assert (ending(ada), level(mug), TestCharge.objects.count()) == (PAID, (10, 0, 1), 1)


@pytest.mark.parametrize("token", ["tok_authorized", "tok_decline"])
def test_another_card_waits_until_the_first_one_is_known(ada: Shopper, bank: Busy, token: str) -> None:
    bank.before.append(partial(other_tab, ada, token=token))
    bank.after.append(partial(other_tab, ada, token=token, key="tab-3"))

    seen = CARD.complete(ada)

    assert [said(each) for each in bank.seen] == ["409 payment_in_progress", "201"]
    assert (said(seen), ending(ada), TestCharge.objects.count()) == ("200", PAID, 1)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_same_card_in_another_tab_is_the_same_payment(ada: Shopper, bank: Busy, moment: str) -> None:
    getattr(bank, moment).append(partial(other_tab, ada))

    seen = CARD.complete(ada)

    [other] = bank.seen
    assert isinstance(other, Seen)
    assert (other.status, seen.status) == (201, 200)
    assert (seen.data["number"], seen.data["payment_status"]) == (other.data["number"], "paid")
    assert (ending(ada), TestCharge.objects.count()) == (PAID, 1)


def test_a_payment_that_is_abandoned_before_the_bank_hears_of_it_takes_no_money(
    ada: Shopper, mug: Variant, bank: Busy
) -> None:
    bank.before.append(partial(reopen, ada))

    seen = CARD.complete(ada)

    assert ([said(each) for each in bank.seen], said(seen)) == (["200"], "409 payment_given_up")
    assert (ending(ada), level(mug), TestCharge.objects.get().status) == (OPEN_AGAIN, (10, 0, 0), "voided")


def test_one_that_is_abandoned_too_late_is_an_order(ada: Shopper, bank: Busy) -> None:
    bank.after.append(partial(reopen, ada))

    seen = CARD.complete(ada)

    assert ([said(each) for each in bank.seen], said(seen)) == (["409 cart_completed"], "200")
    assert ending(ada) == PAID


def test_recovery_gives_up_what_has_no_money_and_the_bank_takes_none_later(
    ada: Shopper, mug: Variant, bank: Busy
) -> None:
    def much_later() -> int:
        with later(HOLD_OVER):
            return recover()

    bank.before.append(much_later)

    seen = CARD.complete(ada)

    assert (bank.seen, said(seen)) == ([1], "409 payment_given_up")
    assert (ending(ada), level(mug), TestCharge.objects.get().status) == (OPEN_AGAIN, (10, 0, 0), "voided")


def test_recovery_places_what_has_its_money(ada: Shopper, bank: Busy) -> None:
    def much_later() -> int:
        with later(HOLD_OVER):
            return recover()

    bank.after.append(much_later)

    seen = CARD.complete(ada)

    assert (bank.seen, said(seen)) == ([1], "200")
    assert ending(ada) == PAID


def lose_hold() -> None:
    """The hold ran out, and somebody needed the stock."""
    inventory.release(Hold.objects.get())


def test_a_hold_that_is_lost_is_taken_anew_while_there_is_enough(ada: Shopper, mug: Variant, bank: Busy) -> None:
    bank.after.append(lose_hold)

    seen = CARD.complete(ada)

    assert said(seen) == "201"
    assert (ending(ada), level(mug)) == (PAID, (10, 0, 1))
    assert sorted(Hold.objects.values_list("status", flat=True)) == ["committed", "released"]


def test_an_order_that_lost_its_hold_is_answered_with_the_version_that_it_has(ada: Shopper, bank: Busy) -> None:
    bank.after.append(lose_hold)

    seen = CARD.complete(ada)

    order = Order.objects.get()
    assert said(seen) == "201"
    assert seen.headers["ETag"] == f'"{public(Prefix.ORDER, order.pk)}.{order.version}"'


def test_without_stock_the_money_goes_back(ada: Shopper, mug: Variant, bank: Busy) -> None:
    def sell_out() -> None:
        lose_hold()
        inventory.take_stock({mug.pk: 0})

    bank.after.append(sell_out)

    seen = CARD.complete(ada)

    cart = ada.cart()
    assert said(seen) == "409 insufficient_stock"
    assert (ending(ada), level(mug)) == (OPEN_AGAIN, (0, 0, 0))
    assert TestCharge.objects.get().refunded == 2489
    assert (cart["status"], cart["payment"]["last_error"]) == ("open", "insufficient_stock")


def test_what_changes_in_the_shop_does_not_touch_what_was_agreed(mug: Variant, bank: Busy) -> None:
    way = Way(code="welcome10", total=2289)
    code()
    ada = customer(mug, "ada", way)

    def change_everything() -> None:
        pricing.set_price(mug.pk, Money(1, "EUR"))
        Promotion.objects.update(is_active=False)
        mug.product.status = "archived"
        mug.product.save()

    bank.after.append(change_everything)

    seen = way.complete(ada)

    assert (seen.status, seen.data["totals"]["total"]) == (201, {"amount": 2289, "currency": "EUR"})
    assert (TestCharge.objects.get().amount, Order.objects.get().discount_total) == (2289, 200)


def test_a_cart_that_is_being_paid_shows_what_was_agreed(mug: Variant, bank: Busy) -> None:
    once = code(usage_limit=1, once_per_customer=True)
    inventory.take_stock({mug.pk: 1})
    way = Way("tok_3ds", code="welcome10", total=2289)
    ada = customer(mug, "ada", way)

    waiting = way.complete(ada)

    cart = ada.cart()
    assert (waiting.status, cart["status"], cart["payment"]["status"]) == (202, "completing", "in_progress")
    assert cart["totals"]["total"] == {"amount": 2289, "currency": "EUR"}
    assert (cart["requirements"], cart["notices"], cart["lines"][0]["notices"]) == ([], [], [])
    assert DiscountCode.objects.get(pk=once.pk).used == 1


def test_the_order_of_a_customers_completed_cart_stays_when_it_is_cancelled(mug: Variant, bank: Busy) -> None:
    ada = shopper(mug).ready()
    placed = ada.complete()
    token: Any = {"X-Order-Token": placed.data["order_token"]}
    Visitor(headers=token).post(f"/orders/{placed.data['id']}/cancel")

    again = ada.complete(key="key-2", total={"amount": 2489, "currency": "EUR"})

    assert (again.status, again.data["id"], again.data["status"]) == (200, placed.data["id"], "cancelled")
    assert (level(mug), TestCharge.objects.count()) == ((10, 0, 0), 1)


def test_a_gateway_that_was_switched_off_keeps_no_cart_and_is_asked_when_it_is_back(
    ada: Shopper, mug: Variant, settings: Settings
) -> None:
    asked = ASKED.complete(ada)
    configured = settings.PAYMENTS
    settings.PAYMENTS = replace(configured, gateways=("shop.payments.gateways.manual.Manual",))

    early = recover()
    with later(HOLD_OVER):
        late = recover()
        without = (ending(ada), level(mug), TestCharge.objects.get().status)
        settings.PAYMENTS = configured
        reconcile()

    assert (said(asked), early, late) == ("202", 0, 1)
    assert without == (OPEN_AGAIN, (10, 0, 0), "requires_action")
    assert TestCharge.objects.get().status == "voided"
