"""Provisional holds: what nobody has vouched for yet has at most a share of a level's stock."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from shop.inventory import operations as inventory
from shop.inventory.errors import InsufficientStock
from shop.inventory.models import Hold, StockLevel
from shop.platform.clock import now
from shop.platform.records import WrongState
from tests.inventory.factories import counters, held, stocked

pytestmark = pytest.mark.django_db


def loose(wanted: Mapping[UUID, int], *, minutes: int = 15) -> Hold:
    """A hold that nobody has vouched for."""
    made = inventory.hold(wanted, until=now() + timedelta(minutes=minutes), is_provisional=True)
    assert made is not None
    return made


def provisional(variant_id: UUID) -> int:
    return StockLevel.objects.get(variant_id=variant_id).provisional


def test_half_of_what_is_not_claimed_otherwise_can_be_held_and_one_piece_always() -> None:
    mug, cup = stocked(10), stocked(1)
    held({mug: 4})

    loose({mug: 3, cup: 1})

    with pytest.raises(InsufficientStock) as refused:
        loose({mug: 1})
    assert refused.value.shortages[0].facts()["available"] == 0
    assert (counters(mug), provisional(mug)) == ((10, 7, 0), 3)
    assert (counters(cup), provisional(cup)) == ((1, 1, 0), 1)


def test_what_others_need_is_not_kept_from_them_by_the_share() -> None:
    mug = stocked(10)
    loose({mug: 5})

    held({mug: 5})

    assert (counters(mug), provisional(mug)) == ((10, 10, 0), 5)


def test_an_expired_provisional_hold_gives_way_to_the_next_one() -> None:
    mug = stocked(10)
    over = loose({mug: 5}, minutes=-1)

    loose({mug: 5})

    over.refresh_from_db()
    assert (over.status, counters(mug), provisional(mug)) == ("released", (10, 5, 0), 5)
    assert inventory.verify() == []


def test_room_for_backorders_counts_as_stock_to_share() -> None:
    mug = stocked(0, backorders=10)

    loose({mug: 5})

    assert (counters(mug), provisional(mug)) == ((0, 5, 0), 5)


def test_a_hold_becomes_provisional_and_firm_again() -> None:
    mug = stocked(10)
    hold = held({mug: 5})

    first = inventory.make_provisional(hold)
    repeated = inventory.make_provisional(hold)
    bound = provisional(mug)
    firm = inventory.make_firm(hold)

    assert (first, repeated, bound, firm) == (True, True, 5, True)
    assert (provisional(mug), inventory.make_firm(hold), inventory.verify()) == (0, False, [])


def test_a_hold_beyond_the_share_stays_as_it_is() -> None:
    mug = stocked(10)
    loose({mug: 3})
    hold = held({mug: 3})

    done = inventory.make_provisional(hold)

    hold.refresh_from_db()
    assert (done, hold.is_provisional, provisional(mug), inventory.verify()) == (False, False, 3, [])


def test_a_released_hold_can_not_become_provisional() -> None:
    mug = stocked(10)
    hold = held({mug: 1})
    inventory.release(hold)

    with pytest.raises(WrongState):
        inventory.make_provisional(hold)
    assert provisional(mug) == 0


@pytest.mark.parametrize(("keeps", "bound"), [(True, 2), (False, 0)])
def test_committing_keeps_it_provisional_only_where_it_is_told_to(keeps: bool, bound: int) -> None:
    mug = stocked(10)
    hold = loose({mug: 2})

    inventory.commit(Hold.objects.get(pk=hold.pk), keeps_provisional=keeps)

    assert (counters(mug), provisional(mug)) == ((10, 0, 2), bound)
    assert inventory.verify() == []


def test_releasing_what_is_held_gives_the_share_back() -> None:
    mug = stocked(10)

    inventory.release(loose({mug: 2}))

    assert (counters(mug), provisional(mug), inventory.verify()) == ((10, 0, 0), 0, [])


def test_releasing_what_is_allocated_gives_the_share_back() -> None:
    mug = stocked(10)
    hold = loose({mug: 2})
    inventory.commit(hold, keeps_provisional=True)

    inventory.release(hold)

    assert (counters(mug), provisional(mug), inventory.verify()) == ((10, 0, 0), 0, [])


def test_a_wrong_count_is_found_and_put_right() -> None:
    mug = stocked(10)
    loose({mug: 2})
    StockLevel.objects.filter(variant_id=mug).update(provisional=1)

    [difference] = inventory.verify()
    inventory.recount()

    assert (difference.counter, difference.stored, difference.booked) == ("provisional", 1, 2)
    assert provisional(mug) == 2
