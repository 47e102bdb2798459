"""A cart is no machine to try cards with: what a bank declines is counted, and nothing else is."""

from dataclasses import replace
from functools import partial
from typing import cast

import pytest
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout import limits
from shop.orders.models import Order
from shop.payments import registry
from shop.payments.test_gateway.models import TestCharge
from tests.accounts.visitor import Visitor, account, login
from tests.checkout.gateways import Busy
from tests.checkout.storefront_client import shopper

QUOTA = limits.DECLINES_PER_CART.quota


@pytest.fixture
def bank(settings: Settings) -> Busy:
    """The only gateway beside `manual`, with others in between; and every limit counts, in the database."""
    settings.SHOP = replace(settings.SHOP, limits_on=True, limits={}, redis_url="")
    settings.PAYMENTS = replace(
        settings.PAYMENTS,
        test_mode=False,
        gateways=("shop.payments.gateways.manual.Manual", "tests.checkout.gateways.Busy"),
    )
    busy = cast(Busy, registry.find("test"))
    busy.reset()
    return busy


def test_after_five_declined_cards_a_cart_waits_for_a_day(mug: Variant) -> None:
    ada = shopper(mug).ready()
    declined = [ada.complete("tok_decline", key=f"key-{n}").status for n in range(QUOTA)]

    right = ada.complete(key="the-right-one")

    assert declined == [402] * 5
    assert (right.status, right.code) == (429, "rate_limited")
    assert 86_000 < int(right.headers["Retry-After"]) <= 86_400
    assert (Order.objects.filter(status="placed").count(), ada.cart()["status"]) == (0, "open")
    assert TestCharge.objects.exclude(status="declined").count() == 0


def test_the_last_try_before_that_may_be_the_right_one(mug: Variant) -> None:
    ada = shopper(mug).ready()
    for n in range(QUOTA - 1):
        ada.complete("tok_decline", key=f"key-{n}")

    assert ada.complete(key="the-right-one").status == 201


def test_cards_that_are_declined_under_a_typed_address_leave_its_account_its_own_tries(
    mug: Variant, settings: Settings
) -> None:
    quota = limits.DECLINES_PER_ADDRESS.quota
    settings.SHOP = replace(settings.SHOP, limits_on=True, limits={}, redis_url="")
    strangers = [shopper(mug, visitor=Visitor(ip=f"192.0.2.{n}")).ready() for n in range(quota + 1)]
    for each in strangers:
        each.visitor.patch(each.path, email="ada@example.com")
    account("ada@example.com")
    ada = shopper(mug, visitor=login(Visitor(ip="192.0.2.99"), "ada@example.com")).ready()
    ada.visitor.patch(ada.path, email="ada@example.com")

    declined = [each.complete("tok_decline").status for each in strangers]
    placed = ada.complete()

    assert declined == [402] * quota + [429]
    assert (placed.status, Order.objects.filter(status="placed").count()) == (201, 1)


def test_buyers_who_pay_at_the_same_moment_take_no_room_from_each_other(
    mug: Variant, bank: Busy, settings: Settings
) -> None:
    settings.SHOP = replace(settings.SHOP, limits={limits.DECLINES_PER_IP.name: "1/3600"})
    ada, bob = shopper(mug).ready(), shopper(mug).ready()
    bank.before.append(partial(bob.complete, key="key-of-bob"))

    seen = ada.complete(key="key-of-ada")

    assert ([each.status for each in bank.seen], seen.status) == ([201], 201)  # type: ignore[attr-defined]


def test_those_that_ran_beside_the_last_decline_are_told_of_their_own(
    mug: Variant, bank: Busy, settings: Settings
) -> None:
    settings.SHOP = replace(settings.SHOP, limits={limits.DECLINES_PER_IP.name: "1/3600"})
    ada, bob = shopper(mug).ready(), shopper(mug).ready()
    bank.before.append(partial(bob.complete, "tok_decline", key="key-of-bob"))

    beside = ada.complete("tok_decline", key="key-of-ada")
    later = ada.complete(key="key-of-ada-2")

    assert ([each.status for each in bank.seen], beside.status, later.status) == ([402], 402, 429)  # type: ignore[attr-defined]
