"""Nothing is sold twice, and nothing that is there goes unsold."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest
from django.db import transaction

from shop.inventory import operations as inventory
from shop.inventory import queries
from shop.inventory.errors import InsufficientStock, StockReserved
from shop.inventory.models import Hold, HoldLine, StockLevel, StockMovement
from shop.platform.records import WrongState
from tests.inventory.factories import counters, held, location, put, stocked
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SOON = datetime(2100, 1, 1, tzinfo=UTC)


def buy(wanted: dict[UUID, int]) -> Hold | None:
    """Holds and commits, as a checkout does, in two transactions."""
    made = inventory.hold(wanted, until=SOON)
    assert made is not None
    inventory.commit(made)
    return made


def hold(wanted: dict[UUID, int]) -> Hold | None:
    return inventory.hold(wanted, until=SOON)


def refused(outcomes: Sequence[object]) -> int:
    return sum(isinstance(each, InsufficientStock) for each in outcomes)


def succeeded(outcomes: Sequence[object]) -> int:
    return sum(isinstance(each, Hold) for each in outcomes)


def test_of_fifty_buyers_exactly_as_many_as_there_are_pieces_succeed() -> None:
    mug = stocked(10)

    outcomes = together(*[partial(buy, {mug: 1})] * 50)

    assert (succeeded(outcomes), refused(outcomes)) == (10, 40)
    assert counters(mug) == (10, 0, 10)
    assert inventory.verify() == []


def test_with_less_demand_than_stock_everybody_succeeds() -> None:
    mug = stocked(25)

    outcomes = together(*[partial(buy, {mug: 1})] * 20)

    assert succeeded(outcomes) == 20
    assert counters(mug) == (25, 0, 20)


def test_baskets_of_several_pieces_are_never_held_in_part() -> None:
    mug = stocked(10)

    outcomes = together(*[partial(hold, {mug: 3})] * 20)

    assert (succeeded(outcomes), refused(outcomes)) == (3, 17)
    assert counters(mug) == (10, 9, 0)


def test_two_variants_in_opposite_order_do_not_deadlock() -> None:
    mug, cup = stocked(100), stocked(100)
    forth, back = partial(buy, {mug: 1, cup: 1}), partial(buy, {cup: 1, mug: 1})

    outcomes = together(*[forth, back] * 15)

    assert succeeded(outcomes) == 30
    assert (counters(mug), counters(cup)) == ((100, 0, 30), (100, 0, 30))


def test_many_variants_in_any_order_run_out_without_a_deadlock() -> None:
    variants = [stocked(5) for _ in range(6)]
    orders = [variants[turn:] + variants[:turn] for turn in range(6)]

    outcomes = together(*[partial(buy, dict.fromkeys(order, 1)) for order in orders * 4])

    assert (succeeded(outcomes), refused(outcomes)) == (5, 19)
    assert [counters(each) for each in variants] == [(5, 0, 5)] * 6
    assert inventory.verify() == []


def test_a_variant_that_two_lines_share_is_counted_together_by_every_request() -> None:
    mug = stocked(10)
    two_lines = partial(inventory.hold, [(mug, 2), (mug, 1)], until=SOON)

    outcomes = together(*[two_lines] * 10)

    assert (succeeded(outcomes), refused(outcomes)) == (3, 7)
    assert counters(mug) == (10, 9, 0)


def test_an_expired_hold_that_twenty_need_is_released_once_and_all_of_it_is_sold() -> None:
    mug, cup = stocked(10), stocked(10)
    over = held({mug: 10, cup: 4}, minutes=-1)

    outcomes = together(*[partial(hold, {mug: 1})] * 20)

    over.refresh_from_db()
    assert (over.status, over.version) == ("released", 2)
    assert (succeeded(outcomes), refused(outcomes)) == (10, 10)
    assert (counters(mug), counters(cup)) == ((10, 10, 0), (10, 0, 0))


def test_crossing_expired_holds_give_way_without_a_deadlock() -> None:
    a, b, c, d = (stocked(8) for _ in range(4))
    over = [held(wanted, minutes=-1) for wanted in ({a: 4, d: 4}, {b: 4, c: 4}, {c: 4, a: 4}, {d: 4, b: 4})]

    outcomes = together(*[partial(hold, wanted) for wanted in ({a: 1, c: 1}, {d: 1, b: 1}, {c: 1, d: 1}) * 8])

    assert refused(outcomes) + succeeded(outcomes) == 24
    assert (counters(c), counters(d)) == ((8, 8, 0), (8, 8, 0))
    assert set(Hold.objects.filter(pk__in=[each.pk for each in over]).values_list("version", flat=True)) == {2}
    assert inventory.verify() == []


@pytest.mark.parametrize("rounds", range(5))
def test_of_committing_and_giving_way_exactly_one_wins(rounds: int) -> None:
    mug = stocked(3)
    over = held({mug: 3}, minutes=-1)

    committed, *others = together(partial(inventory.commit, over), *[partial(hold, {mug: 3})] * 4)

    outcome = committed is None, isinstance(committed, WrongState), succeeded(others), refused(others), counters(mug)
    assert outcome in {(True, False, 0, 4, (3, 0, 3)), (False, True, 1, 3, (3, 3, 0))}
    assert inventory.verify() == []


def test_whoever_comes_too_late_waits_for_an_expired_hold_with_nothing_in_his_hand() -> None:
    mug = stocked(2)
    over = held({mug: 1}, minutes=-1)

    @transaction.atomic
    def take_the_free_one() -> object:
        made = hold({mug: 1})
        time.sleep(0.15)
        return made

    @transaction.atomic
    def commit_slowly() -> object:
        Hold.objects.select_for_update(no_key=True).get(pk=over.pk)
        time.sleep(0.2)
        inventory.commit(over)
        return None

    def come_late() -> object:
        time.sleep(0.08)
        with transaction.atomic():
            return hold({mug: 1})

    first, committed, late = together(take_the_free_one, commit_slowly, come_late)

    outcome = (committed is None, isinstance(committed, WrongState), refused([first, late]), counters(mug))
    assert outcome in {(True, False, 1, (2, 1, 1)), (False, True, 0, (2, 2, 0))}
    assert inventory.verify() == []


def test_of_many_that_commit_at_once_one_does() -> None:
    mug = stocked(5)
    made = held({mug: 3})

    outcomes = together(*[partial(inventory.commit, made)] * 10)

    assert outcomes == [None] * 10
    assert counters(mug) == (5, 0, 3)
    assert StockMovement.objects.filter(hold=made).count() == 1


@pytest.mark.parametrize("is_committed", [False, True])
def test_of_many_that_release_at_once_one_gives_back(is_committed: bool) -> None:
    mug = stocked(5)
    made = held({mug: 3})
    held({mug: 2})
    settle: Callable[[Hold], object] = inventory.commit if is_committed else Hold.refresh_from_db
    settle(made)

    outcomes = together(*[partial(inventory.release, made)] * 10)

    assert sorted(map(str, outcomes)) == ["False"] * 9 + ["True"]
    assert counters(mug) == (5, 2, 0)
    assert inventory.verify() == []


@pytest.mark.parametrize("rounds", range(5))
def test_committing_and_releasing_at_once_leaves_nothing_in_between(rounds: int) -> None:
    mug = stocked(5)
    made = held({mug: 3})

    committed, released = together(partial(inventory.commit, made), partial(inventory.release, made))

    assert released is True
    assert committed is None or isinstance(committed, WrongState)
    assert counters(mug) == (5, 0, 0)
    assert inventory.verify() == []


def test_sweeping_buying_and_committing_at_once_keep_the_books() -> None:
    mug, cup = stocked(20), stocked(20)
    over = [held({mug: 1, cup: 1}, minutes=-1) for _ in range(20)]

    together(
        *[partial(inventory.commit, each) for each in over[:8]],
        *[inventory.release_expired] * 4,
        *[partial(hold, {cup: 2, mug: 1})] * 12,
    )

    inventory.release_expired()
    taken = HoldLine.objects.exclude(hold__status="released").filter(level__variant_id=mug).count()
    assert counters(mug)[1] + counters(mug)[2] == taken <= 20
    assert inventory.verify() == []


def test_pieces_at_two_places_are_all_sold() -> None:
    near, far = location("near", priority=1), location("far", priority=2)
    mug = stocked(7, at=near)
    put(mug, 5, at=far)

    outcomes = together(*[partial(buy, {mug: 2})] * 20)

    assert (succeeded(outcomes), refused(outcomes)) == (6, 14)
    assert (counters(mug, near), counters(mug, far)) == ((7, 0, 7), (5, 0, 5))


def test_backorders_stop_at_their_room() -> None:
    mug = stocked(2, backorders=3)

    outcomes = together(*[partial(buy, {mug: 1})] * 20)

    assert (succeeded(outcomes), refused(outcomes)) == (5, 15)
    assert counters(mug) == (2, 0, 5)


def test_what_another_request_releases_before_its_commit_is_sold() -> None:
    mug = stocked(10)

    def change_of_mind() -> None:
        with transaction.atomic():
            inventory.hold({mug: 1}, until=SOON)
            transaction.set_rollback(True)

    outcomes = together(*[change_of_mind] * 10, *[partial(buy, {mug: 1})] * 10)

    assert succeeded(outcomes[10:]) == 10
    assert counters(mug) == (10, 0, 10)


def test_counting_and_selling_at_once_never_leaves_less_than_was_promised() -> None:
    mug = stocked(10)

    outcomes = together(*[partial(inventory.adjust, mug, set_to=5)] * 5, *[partial(buy, {mug: 1})] * 20)

    on_hand, _, allocated = counters(mug)
    refusals = [each for each in outcomes[:5] if isinstance(each, Exception)]
    assert {type(each) for each in refusals} <= {StockReserved}
    assert (on_hand, allocated) in {(5, 5), (10, 10)}
    assert inventory.verify() == []


def test_receiving_at_once_makes_one_level_and_counts_everything() -> None:
    mug = stocked(0)
    elsewhere = location("elsewhere")

    together(*[partial(inventory.receive, mug, delta=2, location=elsewhere)] * 20)

    assert counters(mug, elsewhere) == (40, 0, 0)
    assert StockLevel.objects.filter(variant_id=mug).count() == 2
    assert inventory.verify() == []


def test_recounting_while_others_buy_changes_nothing_that_is_right() -> None:
    mug, cup = stocked(30), stocked(30)
    StockLevel.objects.filter(variant_id=cup).update(on_hand=29)

    outcomes = together(*[partial(buy, {mug: 1, cup: 1})] * 20, *[inventory.recount] * 3)

    assert succeeded(outcomes[:20]) == 20
    assert (counters(mug), counters(cup)) == ((30, 0, 20), (30, 0, 20))
    assert inventory.verify() == []


def test_nobody_reads_stock_that_is_not_there_while_holds_give_way() -> None:
    mug = stocked(10)
    held({mug: 10}, minutes=-1)

    def look() -> int:
        return queries.availability([mug])[mug].max_quantity

    outcomes: list[object] = [*together(*[partial(hold, {mug: 5})] * 2, *[look] * 10)]

    assert succeeded(outcomes[:2]) == 2
    assert set(outcomes[2:]) <= {0, 5, 10}
