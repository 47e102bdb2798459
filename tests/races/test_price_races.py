"""Prices that several change at the same moment: the history tells one story, and ends with what is true."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from shop.kernel.money import Money
from shop.platform.clock import now
from shop.pricing import history
from shop.pricing import operations as pricing
from shop.pricing.models import Price, PriceHistory, PriceList
from shop.stores.models import Market
from shop.stores.operations import open_market
from tests.checkout.storefront_client import open_shop, sell
from tests.exchange.sheets import FILES
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def euros(amount: int) -> tuple[Money, None]:
    return Money(amount, "EUR"), None


def reprioritised(price_list: PriceList, priority: int) -> None:
    with pricing.changing_list(price_list):
        PriceList.objects.filter(pk=price_list.pk).update(priority=priority)


@pytest.mark.parametrize("again", range(5))
def test_the_history_of_changes_at_once_ends_with_what_is_true(again: int) -> None:
    open_shop()
    history.record_all()
    mug, cup = sell(stock=None), sell("cup", stock=None)
    sale = PriceList.objects.create(code="sale", name="Sale", currency="EUR", priority=5)
    soon = now() + timedelta(milliseconds=20)
    flash = PriceList.objects.create(code="flash", name="Flash", currency="EUR", priority=9, starts_at=soon)
    pricing.set_prices(flash, {cup.pk: euros(999)})
    base = pricing.base_list("EUR")
    changes: list[Callable[[], Any]] = [
        partial(pricing.set_prices, base, {mug.pk: euros(1100), cup.pk: euros(1200)}),
        partial(pricing.set_prices, base, {cup.pk: euros(1300), mug.pk: euros(1400)}),
        partial(pricing.set_prices, sale, {mug.pk: euros(1500), cup.pk: euros(1600)}),
        partial(reprioritised, sale, 0),
        partial(pricing.withdraw_prices, base, [cup.pk]),
        partial(open_market, Market(code="fr", name="France", currency="EUR")),
        history.record_windows,
        history.record_all,
    ]

    outcomes = together(*changes)

    rows = list(
        PriceHistory.objects.order_by("variant", "market", "effective_from").values_list(
            "variant", "market", "amount", "compare_at", "price_list"
        )
    )
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert history.verify() == []
    assert [row for before, row in pairwise(rows) if before == row] == []
    assert Price.objects.get(price_list=base, variant=mug).amount in (1100, 1400)


def test_a_price_that_two_set_at_once_has_a_row_for_each() -> None:
    market = open_shop()
    history.record_all()
    mug = sell(stock=None)
    amounts = [1000 + n for n in range(8)]

    outcomes = together(*(partial(pricing.set_price, mug.pk, Money(amount, "EUR")) for amount in amounts))

    rows = PriceHistory.objects.filter(variant=mug, market=market).order_by("effective_from")
    recorded: list[Any] = list(rows.values_list("amount", flat=True))
    assert outcomes == [True] * 8
    assert sorted(recorded[1:]) == amounts
    assert recorded[-1] == Price.objects.get().amount


def brought_in() -> object:
    return call_command("import_products", FILES / "apparel.csv", "--currency", "EUR", stdout=StringIO())


@pytest.mark.postgresql
@pytest.mark.parametrize("act", [brought_in, history.record_all], ids=["import", "record"])
def test_what_nobody_sits_and_waits_for_outlasts_the_change_of_a_large_list(act: Callable[[], Any]) -> None:
    open_shop()
    history.record_all()
    sale = PriceList.objects.create(code="sale", name="Sale", currency="EUR")
    begun = threading.Event()

    def long_change() -> None:
        with pricing.changing_list(sale):
            begun.set()
            while not waiting():
                time.sleep(0.01)
            time.sleep(1.5)  # longer than a lock is waited for at a screen, here

    def in_a_hurry() -> Any:
        begun.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        return act()

    outcomes = together(long_change, in_a_hurry)

    assert [each for each in outcomes if isinstance(each, Exception)] == []


def waiting() -> bool:
    """Whether somebody waits for a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
        return bool(cursor.fetchone()[0])
