from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from shop.inventory import operations as inventory
from shop.inventory.errors import InsufficientStock, InvalidStockQuantity
from shop.inventory.models import Hold, HoldLine, StockMovement
from shop.kernel.ids import public, uuid7
from shop.platform.clock import now
from shop.platform.jobs import PERIODICS
from shop.platform.records import WrongState
from tests.inventory.factories import counters, held, location, put, stocked, variant

pytestmark = pytest.mark.django_db

SOON = datetime(2100, 1, 1, tzinfo=UTC)


def test_a_hold_sets_stock_aside_until_its_time() -> None:
    mug = stocked(10)

    hold = inventory.hold({mug: 3}, until=SOON)

    assert counters(mug) == (10, 3, 0)
    assert hold is not None
    assert (hold.status, hold.expires_at) == ("held", SOON)
    assert inventory.demand_of(hold) == {mug: 3}


def test_the_last_piece_can_be_held() -> None:
    mug = stocked(1)

    inventory.hold({mug: 1}, until=SOON)

    assert counters(mug) == (1, 1, 0)


def test_one_shortage_refuses_everything_and_every_shortage_is_named() -> None:
    plenty, low, gone, many = stocked(10), stocked(2), stocked(0), stocked(57)

    with pytest.raises(InsufficientStock) as refusal:
        inventory.hold({plenty: 1, low: 3, gone: 1, many: 60}, until=SOON)

    assert refusal.value.problem.code == "insufficient_stock"
    assert refusal.value.problem.params == {
        "shortages": [
            {"variant_id": public("var", low), "requested": 3, "available": 2},
            {"variant_id": public("var", gone), "requested": 1, "available": 0},
            {"variant_id": public("var", many), "requested": 60, "max_quantity": 55},
        ]
    }
    assert [counters(each) for each in (plenty, low, gone, many)] == [(10, 0, 0), (2, 0, 0), (0, 0, 0), (57, 0, 0)]
    assert not Hold.objects.exists()


def test_a_variant_that_comes_in_two_lines_is_wanted_twice() -> None:
    mug = stocked(5)

    with pytest.raises(InsufficientStock) as refusal:
        inventory.hold([(mug, 3), (mug, 3)], until=SOON)

    assert refusal.value.shortages[0].requested == 6
    assert counters(mug) == (5, 0, 0)


def test_two_lines_of_one_variant_are_one_line_of_the_hold() -> None:
    mug = stocked(6)

    inventory.hold([(mug, 3), (mug, 3)], until=SOON)

    assert counters(mug) == (6, 6, 0)
    assert list(HoldLine.objects.values_list("quantity", flat=True)) == [6]


@pytest.mark.parametrize("quantity", [0, -1, 1_000_000_001, True, 1.0])
def test_a_quantity_below_one_or_beyond_counting_is_refused(quantity: int) -> None:
    mug = stocked(5)

    with pytest.raises(InvalidStockQuantity):
        inventory.hold({mug: quantity}, until=SOON)

    assert counters(mug) == (5, 0, 0)
    assert not Hold.objects.exists()


def test_the_highest_quantity_is_a_shortage_like_any_other() -> None:
    mug = stocked(5)

    with pytest.raises(InsufficientStock):
        inventory.hold({mug: 1_000_000_000}, until=SOON)

    assert counters(mug) == (5, 0, 0)


def test_a_variant_that_is_not_tracked_needs_no_hold() -> None:
    voucher = variant(track_inventory=False)

    assert inventory.hold({voucher.pk: 500}, until=SOON) is None
    assert inventory.hold({}, until=SOON) is None
    assert not Hold.objects.exists()


def test_only_what_is_tracked_is_held() -> None:
    voucher, mug = variant(track_inventory=False), stocked(5)

    hold = inventory.hold({voucher.pk: 500, mug: 2}, until=SOON)

    assert hold is not None
    assert inventory.demand_of(hold) == {mug: 2}


@pytest.mark.parametrize("missing", [uuid7(), UUID(int=0)])
def test_a_variant_that_is_not_there_is_a_shortage(missing: UUID) -> None:
    mug = stocked(5)

    with pytest.raises(InsufficientStock) as refusal:
        inventory.hold({mug: 1, missing: 1}, until=SOON)

    assert [each.variant_id for each in refusal.value.shortages] == [missing]
    assert counters(mug) == (5, 0, 0)


def test_backorders_are_taken_while_there_is_room() -> None:
    mug = stocked(2, backorders=3)

    inventory.hold({mug: 5}, until=SOON)
    with pytest.raises(InsufficientStock):
        inventory.hold({mug: 1}, until=SOON)

    assert counters(mug) == (2, 5, 0)


def test_room_counts_only_for_a_variant_that_may_be_backordered() -> None:
    mug = stocked(2)
    inventory.set_backorder_room(mug, room=3)

    with pytest.raises(InsufficientStock):
        inventory.hold({mug: 3}, until=SOON)

    assert counters(mug) == (2, 0, 0)


def test_an_expired_hold_gives_way_without_anybody_sweeping() -> None:
    mug, cup = stocked(5), stocked(5)
    over = held({mug: 4, cup: 2}, minutes=-1)

    inventory.hold({mug: 5}, until=SOON)

    over.refresh_from_db()
    assert over.status == "released"
    assert (counters(mug), counters(cup)) == ((5, 5, 0), (5, 0, 0))


def test_an_expired_hold_stays_as_long_as_there_is_enough_without_it() -> None:
    mug = stocked(5)
    over = held({mug: 4}, minutes=-1)

    inventory.hold({mug: 1}, until=SOON)

    over.refresh_from_db()
    assert over.status == "held"
    assert counters(mug) == (5, 5, 0)


def test_a_hold_ends_at_its_very_moment() -> None:
    mug = stocked(1)
    held({mug: 1}, minutes=0)

    inventory.hold({mug: 1}, until=SOON)

    assert counters(mug) == (1, 1, 0)


def test_what_expired_does_not_help_is_named_by_what_would_be_left() -> None:
    mug = stocked(5)
    over = held({mug: 3}, minutes=-1)
    held({mug: 1})

    with pytest.raises(InsufficientStock) as refusal:
        inventory.hold({mug: 5}, until=SOON)

    assert refusal.value.shortages[0].availability.available == 4
    over.refresh_from_db()
    assert over.status == "held"


def test_one_place_that_has_it_all_is_preferred_to_two() -> None:
    near, far = location("near", priority=1), location("far", priority=2)
    mug = stocked(2, at=near)
    put(mug, 5, at=far)

    inventory.hold({mug: 4}, until=SOON)

    assert (counters(mug, near), counters(mug, far)) == ((2, 0, 0), (5, 4, 0))


def test_what_no_place_has_alone_comes_from_several() -> None:
    near, far = location("near", priority=1), location("far", priority=2)
    mug = stocked(2, at=near)
    put(mug, 5, at=far)

    hold = inventory.hold({mug: 6}, until=SOON)

    assert (counters(mug, near), counters(mug, far)) == ((2, 2, 0), (5, 4, 0))
    assert hold is not None
    assert inventory.demand_of(hold) == {mug: 6}


def test_what_lies_somewhere_goes_before_backorders() -> None:
    near, far = location("near", priority=1), location("far", priority=2)
    mug = stocked(1, at=near, backorders=10)
    put(mug, 2, at=far)

    inventory.hold({mug: 4}, until=SOON)

    assert (counters(mug, near), counters(mug, far)) == ((1, 2, 0), (2, 2, 0))


def test_nothing_is_taken_from_a_place_that_is_closed() -> None:
    closed = location("closed", is_active=False)
    mug = stocked(5, at=closed)

    with pytest.raises(InsufficientStock):
        inventory.hold({mug: 1}, until=SOON)

    assert counters(mug, closed) == (5, 0, 0)


def test_committing_allocates_and_books_it() -> None:
    mug = stocked(5)
    hold = held({mug: 3})

    inventory.commit(hold)

    assert hold.status == "committed"
    assert counters(mug) == (5, 0, 3)
    [movement] = StockMovement.objects.filter(hold=hold)
    assert (movement.kind, movement.delta_allocated, movement.delta_on_hand) == ("allocated", 3, 0)


def test_committing_is_possible_past_the_time_while_nobody_took_it() -> None:
    mug = stocked(5)
    hold = held({mug: 3}, minutes=-60)

    inventory.commit(hold)

    assert counters(mug) == (5, 0, 3)


def test_committing_twice_allocates_once() -> None:
    mug = stocked(5)
    hold = held({mug: 3})

    inventory.commit(hold)
    inventory.commit(hold)

    assert counters(mug) == (5, 0, 3)
    assert StockMovement.objects.filter(hold=hold).count() == 1


def test_what_was_released_meanwhile_can_not_be_committed() -> None:
    mug = stocked(5)
    hold = held({mug: 3})
    inventory.release(Hold.objects.get(pk=hold.pk))

    with pytest.raises(WrongState) as refusal:
        inventory.commit(hold)

    assert refusal.value.problem.params == {"now": "released", "wanted": "committed"}
    assert counters(mug) == (5, 0, 0)
    assert not StockMovement.objects.filter(hold=hold).exists()


def test_releasing_twice_gives_back_once() -> None:
    mug = stocked(5)
    hold = held({mug: 3})
    held({mug: 2})

    assert inventory.release(hold) is True
    assert inventory.release(hold) is False
    assert counters(mug) == (5, 2, 0)


def test_releasing_what_was_committed_gives_it_back_and_books_it() -> None:
    mug = stocked(5)
    hold = held({mug: 3})
    inventory.commit(hold)

    assert inventory.release(hold) is True
    assert inventory.release(hold) is False
    assert counters(mug) == (5, 0, 0)
    assert list(StockMovement.objects.filter(hold=hold).order_by("id").values_list("kind", "delta_allocated")) == [
        ("allocated", 3),
        ("released", -3),
    ]


def test_releasing_works_also_when_the_room_for_backorders_was_closed_meanwhile() -> None:
    mug = stocked(2, backorders=3)
    hold = held({mug: 4})
    inventory.adjust(mug, set_to=4)
    inventory.set_backorder_room(mug, room=0)

    assert inventory.release(hold) is True
    assert counters(mug) == (4, 0, 0)


def test_the_worker_releases_what_is_over_and_nothing_else() -> None:
    mug = stocked(10)
    over, live, committed = held({mug: 1}, minutes=-1), held({mug: 2}), held({mug: 3}, minutes=-1)
    inventory.commit(committed)

    PERIODICS["inventory.jobs.release_expired_holds"].function()

    for each in (over, live, committed):
        each.refresh_from_db()
    assert [each.status for each in (over, live, committed)] == ["released", "held", "committed"]
    assert counters(mug) == (10, 2, 3)


def test_sweeping_goes_on_until_nothing_is_over() -> None:
    mug = stocked(500)
    Hold.objects.bulk_create([Hold(expires_at=now() - timedelta(minutes=1)) for _ in range(401)])
    held({mug: 1}, minutes=-1)

    assert inventory.release_expired() == 402
    assert inventory.release_expired() == 0
    assert counters(mug) == (500, 0, 0)


@pytest.mark.parametrize("lines", [1, 20])
def test_statements_do_not_grow_with_the_lines(lines: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    wanted = {stocked(6): 2 for _ in range(lines)}
    held(dict.fromkeys(wanted, 4), minutes=-1)
    again = dict.fromkeys(wanted, 1)
    found = Hold(pk=held(again).pk)

    with django_assert_num_queries(6):  # two of them the savepoint that only a test needs
        easy = held(again)
    with django_assert_num_queries(15):
        forced = held(wanted)
    with django_assert_num_queries(3):
        inventory.commit(easy)
    with django_assert_num_queries(4):
        inventory.commit(found)
    with django_assert_num_queries(7):
        inventory.release(easy)
    with django_assert_num_queries(6):
        inventory.release(forced)
