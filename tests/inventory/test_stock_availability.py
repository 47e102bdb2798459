from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from shop.inventory import operations as inventory
from shop.inventory import queries
from shop.inventory.models import Location
from shop.inventory.types import Availability, Shortage, Status
from shop.kernel.errors import NotFound
from shop.kernel.ids import public, uuid7
from shop.platform.clock import now
from tests.inventory.factories import held, location, put, stocked, variant

pytestmark = pytest.mark.django_db


def test_each_kind_of_availability() -> None:
    many, low, gone, waiting = stocked(6), stocked(5), stocked(0), stocked(0, backorders=4)
    endless, bare, unknown = variant(track_inventory=False).pk, variant().pk, uuid7()

    found = queries.availability([many, low, gone, waiting, endless, bare, unknown])

    assert found == {
        many: Availability(Status.IN_STOCK, None, 6),
        low: Availability(Status.LOW_STOCK, 5, 5),
        gone: Availability(Status.OUT_OF_STOCK, None, 0),
        waiting: Availability(Status.BACKORDER, None, 4),
        endless: Availability(Status.IN_STOCK, None, 999),
        bare: Availability(Status.OUT_OF_STOCK, None, 0),
        unknown: Availability(Status.OUT_OF_STOCK, None, 0),
    }


def test_holds_count_until_they_expire_and_then_as_nothing() -> None:
    mug = stocked(10)
    held({mug: 4}, minutes=-1)
    held({mug: 3})

    found = queries.availability([mug])

    assert found == {mug: Availability(Status.IN_STOCK, None, 7)}


def test_a_released_or_committed_hold_that_is_past_its_time_is_not_counted_back() -> None:
    mug = stocked(10)
    released, committed = held({mug: 4}, minutes=-1), held({mug: 3}, minutes=-1)
    inventory.release(released)
    inventory.commit(committed)

    found = queries.availability([mug])

    assert found == {mug: Availability(Status.IN_STOCK, None, 7)}


def test_active_locations_count_together() -> None:
    near, far, closed = location("near"), location("far"), location("closed", is_active=False)
    mug = stocked(2, at=near)
    put(mug, 2, at=far)
    put(mug, 100, at=closed)

    found = queries.availability([mug])

    assert found == {mug: Availability(Status.LOW_STOCK, 4, 4)}


def test_backorders_at_one_place_do_not_hide_what_lies_at_another() -> None:
    near, far = location("near", priority=1), location("far", priority=2)
    mug = stocked(0, at=near, backorders=5)
    held({mug: 3})
    put(mug, 2, at=far)

    found = queries.availability([mug])

    assert found == {mug: Availability(Status.LOW_STOCK, 2, 4)}


def test_what_is_set_apart_can_not_be_had() -> None:
    mug = stocked(10)
    inventory.set_apart(mug, delta=10)

    assert queries.availability([mug])[mug].status == Status.OUT_OF_STOCK


def test_the_threshold_of_low_stock_is_a_setting(settings: Settings) -> None:
    settings.INVENTORY = replace(settings.INVENTORY, low_stock=0)
    mug = stocked(1)

    assert queries.availability([mug]) == {mug: Availability(Status.IN_STOCK, None, 1)}


@pytest.mark.parametrize(
    ("exact", "shown"),
    [(1, 1), (4, 1), (5, 5), (6, 5), (57, 55), (99, 95), (100, 100), (149, 100), (998, 950), (999, 999)],
)
def test_the_exact_stock_is_not_shown(exact: int, shown: int) -> None:
    assert Availability(Status.IN_STOCK, None, exact).shown_max == shown


def test_what_is_low_is_shown_exactly_and_what_is_gone_as_nothing() -> None:
    assert Availability(Status.LOW_STOCK, 3, 3).shown_max == 3
    assert Availability(Status.LOW_STOCK, 3, 13).shown_max == 10
    assert Availability(Status.OUT_OF_STOCK, None, 0).shown_max == 0


def test_a_shortage_names_what_can_be_had_with_backorders() -> None:
    mug = uuid7()

    facts = Shortage(mug, 20, Availability(Status.LOW_STOCK, 3, 13)).facts()

    assert facts == {"variant_id": public("var", mug), "requested": 20, "max_quantity": 10}


@pytest.mark.parametrize("variants", [1, 20])
def test_availability_costs_one_query_for_any_number(
    variants: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wanted = [stocked(5) for _ in range(variants)]

    with django_assert_num_queries(1):
        queries.availability(wanted)
    with django_assert_num_queries(0):
        queries.availability([])


def test_what_a_hold_would_be_refused_with_is_known_before() -> None:
    mug = stocked(2)

    short = queries.shortage({mug: 3})

    assert short is not None
    assert [(each.variant_id, each.requested) for each in short.shortages] == [(mug, 3)]
    assert queries.shortage({mug: 2}) is None
    assert queries.shortage({variant(track_inventory=False).pk: 500}) is None


def test_the_main_location_is_there_from_the_start_and_is_the_first_active_one() -> None:
    Location.objects.update(is_active=False)
    with pytest.raises(NotFound):
        queries.main_location()
    second = location("second", priority=2)
    first = location("first", priority=1)

    assert queries.main_location() == first != second


def test_a_hold_that_is_made_later_is_seen_at_once() -> None:
    mug = stocked(6)
    inventory.hold({mug: 6}, until=now() + timedelta(minutes=15))

    assert queries.availability([mug])[mug].status == Status.OUT_OF_STOCK
