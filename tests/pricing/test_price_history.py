"""The history of public prices: time, amount, price list and cause of each change."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import RFC_4122, UUID

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import CustomerGroup
from shop.catalog.models import Variant
from shop.kernel.ids import uuid7
from shop.kernel.money import Money
from shop.pricing import history
from shop.pricing import operations as pricing
from shop.pricing.jobs import record_price_windows
from shop.pricing.models import HistoryIsAppended, Price, PriceHistory, PriceHistoryState, PriceList
from shop.stores.models import Market
from tests.admins import clerk, cost, root
from tests.checkout.storefront_client import open_shop, sell

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LISTS, PRICES, HISTORY = "/admin/pricing/pricelist/", "/admin/pricing/price/", "/admin/pricing/pricehistory/"

Row = tuple[int, int | None, str, str]
"""Hours after noon, the amount, the code of the list, the cause."""


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def market(clock: Any) -> Market:
    return open_shop()


@pytest.fixture
def mug(market: Market) -> Variant:
    """A mug for 19.99 EUR since noon; every price is recorded."""
    history.record_all()
    return sell(stock=None)


def rows(variant: Variant, market: Market) -> list[Row]:
    history = PriceHistory.objects.filter(variant=variant, market=market).order_by("effective_from")
    return [(round((row.effective_from - NOON) / HOUR), row.amount, row.price_list_code, row.cause) for row in history]


def reduced(variant: Variant, *, amount: int = 1500, code: str = "sale", priority: int = 10, **fits: Any) -> PriceList:
    made = PriceList.objects.create(code=code, name=code, currency="EUR", priority=priority, **fits)
    pricing.set_prices(made, {variant.pk: (Money(amount, "EUR"), None)})
    return made


FIRST: Row = (0, 1999, "base-eur", "price")


def test_a_price_that_is_set_and_withdrawn_ends_and_begins_a_row(mug: Variant, market: Market, clock: Any) -> None:
    clock.move_to(NOON + HOUR)
    pricing.set_price(mug.pk, Money(1500, "EUR"), compare_at=Money(1999, "EUR"))
    clock.move_to(NOON + 2 * HOUR)
    pricing.withdraw_prices(pricing.base_list("EUR"), [mug.pk])

    assert rows(mug, market) == [FIRST, (1, 1500, "base-eur", "price"), (2, None, "", "price")]
    assert PriceHistory.objects.filter(amount=1500).values_list(
        "compare_at", "currency", "market_code", "price_list", "effective_from"
    ).get() == (1999, "EUR", "eu", pricing.base_list("EUR").pk, NOON + HOUR)


def test_what_changes_nothing_for_the_public_writes_no_row(mug: Variant, market: Market, clock: Any) -> None:
    club = CustomerGroup.objects.create(code="club", name="Club")
    clock.move_to(NOON + HOUR)

    pricing.set_price(mug.pk, Money(1999, "EUR"))
    pricing.set_price(mug.pk, Money(2500, "CHF"))
    reduced(mug, code="weak", priority=0, amount=100, market=Market.objects.create(code="fr", name="F", currency="EUR"))
    reduced(mug, code="club", amount=200, group=club)
    reduced(mug, code="later", amount=300, starts_at=NOON + 9 * HOUR)
    record_price_windows()
    call_command("record_prices", stdout=StringIO())

    assert rows(mug, market) == [FIRST]


def test_the_default_groups_prices_are_public(mug: Variant, market: Market, clock: Any) -> None:
    default, _ = CustomerGroup.objects.get_or_create(is_default=True, defaults={"code": "all", "name": "All"})
    clock.move_to(NOON + HOUR)

    reduced(mug, group=default)

    assert rows(mug, market) == [FIRST, (1, 1500, "sale", "price")]


def test_a_window_that_is_found_late_is_recorded_with_its_own_times(mug: Variant, market: Market, clock: Any) -> None:
    reduced(mug, starts_at=NOON + HOUR, ends_at=NOON + 4 * HOUR)
    reduced(mug, code="flash", amount=999, priority=20, starts_at=NOON + 2 * HOUR, ends_at=NOON + 3 * HOUR)
    clock.move_to(NOON + 10 * HOUR)

    record_price_windows()
    record_price_windows()

    assert rows(mug, market) == [
        FIRST,
        (1, 1500, "sale", "window"),
        (2, 999, "flash", "window"),
        (3, 1500, "sale", "window"),
        (4, 1999, "base-eur", "window"),
    ]
    assert set(PriceHistory.objects.filter(cause="window").values_list("recorded_at", flat=True)) == {NOON + 10 * HOUR}


def test_a_change_records_the_windows_before_it_as_they_were(mug: Variant, market: Market, clock: Any) -> None:
    sale = reduced(mug, starts_at=NOON + HOUR, ends_at=NOON + 5 * HOUR)
    clock.move_to(NOON + 3 * HOUR)

    with pricing.changing_list(sale):
        PriceList.objects.filter(pk=sale.pk).update(starts_at=NOON + 4 * HOUR)
    clock.move_to(NOON + 6 * HOUR)
    record_price_windows()

    assert rows(mug, market) == [
        FIRST,
        (1, 1500, "sale", "window"),
        (3, 1999, "base-eur", "price_list"),
        (4, 1500, "sale", "window"),
        (5, 1999, "base-eur", "window"),
    ]


def test_a_change_at_the_moment_of_a_window_comes_after_it(mug: Variant, market: Market, clock: Any) -> None:
    sale = reduced(mug, starts_at=NOON + HOUR)
    clock.move_to(NOON + HOUR)

    pricing.set_prices(sale, {mug.pk: (Money(1400, "EUR"), None)})
    pricing.set_prices(sale, {mug.pk: (Money(1300, "EUR"), None)})

    history = PriceHistory.objects.filter(variant=mug).order_by("effective_from")
    assert list(history.values_list("amount", "effective_from")) == [
        (1999, NOON),
        (1500, NOON + HOUR),
        (1400, NOON + HOUR + timedelta(microseconds=1)),
        (1300, NOON + HOUR + timedelta(microseconds=2)),
    ]


def test_what_the_admin_does_with_lists_and_prices_is_recorded(mug: Variant, market: Market, clock: Any) -> None:
    client, sale = root(), reduced(mug, starts_at=NOON + 9 * HOUR)
    form = {"name": "Sale", "code": "sale", "currency": "EUR", "market": str(market.pk), "read_version": "1"}

    clock.move_to(NOON + HOUR)
    begun = client.post(f"{LISTS}{sale.pk}/change/", {**form, "priority": "10"})
    clock.move_to(NOON + 2 * HOUR)
    weaker = client.post(f"{LISTS}{sale.pk}/change/", {**form, "priority": "0", "code": "a-sale", "read_version": "2"})
    clock.move_to(NOON + 3 * HOUR)
    ordinary = Price.objects.get(price_list__code="base-eur")
    gone = client.post(f"{PRICES}{ordinary.pk}/delete/", {"post": "yes"})
    clock.move_to(NOON + 4 * HOUR)
    ended = client.post(f"{LISTS}{sale.pk}/delete/", {"post": "yes"})

    assert [answer.status_code for answer in (begun, weaker, gone, ended)] == [302] * 4
    assert rows(mug, market) == [
        FIRST,
        (1, 1500, "sale", "price_list"),
        (2, 1999, "base-eur", "price_list"),
        (3, 1500, "a-sale", "price"),
        (4, None, "", "price_list"),
    ]


def test_several_at_once_are_recorded_when_the_admin_deletes_them(mug: Variant, market: Market, clock: Any) -> None:
    client, cup = root(), sell("cup", stock=None)
    sale, more = reduced(mug), PriceList.objects.create(code="m", name="m", currency="EUR")
    clock.move_to(NOON + HOUR)

    client.post(LISTS, {"action": "delete_selected", "_selected_action": [str(sale.pk), str(more.pk)], "post": "yes"})
    clock.move_to(NOON + 2 * HOUR)
    keys = [str(key) for key in Price.objects.values_list("pk", flat=True)]
    client.post(PRICES, {"action": "delete_selected", "_selected_action": keys, "post": "yes"})

    assert rows(mug, market)[1:] == [
        (0, 1500, "sale", "price"),
        (1, 1999, "base-eur", "price_list"),
        (2, None, "", "price"),
    ]
    assert rows(cup, market) == [FIRST, (2, None, "", "price")]
    assert history.verify() == []


def test_a_new_market_has_the_prices_of_lists_for_all_markets(mug: Variant, market: Market, clock: Any) -> None:
    clock.move_to(NOON + HOUR)

    answer = root().post(
        "/admin/stores/market/add/",
        {"name": "France", "code": "fr", "currency": "EUR", "locale": "fr", "countries": ["CH"]},
    )
    france = Market.objects.get(code="fr")
    clock.move_to(NOON + 2 * HOUR)
    france.countries.all().delete()
    france.delete()

    history = PriceHistory.objects.filter(market_code="fr")
    assert answer.status_code == 302
    assert list(history.values_list("variant", "market", "amount", "effective_from", "cause")) == [
        (mug.pk, history[0].market_id, 1999, NOON + HOUR, "market")
    ]
    assert rows(mug, market) == [FIRST]


def test_prices_from_before_the_history_have_a_first_row_and_a_change_says_what_was_before(
    market: Market, clock: Any
) -> None:
    mug, cup = sell(stock=None), sell("cup", stock=None)
    PriceHistory.objects.all()._raw_delete(PriceHistory.objects.db)
    PriceHistoryState.objects.all().delete()
    clock.move_to(NOON + HOUR)

    pricing.set_price(mug.pk, Money(1500, "EUR"))
    record_price_windows()
    record_price_windows()

    assert rows(mug, market) == [(1, 1999, "base-eur", "found"), (1, 1500, "base-eur", "price")]
    assert rows(cup, market) == [(1, 1999, "base-eur", "found")]


def test_the_commands_say_what_differs_and_mend_it(mug: Variant, market: Market, clock: Any) -> None:
    Price.objects.update(amount=1000)  # bypasses the operations
    base = pricing.base_list("EUR").pk
    told = StringIO()

    with pytest.raises(CommandError, match="1 prices differ from the history"):
        call_command("verify_prices", stdout=told)
    clock.move_to(NOON + HOUR)
    call_command("record_prices", stdout=told)
    call_command("record_prices", stdout=told)
    call_command("verify_prices", stdout=told)

    assert told.getvalue().splitlines() == [
        f"variant {mug.pk}, market eu: recorded 1999, before None, list {base}; actual 1000, before None, list {base}",
        "1 prices recorded.",
        "Every price is recorded.",
        "Price history and price lists agree.",
    ]
    assert rows(mug, market) == [FIRST, (1, 1000, "base-eur", "found")]


def test_a_change_that_fails_leaves_no_row(mug: Variant, market: Market) -> None:
    with pytest.raises(IntegrityError), pricing.changing_list(pricing.base_list("EUR")):
        Price.objects.update(amount=-1)

    assert rows(mug, market) == [FIRST]
    assert Price.objects.get().amount == 1999


@pytest.mark.parametrize(
    "write",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: PriceHistory.objects.all().delete(),
        lambda row: PriceHistory.objects.update(amount=1),
        lambda row: PriceHistory.objects.bulk_update([row], ["amount"]),
        lambda row: PriceHistory.objects.update_or_create(pk=row.pk, defaults={"amount": 1}),
    ],
    ids=["save", "delete", "delete many", "update", "bulk_update", "update_or_create"],
)
def test_rows_are_neither_changed_nor_deleted(mug: Variant, market: Market, write: Any) -> None:
    row = PriceHistory.objects.get()

    with pytest.raises(HistoryIsAppended):
        write(row)

    assert rows(mug, market) == [FIRST]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"effective_from": NOON}, "price_history_once_per_moment|variant_id, pricing_pricehistory.market_id"),
        ({"amount": -1}, "price_history_amount_not_negative"),
        ({"compare_at": -1}, "price_history_compare_at_not_negative"),
        ({"price_list_id": None}, "price_history_names_its_list"),
        ({"cause": "whim"}, "price_history_cause_known"),
    ],
)
def test_the_database_keeps_nonsense_out(
    mug: Variant, market: Market, changes: dict[str, Any], constraint: str
) -> None:
    good = PriceHistory.objects.values().get()
    row = {**good, "id": UUID(int=1), "effective_from": NOON + HOUR, **changes}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PriceHistory.objects.bulk_create([PriceHistory(**row)])

    assert rows(mug, market) == [FIRST]


def test_rows_have_ids_of_their_own_in_the_order_of_time(mug: Variant, market: Market, clock: Any) -> None:
    earliest, cups = uuid7(), [sell(f"cup-{n}", stock=None) for n in range(20)]

    history.record_all()
    with pricing.changing_list(pricing.base_list("EUR")):
        Price.objects.update(amount=1000)

    keys = list(PriceHistory.objects.filter(amount=1000).values_list("pk", flat=True))
    assert len(set(keys)) == len(cups) + 1
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}
    assert earliest.int >> 80 <= min(keys).int >> 80 == max(keys).int >> 80 <= uuid7().int >> 80


@pytest.mark.parametrize("count", [1, 40])
def test_a_list_of_many_prices_is_recorded_in_a_fixed_number_of_statements(market: Market, count: int) -> None:
    history.record_all()
    variants = [sell(f"thing-{n}", stock=None).pk for n in range(count)]
    sale = PriceList.objects.create(code="sale", name="Sale", currency="EUR", priority=10)

    with CaptureQueriesContext(connection) as taken:
        pricing.set_prices(sale, {key: (Money(1000, "EUR"), None) for key in variants})

    # the differences, twice; the state, locked and updated; lists that begin or end; the prices; the history's rows
    work = [each for each in taken if "SAVEPOINT" not in each["sql"]]
    assert len(work) == 7
    assert PriceHistory.objects.filter(amount=1000).count() == count


def test_more_variants_than_a_batch_are_all_recorded(
    market: Market, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "BATCH", 2)
    variants = [sell(f"thing-{n}", stock=None) for n in range(5)]
    history.record_all()
    clock.move_to(NOON + HOUR)

    Price.objects.update(amount=1000)

    assert (len(history.verify()), history.record_all(), history.verify()) == (5, 5, [])
    assert [rows(each, market)[-1] for each in variants] == [(1, 1000, "base-eur", "found")] * 5


def test_the_admin_shows_the_history_to_those_who_may_see_it(mug: Variant, market: Market, clock: Any) -> None:
    client, row = clerk("pricing.view_pricehistory"), PriceHistory.objects.get()
    short = cost(client, HISTORY)
    more = [pricing.set_price(mug.pk, Money(amount, "EUR")) for amount in (1000, 1100, 1200)]

    long = cost(client, HISTORY)
    page = client.get(f"{HISTORY}?variant__id__exact={mug.pk}").content.decode()
    single = client.get(f"{HISTORY}{row.pk}/change/").content.decode()
    refused = [client.post(f"{HISTORY}{row.pk}/{what}/", {"amount": "1"}).status_code for what in ("change", "delete")]

    assert (long, more) == (short, [True] * 3)
    assert [text in page for text in ("€19.99", "€10.00", "€12.00")] == [True] * 3
    assert "€19.99" in single
    assert refused == [403, 403]
    assert PriceHistory.objects.get(pk=row.pk).amount == 1999


def test_whoever_may_see_prices_alone_does_not_see_the_history(mug: Variant) -> None:
    answer = clerk("pricing.view_price").get(HISTORY)

    assert answer.status_code == 403


def test_the_products_page_leads_to_the_history_of_each_variant(mug: Variant) -> None:
    page = root().get(f"/admin/catalog/product/{mug.product_id}/change/").content.decode()

    assert f'href="{HISTORY}?variant__id__exact={mug.pk}"' in page
