"""What can be bound without being paid: orders that wait for a transfer, and payments that wait for their shopper."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import OperationalError, transaction
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout.recover import expire_unpaid
from shop.inventory import operations as inventory
from shop.inventory.models import Hold, StockLevel
from shop.notifications import mails
from shop.orders import late
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments.models import Refund
from shop.payments.test_gateway.models import TestCharge
from shop.platform import worker
from shop.platform.actors import ANONYMOUS
from tests.accounts.visitor import Seen, Visitor, account, codes_in, login, wrong
from tests.checkout.kills import HOLD_OVER, later
from tests.checkout.storefront_client import EMAIL, Shopper, level, open_shop, sell, shopper
from tests.checkout.storefront_client import code as announced

RETURN_URL = "http://localhost:3000/done"


def buyer(variant: Variant, number: int = 1, *, quantity: int = 1, email: str = "") -> Shopper:
    """A guest with a client, and unless it is given an address, of their own."""
    found = shopper(variant, visitor=Visitor(ip=f"192.0.2.{number}"), quantity=quantity).ready()
    found.visitor.patch(found.path, email=email or f"guest-{number}@example.com")
    return found


def transfer(found: Shopper, *, key: str = "key-1") -> Seen:
    return found.complete("", method="manual", key=key)


def three_d_secure(found: Shopper, *, key: str = "key-1") -> Seen:
    return found.complete("tok_3ds", return_url=RETURN_URL, key=key)


def holder(placed: Seen) -> Visitor:
    """Whoever has the token of the order."""
    return Visitor(headers={"X-Order-Token": placed.data["order_token"]})


def cancel(placed: Seen) -> Seen:
    return holder(placed).post(f"/orders/{placed.data['id']}/cancel")


def provisional(variant: Variant) -> int:
    return StockLevel.objects.get(variant=variant).provisional


def hours_left(order: Order) -> timedelta:
    assert order.expires_at is not None
    assert order.placed_at is not None
    return order.expires_at - order.placed_at


def test_an_unconfirmed_order_waits_two_hours_and_three_days_once_its_code_is_entered(mug: Variant) -> None:
    placed = transfer(buyer(mug))
    before = Order.objects.get()
    bound = provisional(mug)
    worker.drain()
    text = str(mail.outbox[-1].body)
    [otp] = codes_in(mail.outbox[-1])

    confirmed = holder(placed).post(f"/orders/{placed.data['id']}/confirm-email", otp=otp)

    order = Order.objects.get()
    assert (placed.data["email_confirmed"], hours_left(before), bound) == (False, timedelta(hours=2), 1)
    assert "Please confirm your email address with this code." in text
    assert (confirmed.status, confirmed.data["email_confirmed"]) == (200, True)
    assert (hours_left(order), provisional(mug), level(mug)) == (timedelta(hours=72), 0, (10, 0, 1))
    assert inventory.verify() == []


def test_the_mail_names_the_day_until_which_to_pay(mug: Variant, settings: Settings) -> None:
    settings.ORDERS = replace(settings.ORDERS, unpaid_for=timedelta(hours=168))

    with time_machine.travel("2099-03-01T12:00:00Z", tick=False):
        transfer(buyer(mug))
        worker.drain()

    assert "Please pay by Sunday, March 8, 2099." in str(mail.outbox[-1].body)


def test_a_wrong_code_confirms_nothing(mug: Variant) -> None:
    placed = transfer(buyer(mug))
    worker.drain()
    [otp] = codes_in(mail.outbox[-1])

    seen = holder(placed).post(f"/orders/{placed.data['id']}/confirm-email", otp=wrong(otp))

    assert (seen.status, seen.code) == (422, "invalid_or_expired_otp")
    assert (Order.objects.get().email_confirmed_at, provisional(mug)) == (None, 1)


def test_another_code_is_mailed_and_the_one_before_is_dead(mug: Variant) -> None:
    placed = transfer(buyer(mug))
    worker.drain()
    [first] = codes_in(mail.outbox[-1])

    asked = holder(placed).post(f"/orders/{placed.data['id']}/resend-confirmation")
    too_soon = holder(placed).post(f"/orders/{placed.data['id']}/resend-confirmation")
    worker.drain()
    [second] = codes_in(mail.outbox[-1])

    old = holder(placed).post(f"/orders/{placed.data['id']}/confirm-email", otp=first)
    new = holder(placed).post(f"/orders/{placed.data['id']}/confirm-email", otp=second)
    assert (asked.status, asked.data) == (202, {"expires_in": 300, "resend_after": 30})
    assert (too_soon.status, old.status, new.status) == (429, 422, 200)
    assert mail.outbox[-1].to == ["guest-1@example.com"]


def test_an_address_that_is_confirmed_needs_no_other_code(mug: Variant) -> None:
    placed = transfer(buyer(mug))
    worker.drain()
    [code] = codes_in(mail.outbox[-1])
    holder(placed).post(f"/orders/{placed.data['id']}/confirm-email", otp=code)
    sent = len(mail.outbox)

    seen = holder(placed).post(f"/orders/{placed.data['id']}/resend-confirmation")
    worker.drain()

    [problem] = seen.body["errors"]
    assert (seen.status, problem["code"], problem["params"]) == (
        409,
        "invalid_transition",
        {"now": "confirmed", "wanted": "unconfirmed"},
    )
    assert problem["message"] == "The email address of this order is already confirmed."
    assert len(mail.outbox) == sent


def test_an_order_that_needs_no_code_refuses_one(mug: Variant) -> None:
    placed = buyer(mug).complete()

    seen = holder(placed).post(f"/orders/{placed.data['id']}/resend-confirmation")
    entered = holder(placed).post(f"/orders/{placed.data['id']}/confirm-email", otp="123456")

    assert (seen.status, seen.code) == (409, "invalid_transition")
    assert (entered.status, entered.code) == (409, "invalid_transition")


def test_the_code_of_a_strangers_order_can_not_be_tried_without_its_token(mug: Variant) -> None:
    placed = transfer(buyer(mug))

    seen = Visitor().post(f"/orders/{placed.data['id']}/confirm-email", otp="123456")

    assert seen.status == 404
    assert Order.objects.get().email_confirmed_at is None


def test_an_account_with_its_own_address_has_nothing_to_confirm(mug: Variant) -> None:
    account()
    me = shopper(mug, visitor=login(Visitor())).ready()
    me.visitor.patch(me.path, email="ada@example.com")

    placed = transfer(me)

    order = Order.objects.get()
    assert (placed.data["email_confirmed"], hours_left(order), provisional(mug)) == (True, timedelta(hours=72), 0)


def test_an_account_that_types_another_address_has_to_confirm_it(mug: Variant) -> None:
    account()

    placed = transfer(shopper(mug, visitor=login(Visitor())).ready())

    assert (placed.data["email"], placed.data["email_confirmed"], provisional(mug)) == (EMAIL, False, 1)


def test_unconfirmed_orders_give_their_stock_back_after_two_hours(mug: Variant) -> None:
    transfer(buyer(mug))

    with later(timedelta(hours=1, minutes=59)):
        early = expire_unpaid()
    with later(timedelta(hours=2, seconds=1)):
        late_ones = expire_unpaid()

    assert (early, late_ones, Order.objects.get().status) == (0, 1, "expired")
    assert (level(mug), provisional(mug)) == ((10, 0, 0), 0)
    assert inventory.verify() == []


def test_an_order_whose_lock_does_not_come_in_time_keeps_no_other_from_its_end(
    mug: Variant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2, 3):
        transfer(buyer(mug, number))
    stuck = Order.objects.order_by("id")[0]
    expire = orders.expire

    def expire_or_wait(order: Order) -> bool:
        if order.pk == stuck.pk:
            raise OperationalError("canceling statement due to lock timeout")
        return expire(order)

    monkeypatch.setattr(orders, "expire", expire_or_wait)
    with later(timedelta(hours=3)):
        ended = expire_unpaid()

    assert (ended, list(Order.objects.order_by("id").values_list("status", flat=True))) == (
        2,
        ["placed", "expired", "expired"],
    )
    assert f"order {stuck.pk} is left as it is" in caplog.text
    assert (level(mug), inventory.verify()) == ((10, 0, 1), [])


@pytest.mark.parametrize(
    ("clients", "emails"),
    [
        pytest.param([1, 2, 3, 4], ["same@example.com"] * 4, id="address"),
        pytest.param([1, 1, 1, 1], ["a@example.com", "b@example.com", "c@example.com", "d@example.com"], id="client"),
    ],
)
def test_a_fourth_unpaid_order_is_refused(mug: Variant, clients: list[int], emails: list[str]) -> None:
    buyers = [buyer(mug, number, email=email) for number, email in zip(clients, emails, strict=True)]

    seen = [transfer(each) for each in buyers]

    assert [each.status for each in seen] == [201, 201, 201, 409]
    assert (seen[3].code, seen[3].body["errors"][0]["params"]) == ("too_many_unpaid_orders", {"max": 3})
    assert (Order.objects.count(), level(mug), buyers[3].cart()["status"]) == (3, (10, 0, 3), "open")


def test_a_fourth_unpaid_order_is_refused_for_an_account_from_anywhere(mug: Variant) -> None:
    account()
    me = login(Visitor())
    places = [replace(me, ip=f"192.0.2.{number}") for number in (1, 2, 3, 4)]

    seen = [transfer(shopper(mug, visitor=each).ready(), key=f"key-{each.ip}") for each in places]

    assert [each.status for each in seen] == [201, 201, 201, 409]
    assert level(mug) == (10, 0, 3)


def test_strangers_who_type_an_address_do_not_use_up_the_orders_of_its_account(mug: Variant) -> None:
    account(EMAIL)
    placed = [transfer(buyer(mug, number, email=EMAIL)).status for number in (1, 2, 3)]

    mine = transfer(shopper(mug, visitor=login(Visitor(ip="192.0.2.9"), EMAIL)).ready())

    assert (placed, mine.status) == ([201] * 3, 201)


def test_unconfirmed_orders_bind_at_most_their_share_of_the_stock_and_others_have_the_rest(mug: Variant) -> None:
    first = transfer(buyer(mug, 1, quantity=5))
    second = buyer(mug, 2)

    refused = transfer(second)
    paid = buyer(mug, 3, quantity=5).complete()

    assert (first.status, paid.status) == (201, 201)
    assert (refused.status, refused.code, second.cart()["status"]) == (409, "insufficient_stock", "open")
    assert (level(mug), provisional(mug)) == ((10, 0, 10), 5)


def test_one_piece_can_always_be_bound(market: object) -> None:
    last = sell(stock=1)

    seen = transfer(buyer(last))

    assert (seen.status, level(last), provisional(last)) == (201, (1, 0, 1), 1)


def test_paying_makes_the_stock_firm(mug: Variant) -> None:
    transfer(buyer(mug, quantity=5))

    orders.mark_paid(Order.objects.get(), actor=ANONYMOUS)

    assert (provisional(mug), Hold.objects.get().is_provisional) == (0, False)
    assert transfer(buyer(mug, 2)).status == 201
    assert inventory.verify() == []


def test_payments_that_wait_for_their_shopper_have_the_same_share(mug: Variant) -> None:
    waits = three_d_secure(buyer(mug, 1, quantity=5))
    beyond = buyer(mug, 2)

    refused = three_d_secure(beyond)

    assert (waits.status, refused.status, refused.code) == (202, 409, "insufficient_stock")
    assert (beyond.cart()["status"], level(mug), provisional(mug)) == ("open", (10, 5, 0), 5)
    assert sorted(TestCharge.objects.values_list("status", flat=True)) == ["requires_action", "voided"]


def test_a_client_has_so_many_waiting_payments_as_the_setting_says(mug: Variant, settings: Settings) -> None:
    settings.CHECKOUT = replace(settings.CHECKOUT, most_waiting_payments=1)
    one, other = buyer(mug), buyer(mug)

    seen = [three_d_secure(one), three_d_secure(one), three_d_secure(other)]

    assert [each.status for each in seen] == [202, 202, 409]
    assert (seen[2].code, level(mug)) == ("too_many_unpaid_orders", (10, 1, 0))


def test_a_payment_whose_time_is_over_and_whose_stock_is_sold_is_abandoned(market: object) -> None:
    last = sell(stock=1)
    ada = buyer(last)
    total = ada.total()
    three_d_secure(ada)

    with later(HOLD_OVER):
        sold = buyer(last, 2).complete()
        seen = ada.complete("tok_3ds", total=total, return_url=RETURN_URL, key="key-2")

    assert (sold.status, seen.status, seen.code) == (201, 409, "insufficient_stock")
    assert (ada.cart()["status"], TestCharge.objects.filter(status="voided").count()) == ("open", 1)
    assert (level(last), inventory.verify()) == ((1, 0, 1), [])


def test_a_payment_whose_time_is_over_is_abandoned_also_while_its_stock_is_there(mug: Variant) -> None:
    ada = buyer(mug)
    total = ada.total()
    three_d_secure(ada)

    with later(HOLD_OVER):
        seen = ada.complete("tok_3ds", total=total, return_url=RETURN_URL)

    assert (seen.status, seen.code, ada.cart()["status"]) == (409, "payment_given_up", "open")
    assert (level(mug), TestCharge.objects.get().status) == ((10, 0, 0), "voided")


def test_no_quantity_above_what_is_shown_can_be_had(market: object) -> None:
    twelve = sell("twelve", stock=12)
    ada = shopper(twelve, quantity=10)

    refused = [ada.add(twelve, each) for each in (1, 2, 3)]

    told = [each.body["errors"][0]["params"]["shortages"][0]["max_quantity"] for each in refused]
    assert ([each.status for each in refused], told) == ([409] * 3, [10] * 3)
    assert [each["quantity"] for each in ada.cart()["lines"]] == [10]


def test_a_completed_cart_gives_its_order_again_for_the_right_total_and_later_for_the_first_key(mug: Variant) -> None:
    ada = buyer(mug)
    total = ada.total()
    placed = ada.complete(key="the first key")
    wrong_total = {"amount": 1, "currency": "EUR"}

    soon = ada.complete(key="another key", total=total)
    guessed = ada.complete(key="a third key", total=wrong_total)
    with later(timedelta(minutes=16)):
        late_call = ada.complete(key="a fourth key", total=total)
    with later(timedelta(hours=49)):
        first_key = ada.complete(key="the first key", total=total)

    assert (soon.status, soon.data["id"]) == (200, placed.data["id"])
    assert [(each.status, each.code) for each in (guessed, late_call)] == [(409, "cart_completed")] * 2
    assert (first_key.status, first_key.data["id"]) == (200, placed.data["id"])


def test_where_nothing_is_owed_no_payment_is_asked_for(mug: Variant) -> None:
    announced("FREE", percent=100)
    ada = buyer(mug)
    ada.visitor.post(f"{ada.path}/codes", code="FREE")
    method = ada.visitor.get(f"{ada.path}/shipping-methods").data[0]
    free = {"amount": method["price"]["amount"], "currency": "EUR"}
    keyed = replace(ada.visitor, headers={"Idempotency-Key": "key-1"})

    owed = keyed.post(f"{ada.path}/complete", expected_total=free)

    assert (owed.status, owed.code, owed.body["errors"][0]["field"]) == (422, "required", "payment")
    assert Order.objects.count() == 0


def test_a_free_order_is_placed_and_paid_without_a_payment(market: object) -> None:
    open_shop(shipping=0)
    announced("FREE", percent=100)
    ada = buyer(sell())
    ada.visitor.post(f"{ada.path}/codes", code="FREE")
    keyed = replace(ada.visitor, headers={"Idempotency-Key": "key-1"})

    methods = ada.visitor.get(f"{ada.path}/payment-methods")
    placed = keyed.post(f"{ada.path}/complete", expected_total={"amount": 0, "currency": "EUR"})

    assert (methods.data, methods.body["message"]) == ([], "No payment is required.")
    assert (placed.status, placed.data["payment_status"], placed.data["payments"]) == (201, "paid", [])


def test_mails_to_an_unconfirmed_address_are_counted_also_when_the_orders_are_cancelled(
    mug: Variant, settings: Settings
) -> None:
    settings.SHOP = replace(settings.SHOP, limits_on=True, redis_url="")
    cancelled = [cancel(transfer(buyer(mug, number, email="victim@example.com"))) for number in range(1, 6)]

    refused = transfer(buyer(mug, 6, email="victim@example.com"))
    paid = buyer(mug, 7, email="victim@example.com").complete()

    assert [each.status for each in cancelled] == [200] * 5
    assert (refused.status, refused.code, int(refused.headers["Retry-After"]) > 3000) == (429, "rate_limited", True)
    assert (Order.objects.count(), paid.status) == (6, 201)


def test_a_code_is_used_once_by_an_account_whichever_address_it_types(mug: Variant) -> None:
    announced(once_per_customer=True)
    account()
    me = login(Visitor())
    first = shopper(mug, visitor=me).ready()
    first.visitor.post(f"{first.path}/codes", code="welcome10")
    placed = first.complete(key="key-1")
    again = shopper(mug, visitor=me).ready()
    again.visitor.patch(again.path, email="other@example.com")

    refused = again.visitor.post(f"{again.path}/codes", code="welcome10")

    assert (placed.status, refused.status) == (201, 422)
    assert refused.body["errors"][0]["params"] == {"reason": "already_used"}


def test_late_money_places_an_expired_order_again_while_its_stock_is_there(mug: Variant) -> None:
    placed = transfer(buyer(mug))
    with later(timedelta(hours=3)):
        expire_unpaid()
        order = Order.objects.get()
        revived = late.note_late_payment(order, actor=ANONYMOUS)
    worker.drain()

    order.refresh_from_db()
    assert (revived, order.status, order.payment_status, order.number) == (
        True,
        "placed",
        "paid",
        placed.data["number"],
    )
    assert (level(mug), inventory.verify()) == ((10, 0, 1), [])
    assert "is active again" in str(mail.outbox[-1].body)


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_late_money_can_be_noted_at_the_moment_in_which_the_order_ends(mug: Variant, ending: str) -> None:
    transfer(buyer(mug))
    order = Order.objects.get()

    with later(timedelta(hours=3)), transaction.atomic():  # as for a process that ends right after its commit
        orders.expire(order) if ending == "expired" else orders.cancel(order, actor_id=None)
        revived = late.note_late_payment(order, actor=ANONYMOUS)

    order.refresh_from_db()
    assert (revived, order.status, order.bill.captured) == (
        (True, "placed", order.total) if ending == "expired" else (False, "cancelled", order.total)
    )
    assert sorted(order.bill.payments.values_list("status", flat=True))[-1] == "voided"


def test_late_money_goes_back_when_the_stock_is_sold(market: object) -> None:
    last = sell(stock=1)
    transfer(buyer(last))
    with later(timedelta(hours=3)):
        expire_unpaid()
        buyer(last, 2).complete()
        order = Order.objects.get(status="expired")
        revived = late.note_late_payment(order, actor=ANONYMOUS)

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (revived, order.status, level(last)) == (False, "expired", (1, 0, 1))
    assert (refund.status, refund.amount, late.can_be_paid_late(order)) == ("requested", order.total, False)


@pytest.mark.parametrize(("status", "ending"), [("expired", "expired"), ("cancelled", "been cancelled")])
def test_the_mail_about_money_that_goes_back_says_what_had_become_of_the_order(
    mug: Variant, status: str, ending: str
) -> None:
    transfer(buyer(mug))
    Order.objects.update(status=status)
    order = Order.objects.get()

    message = mails.returned_late(order, returned=2489)

    assert message.subject == f"Your payment for order {order.number} will be refunded"
    assert message.parts[:2] == (
        f"Your payment has arrived, but your order {order.number} had already {ending}.",
        "We are refunding €24.89.",
    )
