"""A code that is once per customer: whom a use binds, and that a typed address binds nobody who has an account."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core import mail

from shop.catalog.models import Variant
from shop.orders import operations as orders
from shop.orders.models import Order, OrderRedemption
from shop.platform import worker
from shop.platform.actors import ANONYMOUS
from shop.promotions.models import DiscountCode, Promotion, Redemption
from shop.shipping.models import ShippingMethod
from tests.accounts.visitor import Seen, Visitor, account, codes_in, login
from tests.checkout.storefront_client import Shopper, code, shopper

VICTIM = "victim@customer.example"
RETURN_URL = "http://localhost:3000/done"
ALREADY_USED = (422, "discount_code_refused", "code")
USED_UP = (409, "discount_code_used_up")


@pytest.fixture(autouse=True)
def once(transactional_db: None) -> DiscountCode:
    return code("ONCE20", percent=20, once_per_customer=True)


def guest(variant: Variant, number: int = 1, *, email: str = VICTIM) -> Shopper:
    """Somebody without an account who types an address and has the code."""
    found = shopper(variant, visitor=Visitor(ip=f"192.0.2.{number}")).ready()
    found.visitor.patch(found.path, email=email)
    assert enter(found).status == 200
    return found


def customer(variant: Variant) -> Shopper:
    """The victim, logged in, without a code yet."""
    account(VICTIM)
    return shopper(variant, visitor=login(Visitor(ip="192.0.2.99"), VICTIM)).ready()


def enter(found: Shopper) -> Seen:
    return found.visitor.post(f"{found.path}/codes", code="once20")


def three_d_secure(found: Shopper) -> Seen:
    return found.complete("tok_3ds", return_url=RETURN_URL)


def transfer(found: Shopper) -> Seen:
    return found.complete("", method="manual")


def uses() -> tuple[int, int]:
    """How often the code is used, as it counts itself, and by live rows."""
    return DiscountCode.objects.get().used, Redemption.objects.exclude(status="released").count()


@pytest.mark.parametrize("pay", [three_d_secure, transfer])
def test_a_stranger_who_types_an_address_takes_no_code_from_its_account(mug: Variant, pay: object) -> None:
    begun = pay(guest(mug))  # type: ignore[operator]
    victim = customer(mug)

    entered, placed = enter(victim), victim.complete()

    assert begun.status in (201, 202)
    assert (entered.status, placed.status) == (200, 201)
    assert placed.data["totals"]["discount_total"] == {"amount": 400, "currency": "EUR"}
    assert uses() == (2, 2)


def test_a_free_order_binds_nobody_either(mug: Variant) -> None:
    ShippingMethod.objects.update(price=0)
    Promotion.objects.update(percent=Decimal(100))
    free = guest(mug)
    keyed = replace(free.visitor, headers={"Idempotency-Key": "key-1"})
    placed = keyed.post(f"{free.path}/complete", expected_total={"amount": 0, "currency": "EUR"})

    entered = enter(customer(mug))

    assert (placed.status, placed.data["payment_status"], entered.status) == (201, "paid", 200)


def test_an_order_that_was_paid_counts_for_the_account_of_its_address(mug: Variant) -> None:
    placed = guest(mug).complete()

    refused = enter(customer(mug))

    assert (placed.status, refused.refusal) == (201, ALREADY_USED)
    assert uses() == (1, 1)


def test_so_does_one_whose_transfer_has_come(mug: Variant) -> None:
    transfer(guest(mug))
    victim = customer(mug)
    before = enter(victim).status
    victim.visitor.delete(f"{victim.path}/codes/{victim.cart()['codes'][0]['id']}")

    orders.mark_paid(Order.objects.get(), actor=ANONYMOUS)

    assert (before, enter(victim).refusal) == (200, ALREADY_USED)


def test_and_one_whose_address_was_confirmed(mug: Variant) -> None:
    placed = transfer(guest(mug))
    worker.drain()
    [otp] = codes_in(mail.outbox[-1])
    holder = Visitor(headers={"X-Order-Token": placed.data["order_token"]})

    confirmed = holder.post(f"/orders/{placed.data['id']}/confirm-email", otp=otp)

    assert (confirmed.status, enter(customer(mug)).refusal) == (200, ALREADY_USED)


def test_what_was_cancelled_counts_no_more(mug: Variant) -> None:
    placed = guest(mug).complete()
    Visitor(headers={"X-Order-Token": placed.data["order_token"]}).post(f"/orders/{placed.data['id']}/cancel")

    assert (enter(customer(mug)).status, uses()) == (200, (0, 0))


def test_guests_who_type_one_address_have_one_use_together(mug: Variant) -> None:
    transfer(guest(mug))
    second = guest(mug, 2)

    refused = three_d_secure(second)

    assert (refused.status, refused.code) == USED_UP
    assert (Order.objects.count(), second.cart()["status"], uses()) == (1, "open", (1, 1))


def test_a_guest_who_types_the_address_of_an_account_that_has_used_it_has_none(mug: Variant) -> None:
    victim = customer(mug)
    enter(victim)
    victim.complete()
    stranger = guest(mug)

    refused = three_d_secure(stranger)

    assert (refused.status, refused.code) == USED_UP
    assert (Order.objects.count(), stranger.cart()["status"], uses()) == (1, "open", (1, 1))


def test_uses_of_before_count_for_whoever_is_known_to_have_the_address(mug: Variant) -> None:
    transfer(guest(mug, 1, email="typed@example.com"))
    guest(mug, 2, email="paid@example.com").complete()
    mine = customer(mug)
    enter(mine)
    transfer(mine)
    of_account = OrderRedemption.objects.get(order__user__email=VICTIM).redemption
    Redemption.objects.update(once_proven=None)
    Redemption.objects.filter(pk=of_account.pk).update(once_key=VICTIM, once_account=None)  # the oldest form

    proven = [orders.prove_older_codes(batch=1), orders.prove_older_codes(batch=1)]

    assert proven == [2, 0]
    assert dict(Redemption.objects.values_list("customer_key", "once_proven")) == {
        "typed@example.com": None,
        "paid@example.com": "paid@example.com",
        VICTIM: VICTIM,
    }
