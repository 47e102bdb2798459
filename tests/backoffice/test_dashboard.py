"""The shop's day on the admin's dashboard."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from shop.backoffice import sales
from shop.orders.models import Order
from shop.pricing.models import Price
from shop.stores.models import THE_STORE, Store
from tests.admins import clerk, cost, root
from tests.checkout.storefront_client import open_shop, sell, shopper
from tests.payments.conftest import bank
from tests.payments.gateways import Watched

pytestmark = pytest.mark.django_db

__all__ = ["bank"]


def test_it_tells_what_was_sold_what_waits_and_what_runs_out(bank: Watched) -> None:
    open_shop()
    mug, bare = sell(), sell("bare")
    Price.objects.filter(variant=bare).delete()
    scarce = sell("scarce", stock=2)
    shopper(mug).ready().complete("", method="manual")
    shopper(mug).ready().complete("", method="manual", key="key-2")
    Order.objects.filter(pk=Order.objects.latest("id").pk).update(status="cancelled")

    context = root().get("/admin/").context

    assert [(card.title, card.figure, card.note) for card in context["sales"]] == [
        ("Orders today", 2, "cancelled: 1"),
        ("Revenue today", "€24.89", "without cancelled and expired orders"),
        ("Orders to fulfill", 1, "not paid yet: 1"),
    ]
    assert [each.variant_id for each in context["short"]] == [scarce.pk]
    assert [each.slug for each in context["unpriced"]] == ["bare"]
    assert [(each["name"], each["total"]) for each in context["newest_orders"]] == [("Ada Lovelace", "€24.89")] * 2
    assert [card.title for card in context["cards"]] == ["Store", "Accounts"]


UNTOLD = "Bank transfer has no payment instructions: customers are not told where to pay."


def test_bank_transfer_without_payment_instructions_is_noticed_until_the_store_has_some() -> None:
    client = clerk("stores.view_store", "stores.change_store")

    before = client.get("/admin/").context["cards"]
    page = client.get(f"/admin/stores/store/{THE_STORE}/change/").content.decode()
    Store.objects.update(payment_instructions="IBAN CH93 0076 2011 6238 5295 7")
    after = client.get("/admin/").context["cards"]
    told = client.get(f"/admin/stores/store/{THE_STORE}/change/").content.decode()

    assert [(card.note, card.href, card.is_alarming) for card in before] == [(UNTOLD, "/admin/stores/store/", True)]
    assert (page.count(UNTOLD), after, UNTOLD in told) == (1, [], False)


def test_payment_instructions_are_not_missed_where_nothing_is_paid_outside_the_shop(settings: Settings) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, gateways=(), test_mode=True)
    client = clerk("stores.view_store")

    cards = client.get("/admin/").context["cards"]
    page = client.get(f"/admin/stores/store/{THE_STORE}/change/").content.decode()

    assert (cards, "payment instructions:" in page) == ([], False)


def test_whoever_may_not_see_the_store_is_not_told_what_it_misses() -> None:
    cards = clerk("inventory.view_stocklevel").get("/admin/").context["cards"]

    assert cards == []


def test_each_sees_what_they_may_see() -> None:
    open_shop()
    sell("scarce", stock=2)

    context = clerk("inventory.view_stocklevel").get("/admin/").context

    assert (context["sales"], len(context["short"]), "unpriced" in context) == ([], 1, False)


def test_the_day_begins_where_the_store_is() -> None:
    at = datetime(2026, 11, 22, 20, tzinfo=UTC)

    began = sales.day_began(at, timezone="Asia/Tokyo")

    assert began == datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_it_costs_the_same_however_much_there_is(bank: Watched) -> None:
    open_shop()
    client, mug = root(), sell(stock=3)
    shopper(mug).ready().complete("", method="manual")
    short = cost(client, "/admin/")

    more = [sell(f"mug-{each}", stock=1) for each in range(9)]
    shopper(*more[:2]).ready().complete("", method="manual", key="key-2")
    long = cost(client, "/admin/")

    assert long == short
