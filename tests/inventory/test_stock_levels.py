import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from shop.accounts.models import User
from shop.inventory import operations as inventory
from shop.inventory.errors import InvalidStockQuantity, StockReserved
from shop.inventory.models import Location, StockLevel, StockMovement
from shop.kernel.errors import NotFound
from shop.kernel.ids import uuid7
from shop.platform.actors import Actor
from tests.inventory.factories import counters, held, location, stocked, variant

pytestmark = pytest.mark.django_db


def test_there_is_a_main_location_from_the_first_migration() -> None:
    assert Location.objects.get(code="main").is_active


def test_receiving_adds_and_books_who_and_why() -> None:
    mug, keeper = variant().pk, User.objects.create_user("keeper@example.com")
    inventory.receive(mug, delta=3)

    level = inventory.receive(mug, delta=4, reason="Delivery 17", actor=Actor(user_id=keeper.pk))

    assert (level.on_hand, level.version) == (7, 3)
    movement = StockMovement.objects.filter(level=level).latest("id")
    assert (movement.kind, movement.delta_on_hand) == ("received", 4)
    assert (movement.reason, movement.actor) == ("Delivery 17", keeper)


def test_adjusting_by_and_to() -> None:
    mug = stocked(5)

    inventory.adjust(mug, delta=-2)
    level = inventory.adjust(mug, set_to=10)

    assert level.on_hand == 10
    deltas = StockMovement.objects.filter(level=level).order_by("id").values_list("kind", "delta_on_hand")
    assert list(deltas) == [("adjusted", 5), ("adjusted", -2), ("adjusted", 7)]


def test_what_stays_the_same_is_not_booked() -> None:
    mug = stocked(5)

    inventory.adjust(mug, set_to=5)
    inventory.adjust(mug, delta=0)

    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize("change", [{"set_to": 4}, {"delta": -6}, {"set_to": 0}])
def test_what_is_held_or_allocated_must_lie_there(change: dict[str, int]) -> None:
    mug = stocked(10)
    held({mug: 3})
    inventory.commit(held({mug: 2}))

    with pytest.raises(StockReserved):
        inventory.adjust(mug, **change)  # type: ignore[arg-type]  # each is a number

    assert counters(mug) == (10, 3, 2)
    assert StockMovement.objects.filter(kind="adjusted").count() == 1


def test_exactly_what_is_reserved_may_be_left() -> None:
    mug = stocked(10)
    held({mug: 3})
    inventory.commit(held({mug: 2}))

    inventory.adjust(mug, set_to=5)

    assert counters(mug) == (5, 3, 2)


def test_expired_holds_are_not_in_the_way_of_an_adjustment() -> None:
    mug = stocked(10)
    over = held({mug: 10}, minutes=-1)

    inventory.adjust(mug, set_to=1)

    over.refresh_from_db()
    assert over.status == "released"
    assert counters(mug) == (1, 0, 0)


def test_a_count_is_all_or_nothing() -> None:
    mug, cup = stocked(10), stocked(10)
    held({cup: 5})

    with pytest.raises(StockReserved):
        inventory.take_stock({mug: 7, cup: 4})

    assert (counters(mug), counters(cup)) == ((10, 0, 0), (10, 5, 0))


@pytest.mark.parametrize("variants", [1, 20])
def test_a_count_of_many_costs_what_a_count_of_one_costs(
    variants: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counted, shelf = {variant().pk: 7 for _ in range(variants)}, location("shelf")

    with django_assert_num_queries(9):
        inventory.take_stock(counted, location=shelf)

    assert list(StockLevel.objects.values_list("on_hand", flat=True)) == [7] * variants


def test_what_is_set_apart_is_booked_and_can_come_back() -> None:
    mug = stocked(10)
    held({mug: 6})

    inventory.set_apart(mug, delta=4, reason="Broken")
    with pytest.raises(StockReserved):
        inventory.set_apart(mug, delta=1)
    level = inventory.set_apart(mug, delta=-3, reason="Glued")

    assert (level.on_hand, level.held, level.unavailable) == (10, 6, 1)
    assert inventory.verify() == []


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("receive", {"delta": 0}),
        ("receive", {"delta": -1}),
        ("receive", {"delta": 1_000_000_000}),
        ("receive", {"delta": 1_000_000_001}),
        ("adjust", {"set_to": -1}),
        ("adjust", {"set_to": 1_000_000_001}),
        ("adjust", {"delta": -6}),
        ("adjust", {"delta": 1_000_000_000}),
        ("set_apart", {"delta": -1}),
        ("set_backorder_room", {"room": -1}),
        ("set_backorder_room", {"room": 1_000_000_001}),
    ],
)
def test_numbers_beyond_the_limits_are_refused(operation: str, change: dict[str, int]) -> None:
    mug = stocked(5)

    with pytest.raises(InvalidStockQuantity):
        getattr(inventory, operation)(mug, **change)

    assert counters(mug) == (5, 0, 0)
    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize("change", [{}, {"delta": 1, "set_to": 1}])
def test_an_adjustment_is_either_by_or_to(change: dict[str, int]) -> None:
    mug = stocked(5)

    with pytest.raises(TypeError):
        inventory.adjust(mug, **change)  # type: ignore[arg-type]  # each is a number

    assert counters(mug) == (5, 0, 0)


def test_a_variant_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        inventory.receive(uuid7(), delta=1)

    assert not StockLevel.objects.exists()


def test_room_that_backorders_have_taken_can_not_be_closed() -> None:
    mug = stocked(2, backorders=5)
    held({mug: 4})

    with pytest.raises(StockReserved):
        inventory.set_backorder_room(mug, room=1)
    level = inventory.set_backorder_room(mug, room=2)

    assert level.backorder_room == 2


def test_expired_backorders_do_not_keep_the_room_open() -> None:
    mug = stocked(2, backorders=5)
    held({mug: 7}, minutes=-1)

    level = inventory.set_backorder_room(mug, room=0)

    assert (level.backorder_room, level.held) == (0, 0)


def test_the_database_itself_refuses_to_oversell() -> None:
    mug = stocked(5)
    level = StockLevel.objects.filter(variant_id=mug)

    with pytest.raises(IntegrityError, match="stock_level_never_oversold"), transaction.atomic():
        level.update(held=6)

    assert counters(mug) == (5, 0, 0)


def test_a_movement_moves_something() -> None:
    mug = stocked(5)
    level = StockLevel.objects.get(variant_id=mug)

    with pytest.raises(IntegrityError, match="stock_movement_moves_something"), transaction.atomic():
        StockMovement.objects.create(level=level, kind="adjusted")

    assert StockMovement.objects.count() == 1
