"""Many shoppers, tabs, workers and banks at the same carts, stock, codes and orders, on either database."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest
from django.db.models import F, Sum

from shop.catalog.models import Variant
from shop.checkout.models import Cart, CartLine
from shop.checkout.recover import expire_unpaid, recover
from shop.inventory import operations as inventory
from shop.inventory.models import Hold
from shop.kernel.ids import Prefix, public
from shop.orders import operations as orders
from shop.orders.models import Cancellation, Order
from shop.payments import operations as payments
from shop.payments.models import Bill, Payment
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform.clock import now
from shop.platform.models import OutboxEvent
from shop.promotions.models import DiscountCode, Redemption
from shop.stores.models import Market
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.conftest import bank, market
from tests.checkout.kills import HOLD_OVER, Way, cart_of, customer, later, order_of, worker_comes_back
from tests.checkout.storefront_client import Shopper, code, level, outside, sell, shopper
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

__all__ = ["bank", "market"]

CARD = Way()
OTHER_CARD = Way("tok_authorized")
BAD_CARD = Way("tok_decline")
ASKED = Way("tok_3ds")
TRANSFER = Way("", method="manual")
PLACED = (Order.Status.PLACED, Order.Status.COMPLETED)


@pytest.fixture
def mug(market: Market) -> Variant:
    """19.99 EUR, a hundred of them."""
    return sell(stock=100)


@pytest.fixture(params=range(5))
def again(request: pytest.FixtureRequest) -> int:
    """Races are run a few times."""
    found: int = request.param
    return found


def said(outcomes: Sequence[object]) -> Counter[str]:
    """What was answered, and how often."""
    return Counter(
        (f"{each.status}" if each.body["success"] else f"{each.status} {each.code}")
        if isinstance(each, Seen)
        else repr(each)
        for each in outcomes
    )


def at_the_bank() -> int:
    """What the bank has taken and not given back."""
    taken = TestCharge.objects.filter(status="captured").aggregate(left=Sum(F("amount") - F("refunded")))
    return taken["left"] or 0


def sold() -> int:
    """What the shop has sold and is paid for."""
    paid = Order.objects.filter(status__in=PLACED, payment_status="paid").aggregate(sum=Sum("total"))
    return paid["sum"] or 0


def books() -> tuple[int, int, int]:
    """Placed orders, holds that are held, events of placed orders; the counters of stock are what the books say."""
    assert inventory.verify() == []
    return (
        Order.objects.filter(status__in=PLACED).count(),
        Hold.objects.filter(status=Hold.Status.HELD).count(),
        OutboxEvent.objects.filter(name="order.placed").count(),
    )


def with_key(way: Way, key: str, each: Shopper) -> Callable[[], Seen]:
    """The same completion under another key, as from another tab."""
    total = {"amount": way.total, "currency": "EUR"}
    return partial(
        each.complete, way.token, key=key, total=total, method=way.method, return_url="http://localhost:3000/"
    )


def asked(variant: Variant, name: str = "buyer") -> Shopper:
    """Somebody who waits at the bank's page."""
    each = customer(variant, name, ASKED)
    assert ASKED.complete(each).status == 202
    return each


def approve(each: Shopper) -> bool:
    payment = Payment.objects.get(bill__in=Order.objects.filter(source=cart_of(each).pk).values("bill"))
    return test_gateway.answer(TestCharge.objects.get(key=str(payment.pk)), approved=True)


def cancel(order: Order) -> Seen:
    headers = {"X-Order-Token": orders.token_of(order) or ""}
    return Visitor(headers=headers).post(f"/orders/{public(Prefix.ORDER, order.pk)}/cancel")


def test_of_fifty_buyers_exactly_ten_get_the_ten_pieces(market: Market) -> None:
    mug = sell(stock=10)
    buyers = [customer(mug, f"buyer-{n}", CARD) for n in range(50)]

    outcomes = together(*[partial(CARD.complete, each) for each in buyers])

    assert said(outcomes) == {"201": 10, "409 insufficient_stock": 40}
    assert (level(mug), books()) == ((10, 0, 10), (10, 0, 10))
    assert at_the_bank() == sold() == 10 * 2489
    assert Counter(Cart.objects.values_list("status", flat=True)) == {"completed": 10, "open": 40}


def test_with_less_demand_than_stock_everybody_buys(mug: Variant) -> None:
    buyers = [customer(mug, f"buyer-{n}", CARD) for n in range(20)]

    outcomes = together(*[partial(CARD.complete, each) for each in buyers])

    assert said(outcomes) == {"201": 20}
    assert (level(mug), books()) == ((100, 0, 20), (20, 0, 20))
    assert len(set(Order.objects.values_list("number", flat=True))) == 20


def test_twenty_clicks_with_one_key_are_one_order(mug: Variant) -> None:
    ada = customer(mug, "ada", CARD)

    outcomes = together(*[partial(CARD.complete, ada)] * 20)
    afterwards = CARD.complete(ada)

    assert set(said(outcomes)) <= {"201", "409 idempotency_in_flight"}
    assert len({each.data["id"] for each in outcomes if isinstance(each, Seen) and each.status == 201}) == 1
    assert (afterwards.status, afterwards.headers["Idempotent-Replayed"]) == (201, "true")
    assert (books(), at_the_bank(), TestCharge.objects.count()) == ((1, 0, 1), 2489, 1)


def test_ten_tabs_with_one_card_are_one_order_that_each_is_shown_whole(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", CARD)

    outcomes = together(*[with_key(CARD, f"tab-{n}", ada) for n in range(10)])

    assert said(outcomes) == {"201": 1, "200": 9}
    shown = {(each.data["number"], each.data["payment_status"]) for each in outcomes if isinstance(each, Seen)}
    assert shown == {(Order.objects.get().number, "paid")}
    assert (books(), at_the_bank(), TestCharge.objects.count()) == ((1, 0, 1), 2489, 1)


def test_two_tabs_with_two_cards_are_one_charge(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", CARD)

    outcomes = together(with_key(CARD, "tab-1", ada), with_key(OTHER_CARD, "tab-2", ada))

    assert set(said(outcomes)) <= {"200", "201", "409 payment_in_progress"}
    assert (books(), at_the_bank(), TestCharge.objects.count()) == ((1, 0, 1), 2489, 1)


def test_a_bad_card_does_not_abandon_what_a_good_one_pays(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", CARD)

    outcomes = together(with_key(BAD_CARD, "tab-1", ada), with_key(CARD, "tab-2", ada))
    afterwards = with_key(CARD, "tab-3", ada)()

    assert said(outcomes[:1]) in ({"402 payment_declined": 1}, {"409 payment_in_progress": 1}, {"200": 1})
    assert set(said(outcomes[1:])) <= {"200", "201", "409 payment_in_progress", "409 payment_given_up"}
    assert afterwards.status in (200, 201)
    assert (books(), at_the_bank()) == ((1, 0, 1), 2489)


def test_what_is_added_meanwhile_is_bought_and_paid_or_refused(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", CARD)

    done, added = together(partial(CARD.complete, ada), partial(ada.add, mug, 2))

    ordered, was_added = Order.objects.filter(status="placed").first(), said([added]) == {"200": 1}
    assert set(said([done, added])) <= {
        "201",
        "200",
        "409 price_changed",
        "409 payment_in_progress",
        "409 cart_completed",
    }
    assert (ordered is None) == was_added
    assert at_the_bank() == sold() == (0 if was_added else 2489)
    assert level(mug) == (100, 0, 0 if was_added else 1)


def test_an_address_changed_meanwhile_is_in_the_order_or_refused(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", CARD)
    elsewhere = {"first_name": "Ada", "last_name": "Lovelace", "line1": "Elsewhere 2", "city": "Bonn", "country": "DE"}

    done, changed = together(
        partial(CARD.complete, ada), partial(ada.visitor.patch, ada.path, shipping_address=elsewhere)
    )

    assert set(said([done, changed])) <= {"201", "200", "409 payment_in_progress", "409 cart_completed"}
    was_changed = said([changed]) == {"200": 1}
    assert isinstance(done, Seen)
    assert (done.data["shipping_address"]["city"] == "Bonn") == was_changed
    assert books() == (1, 0, 1)


def test_reopening_and_completing_at_once_is_an_order_or_an_open_cart(mug: Variant, again: int) -> None:
    ada = asked(mug)
    approve(ada)

    outcomes = together(partial(ASKED.complete, ada), partial(ada.visitor.post, f"{ada.path}/reopen"))
    worker_comes_back()

    placed = Order.objects.filter(status="placed").count()
    assert set(said(outcomes)) <= {"201", "200", "409 cart_completed", "409 payment_given_up"}
    assert (cart_of(ada).status, at_the_bank()) == (("completed", 2489) if placed else ("open", 0))
    assert (level(mug), books()) == ((100, 0, placed), (placed, 0, placed))


def test_reopening_while_the_card_is_charged_leaves_no_money_behind(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", CARD)

    outcomes = together(
        partial(CARD.complete, ada), *[partial(ada.visitor.post, f"{ada.path}/reopen") for _ in range(2)]
    )
    worker_comes_back()

    placed = Order.objects.filter(status="placed").count()
    assert set(said(outcomes)) <= {"201", "200", "409 cart_completed", "409 payment_given_up"}
    assert at_the_bank() == placed * 2489
    assert (level(mug), books()) == ((100, 0, placed), (placed, 0, placed))


def test_claiming_and_completing_at_once_loses_nothing(mug: Variant, again: int) -> None:
    guest = customer(mug, "guest", CARD)
    account()
    ada = login(Visitor())

    done, claimed = together(partial(CARD.complete, guest), partial(ada.post, f"{guest.path}/claim"))

    assert set(said([done, claimed])) <= {
        "201",
        "200",
        "404 not_found",
        "409 payment_in_progress",
        "409 cart_completed",
    }
    assert Order.objects.filter(status="placed").count() == at_the_bank() // 2489
    assert books()[1] == 0


def test_cancelling_while_it_is_placed_agrees_in_the_end(mug: Variant, again: int) -> None:
    ada = asked(mug)
    approve(ada)

    done, cancelled = together(partial(ASKED.complete, ada), partial(cancel, order_of(ada)))
    worker_comes_back()

    was_cancelled = said([cancelled]) == {"200": 1}
    assert set(said([done, cancelled])) <= {"201", "200", "409 invalid_transition"}
    assert Order.objects.get().status == ("cancelled" if was_cancelled else "placed")
    assert at_the_bank() == (0 if was_cancelled else 2489)
    assert level(mug) == (100, 0, 0 if was_cancelled else 1)


def test_a_code_for_one_is_used_by_one_of_twenty(mug: Variant) -> None:
    once = code(usage_limit=1)
    way = Way(code="welcome10", total=2289)
    buyers = [customer(mug, f"buyer-{n}", way) for n in range(20)]

    outcomes = together(*[partial(way.complete, each) for each in buyers])

    refused = {"409 discount_code_used_up", "422 not_ready", "409 price_changed"}
    assert said(outcomes)["201"] == 1
    assert set(said(outcomes)) - {"201"} <= refused
    assert (DiscountCode.objects.get(pk=once.pk).used, Redemption.objects.count()) == (1, 1)
    assert (books(), at_the_bank()) == ((1, 0, 1), 2289)


def test_a_code_once_per_customer_is_used_once_by_one_in_five_carts(mug: Variant, again: int) -> None:
    once = code(once_per_customer=True)
    way = Way(code="welcome10", total=2289)
    carts = [customer(mug, "Ada" if n % 2 else "ada", way) for n in range(5)]

    outcomes = together(*[partial(way.complete, each) for each in carts])

    assert said(outcomes)["201"] == 1
    assert set(said(outcomes)) - {"201"} <= {"409 discount_code_used_up", "422 not_ready"}
    assert (DiscountCode.objects.get(pk=once.pk).used, at_the_bank()) == (1, 2289)


def test_a_use_that_is_given_back_is_never_counted_below_zero(mug: Variant, again: int) -> None:
    once = code(usage_limit=3)
    way = Way("tok_decline", code="welcome10", total=2289)
    buyers = [customer(mug, f"buyer-{n}", way) for n in range(8)]

    outcomes = together(*[partial(way.complete, each) for each in buyers])

    assert set(said(outcomes)) <= {"402 payment_declined", "409 discount_code_used_up", "422 not_ready"}
    assert DiscountCode.objects.get(pk=once.pk).used == 0
    assert (level(mug), books()) == ((100, 0, 0), (0, 0, 0))


def test_carts_with_two_things_in_opposite_order_do_not_deadlock(market: Market) -> None:
    mug, cup = sell("mug", stock=100), sell("cup", stock=100)
    forth = [shopper(mug, cup).ready() for _ in range(8)]
    back = [shopper(cup, mug).ready() for _ in range(8)]
    way = replace(CARD, total=4488)

    outcomes = together(*[partial(way.complete, each) for pair in zip(forth, back, strict=True) for each in pair])

    assert said(outcomes) == {"201": 16}
    assert (level(mug), level(cup), books()) == ((100, 0, 16), (100, 0, 16), (16, 0, 16))


def test_a_guests_cart_is_merged_once_however_many_claim_it(mug: Variant, again: int) -> None:
    cup = sell("cup", stock=100)
    account()
    ada = login(Visitor())
    mine, guest = shopper(mug, visitor=ada, quantity=2), shopper(mug, cup, quantity=3)

    outcomes = together(*[partial(ada.post, f"{guest.path}/claim")] * 4)

    held = dict(CartLine.objects.filter(cart=cart_of(mine)).values_list("variant", "quantity"))
    assert set(said(outcomes)) <= {"200", "404 not_found"}
    assert held == {mug.pk: 5, cup.pk: 3}
    assert (cart_of(guest).status, CartLine.objects.count()) == ("merged", 2)


def test_a_guests_cart_that_is_adopted_twice_at_once_has_one_owner(mug: Variant, again: int) -> None:
    account()
    account("eve@example.com")
    ada, eve = login(Visitor()), login(Visitor(), "eve@example.com")
    guest = shopper(mug, quantity=3)

    outcomes = together(partial(ada.post, f"{guest.path}/claim"), partial(eve.post, f"{guest.path}/claim"))

    assert said(outcomes) == {"200": 1, "404 not_found": 1}
    winner = ada if said(outcomes[:1]) == {"200": 1} else eve
    cart = winner.get("/me/cart").data
    assert [(line["variant_id"], line["quantity"]) for line in cart["lines"]] == [(outside(mug), 3)]
    assert (cart["id"] == guest.cart_id, Cart.objects.count()) == (False, 1)


def test_a_guests_cart_that_one_customer_adopts_twice_at_once_has_one_new_id(mug: Variant, again: int) -> None:
    account()
    ada = login(Visitor())
    guest = shopper(mug, quantity=3)

    outcomes = together(*[partial(ada.post, f"{guest.path}/claim")] * 4)

    cart = ada.get("/me/cart").data
    assert set(said(outcomes)) <= {"200", "404 not_found"}
    assert {each.data["id"] for each in outcomes if isinstance(each, Seen) and each.status == 200} == {cart["id"]}
    assert [(line["variant_id"], line["quantity"]) for line in cart["lines"]] == [(outside(mug), 3)]


def test_claiming_two_guest_carts_at_once_keeps_the_lines_of_both(mug: Variant, again: int) -> None:
    cup = sell("cup", stock=100)
    account()
    ada = login(Visitor())
    one, other = shopper(mug, quantity=2), shopper(mug, cup, quantity=3)

    together(partial(ada.post, f"{one.path}/claim"), partial(ada.post, f"{other.path}/claim"))

    cart = ada.get("/me/cart").data
    assert {line["variant_id"]: line["quantity"] for line in cart["lines"]} == {outside(mug): 5, outside(cup): 3}
    assert Cart.objects.filter(user__isnull=False, status="open").count() == 1


def test_a_customer_who_opens_many_carts_at_once_has_one_with_everything(mug: Variant, again: int) -> None:
    account()
    ada = login(Visitor())
    lines = [{"variant_id": outside(mug), "quantity": 1}]

    outcomes = together(*[partial(ada.post, "/carts", country="DE", lines=lines)] * 5)

    assert said(outcomes) == {"201": 1, "200": 4}
    assert Cart.objects.count() == 1
    assert CartLine.objects.get().quantity == 5


def test_lines_added_in_many_tabs_are_all_there(mug: Variant) -> None:
    ada = shopper(mug)

    outcomes = together(*[partial(ada.add, mug, 2)] * 10)

    assert said(outcomes) == {"200": 10}
    assert CartLine.objects.get().quantity == 21


def test_cancelling_in_many_tabs_gives_back_once(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", CARD)
    CARD.complete(ada)
    order = order_of(ada)

    outcomes = together(*[partial(cancel, order)] * 4)

    assert said(outcomes) == {"200": 4}
    assert (level(mug), at_the_bank(), Cancellation.objects.count()) == ((100, 0, 0), 0, 1)
    assert OutboxEvent.objects.filter(name="order.cancelled").count() == 1
    assert Order.objects.get().payment_status == "refunded"


def test_recovering_and_repeating_at_once_is_one_order(mug: Variant, bank: object, again: int) -> None:
    ada = asked(mug)
    approve(ada)
    payments.settle_bill(Bill.objects.get())

    with later(HOLD_OVER):
        outcomes = together(recover, partial(ASKED.complete, ada), recover, with_key(ASKED, "tab-2", ada))

    assert set(said(outcomes[1::2])) <= {"200", "201"}
    assert [each for each in outcomes[::2] if isinstance(each, Exception)] == []
    assert (level(mug), books(), at_the_bank()) == ((100, 0, 1), (1, 0, 1), 2489)


def test_giving_up_in_time_and_paying_at_the_last_moment_agree(mug: Variant, again: int) -> None:
    ada = asked(mug)
    approve(ada)

    with later(HOLD_OVER):
        _, done = together(recover, partial(ASKED.complete, ada))
        worker_comes_back()

    placed = Order.objects.filter(status="placed").count()
    assert set(said([done])) <= {"200", "201", "409 payment_given_up"}
    assert at_the_bank() == sold() == placed * 2489
    assert (level(mug), books()) == ((100, 0, placed), (placed, 0, placed))


def test_the_banks_notice_and_the_shopper_at_once_are_one_order(mug: Variant, again: int) -> None:
    ada = asked(mug)
    approve(ada)
    payment = Payment.objects.get()
    body = (
        f'{{"id": "evt_1", "type": "charge.captured", "key": "{payment.pk}", "reference": "{payment.reference}", '
        '"amount": 2489, "currency": "EUR"}'
    ).encode()
    headers = {test_gateway.SIGNATURE: test_gateway.sign(body, at=now())}

    outcomes = together(
        partial(ASKED.complete, ada),
        partial(payments.handle_webhook, "test", body=body, headers=headers),
        partial(payments.settle, Payment.objects.get()),
        recover,
    )

    assert said(outcomes[:1]) in ({"201": 1}, {"200": 1})
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert (level(mug), books(), at_the_bank()) == ((100, 0, 1), (1, 0, 1), 2489)


def test_expiring_and_cancelling_an_unpaid_order_at_once_gives_back_once(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", TRANSFER)
    TRANSFER.complete(ada)
    Order.objects.update(expires_at=now())

    _, cancelled = together(expire_unpaid, partial(cancel, order_of(ada)))

    assert said([cancelled]) in ({"200": 1}, {"409 invalid_transition": 1})
    assert Order.objects.get().status == ("cancelled" if said([cancelled]) == {"200": 1} else "expired")
    assert (level(mug), Cancellation.objects.count(), inventory.verify()) == ((100, 0, 0), 1, [])


def test_an_order_is_not_expired_by_one_when_another_notes_its_money(mug: Variant, again: int) -> None:
    ada = customer(mug, "ada", TRANSFER)
    TRANSFER.complete(ada)
    Order.objects.update(expires_at=now())

    together(expire_unpaid, partial(payments.cover, Bill.objects.get()))
    worker_comes_back()

    order, bill = Order.objects.get(), Bill.objects.get()
    assert (order.status, order.payment_status, bill.status, bill.captured) in (
        ("placed", "paid", "covered", 2489),
        ("expired", "voided", "closed", 0),
    )


def test_lost_holds_are_taken_anew_by_one_of_many_who_finish(mug: Variant, again: int) -> None:
    ada = asked(mug)
    approve(ada)
    inventory.release(Hold.objects.get())

    outcomes = together(*[with_key(ASKED, f"tab-{n}", ada) for n in range(4)], recover)

    assert said(outcomes[:4]) == {"201": 1, "200": 3}
    assert (level(mug), books(), at_the_bank()) == ((100, 0, 1), (1, 0, 1), 2489)


def test_a_guest_has_at_most_three_unpaid_orders_however_fast_he_is(mug: Variant, again: int) -> None:
    carts = [customer(mug, "ada", TRANSFER) for _ in range(6)]

    outcomes = together(*[partial(TRANSFER.complete, each) for each in carts])

    assert said(outcomes) == {"201": 3, "409 too_many_unpaid_orders": 3}
    assert (level(mug), books()) == ((100, 0, 3), (3, 0, 3))
