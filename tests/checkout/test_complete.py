"""From cart to order over HTTP: what is bought, what is refused, and what stays as it was."""

import pytest

from shop.catalog.models import Variant
from shop.checkout.models import Cart
from shop.orders.models import Order
from shop.payments.models import Bill, Payment
from shop.payments.operations.settle import settle_bill
from shop.payments.test_gateway.models import TestCharge
from shop.platform.models import OutboxEvent
from shop.promotions.models import DiscountCode, Redemption
from shop.stores.models import Market
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.storefront_client import (
    EMAIL,
    Shopper,
    code,
    counted,
    level,
    open_shop,
    sell,
    shopper,
    statements,
)
from tests.payments.gateways import Watched


def test_a_guest_buys(mug: Variant) -> None:
    seen = shopper(mug, quantity=2).ready().complete()

    order = seen.data
    assert seen.status == 201
    assert (order["status"], order["payment_status"], order["fulfillment_status"]) == ("placed", "paid", "unfulfilled")
    assert order["totals"]["subtotal"] == {"amount": 3998, "currency": "EUR"}
    assert order["totals"]["shipping_total"] == {"amount": 490, "currency": "EUR"}
    assert order["totals"]["total"] == {"amount": 4488, "currency": "EUR"}
    assert order["totals"]["tax_total"] == {"amount": 716, "currency": "EUR"}
    assert order["totals"]["amount_due"] == {"amount": 0, "currency": "EUR"}
    assert (order["email"], order["test"], len(order["number"])) == (EMAIL, True, 11)
    assert level(mug) == (10, 0, 2)


def test_the_same_key_gives_the_same_order_and_another_key_gives_it_again(mug: Variant) -> None:
    ada = shopper(mug).ready()
    total = ada.total()

    first, same, other = (
        ada.complete(total=total),
        ada.complete(total=total),
        ada.complete(key="key-2", total=total),
    )

    assert (first.status, same.status, other.status) == (201, 201, 200)
    assert same.headers["Idempotent-Replayed"] == "true"
    assert first.data == same.data
    assert other.data["id"] == first.data["id"]
    assert other.data["order_token"] == first.data["order_token"]
    assert (Order.objects.count(), TestCharge.objects.count(), level(mug)) == (1, 1, (10, 0, 1))


def test_a_declined_card_gives_everything_back(mug: Variant) -> None:
    once = code(usage_limit=1)
    ada = shopper(mug).ready()
    ada.visitor.post(f"{ada.path}/codes", code="welcome10")

    seen = ada.complete("tok_decline")

    cart = ada.cart()
    assert (seen.status, seen.code) == (402, "payment_declined")
    assert seen.body["errors"][0]["params"] == {"decline_code": "card_declined", "retryable": True}
    assert (cart["status"], cart["payment"]["last_error"], cart["order_id"]) == ("open", "payment_declined", None)
    assert level(mug) == (10, 0, 0)
    once.refresh_from_db()
    assert (once.used, Redemption.objects.get().status) == (0, "released")
    assert list(Order.objects.values_list("status", flat=True)) == ["cancelled"]
    assert list(Bill.objects.values_list("status", flat=True)) == ["closed"]


def test_after_a_declined_card_another_one_pays(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ada.complete("tok_decline")

    seen = ada.complete(key="key-2")

    assert (seen.status, seen.data["status"]) == (201, "placed")
    assert list(Order.objects.order_by("id").values_list("status", flat=True)) == ["cancelled", "placed"]
    assert level(mug) == (10, 0, 1)


def test_a_card_that_asks_is_answered_on_its_page_and_the_same_call_goes_on(mug: Variant, bank: Watched) -> None:
    ada = shopper(mug).ready()
    total = ada.total()
    back = "http://localhost:3000/done"

    waiting = ada.complete("tok_3ds", total=total, return_url=back)
    again = ada.complete("tok_3ds", total=total, return_url=back)
    TestCharge.objects.update(status="captured")
    done = ada.complete("tok_3ds", total=total, return_url=back)

    assert (waiting.status, again.status, done.status) == (202, 202, 201)
    assert waiting.data["next_action"]["type"] == "redirect_to_url"
    assert waiting.data["next_action"]["redirect_to_url"]["return_url"] == back
    assert waiting.data["order_id"] == again.data["order_id"] == done.data["id"]
    assert waiting.data["order_token"] == done.data["order_token"]
    assert (TestCharge.objects.count(), level(mug)) == (1, (10, 0, 1))


def test_while_a_payment_runs_the_cart_refuses_changes_and_another_card(mug: Variant) -> None:
    ada = shopper(mug).ready()
    total = ada.total()
    ada.complete("tok_3ds", total=total, return_url="http://localhost:3000/done")

    added, other = ada.add(mug), ada.complete("tok_success", key="key-2", total=total)

    assert (added.status, added.code) == (409, "payment_in_progress")
    assert (other.status, other.code) == (409, "payment_in_progress")
    cart = ada.cart()
    assert (cart["status"], [line["quantity"] for line in cart["lines"]]) == ("completing", [1])
    assert cart["payment"] == {"status": "in_progress", "last_error": None}
    assert TestCharge.objects.count() == 1


def test_a_reopened_cart_gives_its_stock_back_and_can_be_changed(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ada.complete("tok_3ds", return_url="http://localhost:3000/done")

    seen, again = ada.visitor.post(f"{ada.path}/reopen"), ada.visitor.post(f"{ada.path}/reopen")

    assert (seen.status, seen.data["status"], again.status) == (200, "open", 200)
    assert level(mug) == (10, 0, 0)
    assert ada.add(mug).status == 200
    assert Payment.objects.get().status == "voided"


def test_an_answer_that_was_lost_is_found_by_repeating(mug: Variant) -> None:
    ada = shopper(mug).ready()
    total = ada.total()

    lost, found = ada.complete("tok_lost", total=total), ada.complete("tok_lost", total=total)

    assert (lost.status, lost.code) == (503, "gateway_unavailable")
    assert "Retry-After" in lost.headers
    assert (found.status, found.data["payment_status"]) == (201, "paid")
    assert (TestCharge.objects.count(), Order.objects.count()) == (1, 1)


def test_money_that_was_found_meanwhile_stands_in_the_answer_to_the_repetition(mug: Variant) -> None:
    ada = shopper(mug).ready()
    total = ada.total()
    ada.complete("tok_lost", total=total)
    settle_bill(Bill.objects.get())

    repeated = ada.complete("tok_lost", total=total)

    assert (repeated.status, repeated.data["payment_status"]) == (201, "paid")
    assert [(payment["status"], payment["captured"]) for payment in repeated.data["payments"]] == [("captured", total)]


def test_by_bank_transfer_the_order_is_placed_unpaid(mug: Variant) -> None:
    seen = shopper(mug).ready().complete("", method="manual")

    order = Order.objects.get()
    assert (seen.status, seen.data["status"], seen.data["payment_status"]) == (201, "placed", "unpaid")
    assert seen.data["totals"]["amount_due"] == {"amount": 2489, "currency": "EUR"}
    assert order.expires_at is not None
    assert level(mug) == (10, 0, 1)


def test_a_guest_has_at_most_three_unpaid_orders(mug: Variant) -> None:
    for _ in range(3):
        assert shopper(mug).ready().complete("", method="manual").status == 201

    seen = shopper(mug).ready().complete("", method="manual")

    assert (seen.status, seen.code) == (409, "too_many_unpaid_orders")
    assert (Order.objects.count(), level(mug)) == (3, (10, 0, 3))


def test_an_order_of_nothing_to_pay_is_placed_without_a_charge(market: Market) -> None:
    open_shop(shipping=0)
    gift = sell("gift", price=1000)
    code("FREE", percent=100)
    ada = shopper(gift).ready()
    ada.visitor.post(f"{ada.path}/codes", code="free")

    seen = ada.complete()

    assert (seen.status, seen.data["payment_status"]) == (201, "paid")
    assert seen.data["totals"]["total"] == {"amount": 0, "currency": "EUR"}
    assert TestCharge.objects.count() == 0


def test_another_total_than_the_agreed_one_is_refused(mug: Variant) -> None:
    ada = shopper(mug).ready()

    seen = ada.complete(total={"amount": 1, "currency": "EUR"})

    assert (seen.status, seen.code) == (409, "price_changed")
    assert seen.body["errors"][0]["params"] == {"total": {"amount": 2489, "currency": "EUR"}}
    assert (Order.objects.count(), TestCharge.objects.count(), level(mug)) == (0, 0, (10, 0, 0))
    assert ada.cart()["status"] == "open"


@pytest.mark.parametrize(
    ("currency", "code"), [("XXX", "unknown_currency"), ("€UR", "invalid_format"), (None, "invalid_type")]
)
def test_a_total_in_no_currency_is_refused_at_its_place(mug: Variant, currency: object, code: str) -> None:
    ada = shopper(mug).ready()

    seen = ada.complete(total={"amount": 2489, "currency": currency})

    assert seen.refusal == (422, code, "expected_total.currency")
    assert (Order.objects.count(), TestCharge.objects.count(), level(mug)) == (0, 0, (10, 0, 0))
    assert ada.cart()["status"] == "open"


def pay(ada: Shopper, **payment: object) -> Seen:
    keyed = Visitor(headers={"Idempotency-Key": "key-1"})
    payment = {"method": "test", "token": "tok_success", **payment}
    return keyed.post(f"{ada.path}/complete", expected_total={"amount": 2489, "currency": "EUR"}, payment=payment)


def test_a_card_need_not_be_kept(mug: Variant) -> None:
    ada = shopper(mug).ready()

    seen = pay(ada, save=False)

    assert (seen.status, seen.data["payment_status"]) == (201, "paid")


def test_a_card_that_can_not_be_kept_is_not_charged(mug: Variant) -> None:
    ada = shopper(mug).ready()

    seen = pay(ada, save=True)

    assert seen.refusal == (422, "saving_not_offered", "payment.save")
    assert (Order.objects.count(), TestCharge.objects.count(), level(mug)) == (0, 0, (10, 0, 0))
    assert ada.cart()["status"] == "open"


def test_what_is_missing_is_told_all_at_once(mug: Variant) -> None:
    ada = shopper(mug)

    seen = ada.complete(total={"amount": 1999, "currency": "EUR"})

    told = [(each["params"]["requirement"], each["field"]) for each in seen.body["errors"]]
    assert (seen.status, seen.code) == (422, "not_ready")
    assert told == [
        ("email_required", "email"),
        ("address_required", "shipping_address"),
        ("shipping_method_required", "shipping_method_id"),
    ]
    assert told == [(each["code"], each["field"]) for each in ada.cart()["requirements"]]
    assert Order.objects.count() == 0


def test_stock_that_went_meanwhile_is_named(mug: Variant) -> None:
    ada, other = shopper(mug, quantity=8).ready(), shopper(mug, quantity=8).ready()
    other.complete()

    seen = ada.complete(total={"amount": 16482, "currency": "EUR"})

    [shortage] = seen.body["errors"][0]["params"]["shortages"]
    assert (seen.status, seen.code) == (409, "insufficient_stock")
    assert (shortage["requested"], shortage["available"]) == (8, 2)
    assert (Order.objects.count(), level(mug), ada.cart()["status"]) == (1, (10, 0, 8), "open")


def test_a_code_is_used_once_and_comes_back_with_the_cancellation(mug: Variant) -> None:
    once = code(usage_limit=1)
    ada = shopper(mug).ready()
    ada.visitor.post(f"{ada.path}/codes", code="welcome10")

    placed = ada.complete()
    used = DiscountCode.objects.get(pk=once.pk).used
    guest = Visitor(headers={"X-Order-Token": placed.data["order_token"]})
    cancelled = guest.post(f"/orders/{placed.data['id']}/cancel")

    assert placed.data["codes"] == [
        {"code": "WELCOME10", "name": "Welcome10", "amount": {"amount": 200, "currency": "EUR"}}
    ]
    assert (used, DiscountCode.objects.get(pk=once.pk).used) == (1, 0)
    assert (cancelled.data["status"], cancelled.data["payment_status"]) == ("cancelled", "refunded")
    assert [each["amount"] for each in cancelled.data["refunds"]] == [{"amount": 2289, "currency": "EUR"}]
    assert level(mug) == (10, 0, 0)


def test_cancelling_twice_gives_back_once(mug: Variant) -> None:
    placed = shopper(mug).ready().complete()
    guest = Visitor(headers={"X-Order-Token": placed.data["order_token"]})

    seen = [guest.post(f"/orders/{placed.data['id']}/cancel") for _ in range(2)]

    assert [each.status for each in seen] == [200, 200]
    assert level(mug) == (10, 0, 0)
    assert TestCharge.objects.get().refunded == 2489
    assert list(OutboxEvent.objects.filter(name="order.cancelled").values_list("name", flat=True)) == [
        "order.cancelled"
    ]


@pytest.mark.parametrize("header", [{}, {"X-Order-Token": "sot_wrong"}])
def test_an_order_of_somebody_else_is_not_there(mug: Variant, header: dict[str, str]) -> None:
    placed = shopper(mug).ready().complete()

    seen = Visitor(headers=header).get(f"/orders/{placed.data['id']}")

    assert (seen.status, seen.code) == (404, "not_found")


def test_a_completed_cart_shows_only_its_order(mug: Variant) -> None:
    ada = shopper(mug).ready()
    before = ada.cart()
    placed = ada.complete()

    cart, changed = ada.cart(), ada.add(mug)

    shown = {name for name, value in cart.items() if value is not None}
    assert (shown, list(cart)) == ({"id", "status", "order_id"}, list(before))
    assert (cart["status"], cart["order_id"]) == ("completed", placed.data["id"])
    assert (changed.status, changed.code) == (409, "cart_completed")


@pytest.mark.parametrize("lines", [1, 50])
def test_completing_costs_so_many_statements_however_long_the_cart_is(market: Market, lines: int) -> None:
    variants = [sell(f"thing-{n}", stock=5) for n in range(lines)]
    ada = shopper(*variants).ready()

    assert cost_of_completing(ada) == 26


@pytest.mark.parametrize("lines", [1, 50])
def test_a_login_costs_one_more_and_a_code_six(market: Market, lines: int) -> None:
    account()
    code(once_per_customer=True, usage_limit=1)
    variants = [sell(f"thing-{n}", stock=5) for n in range(lines)]
    ada = shopper(*variants, visitor=login(Visitor())).ready()
    ada.visitor.post(f"{ada.path}/codes", code="welcome10")

    assert cost_of_completing(ada) == 33  # the code: used before? still not? claimed, counted, kept, confirmed
    assert Redemption.objects.get().status == "confirmed"


def cost_of_completing(ada: Shopper) -> int:
    """How many statements the shop itself sends, without those of the test bank."""
    total = ada.total()
    with counted() as queries:
        seen = ada.complete(total=total)
    assert seen.status == 201, seen.body
    return statements(queries) - sum("payments_testcharge" in query["sql"] for query in queries.captured_queries)


def test_prices_without_tax_get_it_on_top(market: Market) -> None:
    open_shop(prices_include_tax=False)
    mug = sell("net-mug", price=1000)

    seen = shopper(mug).ready().complete()

    totals = {name: amount["amount"] for name, amount in seen.data["totals"].items()}
    assert totals["subtotal"] == 1000
    assert totals["shipping_total"] == 490
    assert totals["tax_total"] == 283
    assert totals["total"] == 1773


def test_the_order_stays_as_it_was_agreed(mug: Variant) -> None:
    placed = shopper(mug).ready().complete()
    guest = Visitor(headers={"X-Order-Token": placed.data["order_token"]})

    mug.product.name = "Renamed"
    mug.product.save()
    Cart.objects.update(email="other@example.com")

    seen = guest.get(f"/orders/{placed.data['id']}")
    assert seen.data["lines"][0]["product"]["name"] == "Mug"
    assert seen.data["email"] == EMAIL
