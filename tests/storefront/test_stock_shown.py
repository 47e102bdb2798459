"""The availability that shoppers see: a number only when few are left, never the exact stock."""

from datetime import timedelta
from typing import Any

import pytest

from shop.catalog.drafts import VariantDraft
from shop.catalog.models import Variant
from shop.inventory import operations as inventory
from shop.inventory.models import Location
from shop.platform.clock import now
from shop.stores.models import Market
from tests.checkout.storefront_client import shopper
from tests.storefront.window import get, put

SOON, JUST_NOW = timedelta(minutes=15), timedelta(0)


@pytest.fixture
def warehouse(market: Market) -> Location:
    """A second stock location."""
    return Location.objects.create(code="warehouse", name="Warehouse", priority=1)


def mug(stock: int | None = 10, **fields: Any) -> Variant:
    [variant] = put("mug", stock=stock, **fields).variants
    return variant


def backorderable(stock: int, *, room: int) -> Variant:
    variant = mug(stock, variants=(VariantDraft(may_backorder=True),))
    inventory.set_backorder_room(variant.pk, room=room)
    return variant


def shown() -> tuple[str, int | None, int]:
    """Return the status, the shown number and the maximum of an order, which card and page have in common."""
    [card], page = get("/products").data, get("/products/mug").data
    assert card["availability"] == page["availability"] == page["variants"][0]["availability"]
    availability = card["availability"]
    assert availability["backorder_until"] is None
    return availability["status"], availability["available"], availability["max_quantity"]


@pytest.mark.parametrize(
    ("stock", "expected"),
    [
        (0, ("out_of_stock", None, 0)),
        (1, ("low_stock", 1, 1)),
        (5, ("low_stock", 5, 5)),
        (6, ("in_stock", None, 5)),
        (9, ("in_stock", None, 5)),
        (10, ("in_stock", None, 10)),
        (99, ("in_stock", None, 95)),
        (149, ("in_stock", None, 100)),
        (998, ("in_stock", None, 950)),
        (123456, ("in_stock", None, 999)),
        (None, ("in_stock", None, 999)),
    ],
)
def test_stock_is_told_in_steps_and_exactly_only_when_few_are_left(
    market: Market, stock: int | None, expected: tuple[str, int | None, int]
) -> None:
    mug(stock)

    assert shown() == expected


def test_what_was_never_counted_is_out_of_stock(market: Market) -> None:
    mug(None, variants=(VariantDraft(),))

    assert shown() == ("out_of_stock", None, 0)


def test_what_is_not_tracked_does_not_care_for_stock(market: Market) -> None:
    variant = mug(3)
    Variant.objects.filter(pk=variant.pk).update(track_inventory=False)

    assert shown() == ("in_stock", None, 999)


def test_what_is_set_apart_or_sold_is_not_there(market: Market) -> None:
    variant = mug(10)
    inventory.set_apart(variant.pk, delta=4)
    sold = inventory.hold({variant.pk: 3}, until=now() + SOON)
    assert sold

    inventory.commit(sold)

    assert shown() == ("low_stock", 3, 3)


def test_what_somebody_pays_for_is_not_there_until_the_time_is_over(market: Market) -> None:
    variant = mug(10)

    inventory.hold({variant.pk: 7}, until=now() + SOON)
    live = shown()
    inventory.hold({variant.pk: 1}, until=now() + JUST_NOW)

    assert (live, shown()) == (("low_stock", 3, 3), ("low_stock", 3, 3))


def test_a_hold_that_ran_out_counts_as_nothing(market: Market) -> None:
    variant = mug(5)

    inventory.hold({variant.pk: 4}, until=now() + JUST_NOW)

    assert shown() == ("low_stock", 5, 5)


def test_a_hold_that_ran_out_is_given_back_once(market: Market) -> None:
    variant = mug(5)
    inventory.hold({variant.pk: 4}, until=now() + JUST_NOW)

    released = inventory.release_expired()

    assert (released, shown()) == (1, ("low_stock", 5, 5))


def test_what_was_paid_for_in_time_is_gone_although_the_time_is_over(market: Market) -> None:
    variant = mug(5)
    paid = inventory.hold({variant.pk: 4}, until=now() + JUST_NOW)
    assert paid

    inventory.commit(paid)

    assert shown() == ("low_stock", 1, 1)


def test_a_hold_of_another_variant_changes_nothing_here(market: Market) -> None:
    mug(3)
    [cup] = put("cup", stock=5, category=None, published_at=now() + SOON).variants

    inventory.hold({cup.pk: 4}, until=now() + JUST_NOW)

    assert shown() == ("low_stock", 3, 3)


def test_all_locations_count_together(warehouse: Location) -> None:
    variant = mug(2)

    inventory.take_stock({variant.pk: 3}, location=warehouse)

    assert shown() == ("low_stock", 5, 5)


def test_a_location_that_is_closed_does_not_count_nor_do_its_holds(warehouse: Location) -> None:
    variant = mug(2)
    inventory.take_stock({variant.pk: 30}, location=warehouse)
    inventory.hold({variant.pk: 20}, until=now() + JUST_NOW)

    Location.objects.filter(pk=warehouse.pk).update(is_active=False)

    assert shown() == ("low_stock", 2, 2)


def test_holds_that_ran_out_at_several_locations_count_as_nothing(warehouse: Location) -> None:
    variant = mug(2)
    inventory.take_stock({variant.pk: 3}, location=warehouse)

    inventory.hold({variant.pk: 4}, until=now() + JUST_NOW)

    assert shown() == ("low_stock", 5, 5)


def test_what_can_be_ordered_before_it_has_come(market: Market) -> None:
    backorderable(0, room=12)

    assert shown() == ("backorder", None, 10)


def test_what_is_left_is_named_beside_the_room_for_backorders(market: Market) -> None:
    backorderable(2, room=12)

    assert shown() == ("low_stock", 2, 10)


def test_backorders_end_with_their_room(market: Market) -> None:
    variant = backorderable(2, room=3)
    sold = inventory.hold({variant.pk: 5}, until=now() + SOON)
    assert sold

    inventory.commit(sold)

    assert shown() == ("out_of_stock", None, 0)


def test_room_means_nothing_for_what_can_not_be_backordered(market: Market) -> None:
    variant = backorderable(0, room=12)
    Variant.objects.filter(pk=variant.pk).update(may_backorder=False)

    assert shown() == ("out_of_stock", None, 0)
    assert shopper().add(variant).refusal == (409, "insufficient_stock", None)


def test_what_one_location_owes_is_not_taken_from_another(warehouse: Location) -> None:
    variant = backorderable(0, room=4)
    sold = inventory.hold({variant.pk: 3}, until=now() + SOON)
    assert sold
    inventory.commit(sold)

    inventory.take_stock({variant.pk: 2}, location=warehouse)

    assert shown() == ("low_stock", 2, 2)
    assert shopper().add(variant, 2).status == 200
    assert shopper().add(variant, 3).refusal == (409, "insufficient_stock", None)


def test_a_card_shows_the_best_of_its_variants(market: Market) -> None:
    put("shirt", 1000, 2000, 3000, stock=(0, 3, 20), days=1)
    put("socks", 1000, 2000, 3000, stock=(0, 3, 2), days=2)
    put("scarf", 1000, 2000, stock=(0, 0), days=3)

    assert [
        (card["availability"]["status"], card["availability"]["available"], card["availability"]["max_quantity"])
        for card in get("/products").data
    ] == [("in_stock", None, 20), ("low_stock", 3, 3), ("out_of_stock", None, 0)]
    assert [each["availability"]["status"] for each in get("/products/shirt").data["variants"]] == [
        "out_of_stock",
        "low_stock",
        "in_stock",
    ]
