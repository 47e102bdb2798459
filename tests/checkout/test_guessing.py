"""Discount codes can't be guessed: what is refused is counted, although nothing else of the call is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout.models import Cart
from shop.platform.limits import OFF
from shop.platform.models import LimitCounter
from shop.promotions.models import Redemption
from shop.stores.models import Market
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.kills import LEASE, later
from tests.checkout.storefront_client import Shopper, code, outside, shopper
from tests.payments.gateways import Killed

DONE = "http://localhost:3000/done"


@pytest.fixture(autouse=True)
def limits_on(settings: Settings) -> None:
    """Every limit counts, in the database."""
    settings.SHOP = replace(settings.SHOP, limits_on=True, limits={}, redis_url="")


def guess(visitor: Visitor, text: str) -> Seen:
    """A cart is asked for with this code."""
    return visitor.post("/carts", country="DE", codes=[text])


def keyed(n: int) -> Visitor:
    """A guest with a key of his own."""
    return Visitor(headers={"Idempotency-Key": f"a-key-that-nobody-guesses-{n}"})


def enter(ada: Shopper, text: str, *, key: str = "") -> Seen:
    visitor = replace(ada.visitor, headers={"Idempotency-Key": key} if key else {})
    return visitor.post(f"{ada.path}/codes", code=text)


def die_before_marking(execute: Callable[..., object], sql: str, *arguments: Any) -> object:
    """An execute wrapper: the process ends when all is done but for the key's mark."""
    if sql.startswith(('UPDATE "platform_idempotencyrecord"', 'DELETE FROM "platform_idempotencyrecord"')):
        raise Killed(sql)
    return execute(sql, *arguments)


def test_thirty_codes_an_hour_are_refused_to_one_address_that_opens_carts(market: Market) -> None:
    seen = [guess(Visitor(), f"GUESS{n}").status for n in range(31)]

    assert seen == [422] * 30 + [429]
    assert guess(Visitor(ip="192.0.2.2"), "GUESS31").status == 422
    assert Cart.objects.count() == 0


def test_a_key_for_each_guess_changes_nothing_about_that(market: Market) -> None:
    seen = [guess(keyed(n), f"GUESS{n}").status for n in range(31)]

    assert seen == [422] * 30 + [429]
    assert Cart.objects.count() == 0


def test_when_too_many_were_refused_a_right_one_is_not_told_either(market: Market) -> None:
    code()
    guesses = [guess(Visitor(), f"GUESS{n}") for n in range(30)]

    right, without = guess(Visitor(), "welcome10"), Visitor().post("/carts", country="DE")

    assert (guesses[-1].code, right.status, right.code) == ("discount_code_refused", 429, "rate_limited")
    assert int(right.headers["Retry-After"]) > 3500
    assert (without.status, Cart.objects.count()) == (201, 1)


def test_codes_that_apply_do_not_count(market: Market) -> None:
    code()

    seen = [guess(Visitor(), "welcome10").status for _ in range(31)]

    assert seen == [201] * 31
    assert guess(Visitor(), "GUESS").status == 422


def test_what_else_is_refused_is_no_code_that_was_refused(mug: Variant) -> None:
    code()
    too_many = [{"variant_id": outside(mug), "quantity": 11}]

    seen = [Visitor().post("/carts", lines=too_many, codes=["welcome10"]).status for _ in range(31)]

    assert seen == [409] * 31
    assert guess(Visitor(), "GUESS").status == 422


def test_a_customers_cart_has_ten_refused_an_hour_wherever_they_are_entered(mug: Variant) -> None:
    account()
    ada = shopper(mug, visitor=login(Visitor()))
    opened = [guess(ada.visitor, f"GUESS{n}").status for n in range(5)]

    entered = [enter(ada, f"GUESS{n}").status for n in range(5, 10)]

    assert (opened, entered) == ([422] * 5, [422] * 5)
    assert (guess(ada.visitor, "GUESS10").status, enter(ada, "GUESS10").status) == (429, 429)
    assert ada.cart()["codes"] == []


def test_a_guests_cart_has_ten_refused_an_hour_from_all_addresses_together(mug: Variant) -> None:
    code()
    ada = shopper(mug)
    elsewhere = Shopper(ada.cart_id, Visitor(ip="192.0.2.2"))

    seen = [enter(ada, f"GUESS{n}").status for n in range(10)]

    assert seen == [422] * 10
    assert (enter(elsewhere, "welcome10").status, enter(shopper(mug), "welcome10").status) == (429, 200)
    assert ada.cart()["codes"] == []


def test_nor_does_a_key_for_each_code_that_is_entered(mug: Variant) -> None:
    ada = shopper(mug)

    seen = [enter(ada, f"GUESS{n}", key=f"key-{n}").status for n in range(11)]

    assert seen == [422] * 10 + [429]
    assert ada.cart()["codes"] == []


def test_a_cart_that_can_not_be_changed_refuses_no_code(mug: Variant) -> None:
    code()
    ada = shopper(mug).ready()
    ada.complete("tok_3ds", return_url="http://localhost:3000/done")

    seen = [enter(ada, "welcome10").code for _ in range(11)]

    assert seen == ["payment_in_progress"] * 11


def test_a_repetition_with_the_same_key_is_the_same_cart(mug: Variant) -> None:
    code()
    lines = [{"variant_id": outside(mug), "quantity": 2}]

    first, again = (keyed(0).post("/carts", lines=lines, codes=["welcome10"]) for _ in range(2))

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert (again.data, Cart.objects.count()) == (first.data, 1)


def test_a_process_that_dies_before_it_has_marked_the_key_has_added_nothing(mug: Variant) -> None:
    account()
    code()
    ada = shopper(mug, visitor=login(Visitor()))
    asking = replace(ada.visitor, headers={"Idempotency-Key": "key-1"})
    two_more = {"lines": [{"variant_id": outside(mug), "quantity": 2}], "codes": ["welcome10"]}
    with pytest.raises(Killed), connection.execute_wrapper(die_before_marking):
        asking.post("/carts", **two_more)
    between = ada.cart()

    with later(LEASE):
        seen = asking.post("/carts", **two_more)

    assert ([each["quantity"] for each in between["lines"]], between["codes"]) == ([1], [])
    assert (seen.status, [each["quantity"] for each in seen.data["lines"]]) == (200, [3])
    assert [each["code"] for each in seen.data["codes"]] == ["WELCOME10"]


def asking(variant: Variant, email: str) -> Shopper:
    """A guest with a once-per-customer code who types this address."""
    found = shopper(variant).ready()
    found.visitor.patch(found.path, email=email)
    assert enter(found, "once").status == 200
    return found


def test_what_completing_tells_of_typed_addresses_counts_as_refused_codes(mug: Variant, settings: Settings) -> None:
    wide = dict.fromkeys(("carts", "cart-writes", "complete"), OFF)
    settings.SHOP = replace(settings.SHOP, limits=wide)
    settings.CHECKOUT = replace(settings.CHECKOUT, most_waiting_payments=100)
    code("ONCE", once_per_customer=True)
    asking(mug, "customer@example.com").complete()
    before = Redemption.objects.count()
    used, unused, third = (asking(mug, f"{name}@example.com") for name in ("customer", "eve", "eve"))

    told = [asking(mug, "customer@example.com").complete("tok_3ds", return_url=DONE) for _ in range(30)]
    refused = [each.complete("tok_3ds", return_url=DONE) for each in (used, unused)]
    elsewhere = Shopper(third.cart_id, Visitor(ip="192.0.2.2")).complete()

    assert [(each.status, each.code) for each in told] == [(409, "discount_code_used_up")] * 30
    assert [(each.status, each.code) for each in refused] == [(429, "rate_limited")] * 2
    assert (elsewhere.status, Redemption.objects.count() - before) == (201, 1)


def test_one_cart_is_told_ten_times(mug: Variant) -> None:
    code("ONCE", once_per_customer=True)
    asking(mug, "customer@example.com").complete()
    ada = asking(mug, "customer@example.com")

    seen = [ada.complete(key=f"key-{n}").status for n in range(11)]

    assert (seen, ada.cart()["status"]) == ([409] * 10 + [429], "open")


def test_completing_with_a_code_that_applies_does_not_count(mug: Variant) -> None:
    code("ONCE", once_per_customer=True)

    seen = [asking(mug, f"guest-{n}@example.com").complete(key=f"key-{n}").status for n in range(9)]

    assert seen == [201] * 9
    assert set(LimitCounter.objects.filter(subject__startswith="codes-").values_list("used", flat=True)) == {0}
