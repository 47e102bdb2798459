"""Stock in the admin: every change is a movement with a reason."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from shop.inventory import operations as inventory
from shop.inventory.models import Location, StockLevel, StockMovement
from tests.admins import clerk, cost, errors, root, said
from tests.inventory.factories import held, location, stocked, variant

pytestmark = pytest.mark.django_db

LEVELS = "/admin/inventory/stocklevel/"


def adjust(client: Client, level: StockLevel, **said: Any) -> Any:
    return client.post(f"{LEVELS}{level.pk}/press/adjust/", {"delta": "", "set_to": "", "reason": "counted", **said})


@pytest.fixture
def level() -> StockLevel:
    return StockLevel.objects.get(variant=stocked(10))


@pytest.mark.parametrize(("said", "left"), [({"delta": "5"}, 15), ({"delta": "-4"}, 6), ({"set_to": "0"}, 0)])
def test_an_adjustment_is_a_movement_with_its_reason(level: StockLevel, said: dict[str, str], left: int) -> None:
    answer = adjust(root(), level, **said)

    booked = StockMovement.objects.filter(reason="counted").get()
    assert answer.status_code == 302
    assert StockLevel.objects.get().on_hand == left
    assert (booked.kind, booked.delta_on_hand, str(booked.actor)) == ("adjusted", left - 10, "root@example.com")
    assert inventory.verify() == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "delta"),
        ({"delta": "0"}, "delta"),
        ({"delta": "1", "set_to": "1"}, "delta"),
        ({"delta": "1,5"}, "delta"),
        ({"delta": "99999999999999999999"}, "delta"),
        ({"set_to": "-1"}, "set_to"),
        ({"delta": "1", "reason": ""}, "reason"),
        ({"delta": "1", "reason": "\x00"}, "reason"),
        ({"delta": "1", "reason": "x" * 201}, "reason"),
    ],
)
def test_what_can_not_be_is_told_at_the_field(level: StockLevel, said: dict[str, str], field: str) -> None:
    answer = adjust(root(), level, **said)

    assert list(answer.context["form"].errors) == [field]
    assert (StockLevel.objects.get().on_hand, StockMovement.objects.count()) == (10, 1)


@pytest.mark.parametrize("delta", ["-11", "-8"])
def test_reserved_stock_stays(level: StockLevel, delta: str) -> None:
    client = root()
    held({level.variant_id: 3})

    answer = adjust(client, level, delta=delta)

    page = said(client, answer)
    assert "Stock can&#x27;t go below what is reserved or unavailable." in page or "within the limits" in page
    assert (StockLevel.objects.get().on_hand, StockMovement.objects.count()) == (10, 1)


def test_adjusting_takes_a_permission(level: StockLevel) -> None:
    viewer = clerk("inventory.view_stocklevel")

    answers = [adjust(viewer, level, delta="1").status_code, viewer.get(f"{LEVELS}add/").status_code]

    assert answers == [403, 403]
    assert "press/adjust" not in viewer.get(LEVELS).content.decode()
    assert StockLevel.objects.get().on_hand == 10


def test_the_first_stock_of_a_variant_is_an_adjustment_too() -> None:
    new, place = variant(), location()

    answer = root().post(
        f"{LEVELS}add/",
        {"variant": str(new.pk), "location": str(place.pk), "quantity": "7", "reason": "opening"},
    )

    booked = StockMovement.objects.get()
    assert answer.status_code == 302
    assert (StockLevel.objects.get().on_hand, booked.delta_on_hand, booked.reason) == (7, 7, "opening")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"variant": "nonsense"}, "variant"),
        ({"location": "\x00"}, "location"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "99999999999"}, "quantity"),
        ({"reason": ""}, "reason"),
    ],
)
def test_first_stock_that_can_not_be_is_told_at_the_field(changes: dict[str, str], field: str) -> None:
    good = {"variant": str(variant().pk), "location": str(location().pk), "quantity": "7", "reason": "opening"}

    answer = root().post(f"{LEVELS}add/", {**good, **changes})

    assert list(errors(answer)) == [field]
    assert StockLevel.objects.count() == 0


@pytest.mark.parametrize("path", ["{pk}/change/", "{pk}/delete/"])
def test_nobody_writes_counters(level: StockLevel, path: str) -> None:
    answer = root().post(LEVELS + path.format(pk=level.pk), {"on_hand": "99", "post": "yes"})

    assert answer.status_code == 403
    assert StockLevel.objects.get().on_hand == 10


@pytest.mark.parametrize("path", ["add/", "{pk}/change/"])
def test_nobody_writes_the_books(level: StockLevel, path: str) -> None:
    booked = StockMovement.objects.get()

    answer = root().post("/admin/inventory/stockmovement/" + path.format(pk=booked.pk), {"delta_on_hand": "99"})

    assert answer.status_code == 403
    assert StockMovement.objects.get().delta_on_hand == 10


@pytest.mark.parametrize(
    "path", [LEVELS, f"{LEVELS}?available=short&q=mug", "/admin/inventory/stockmovement/", "/admin/inventory/hold/"]
)
def test_a_list_costs_the_same_however_long_it_is(path: str) -> None:
    client = root()
    held({stocked(3): 1})
    short = cost(client, path)

    more = [held({stocked(3): 1}) for _ in range(9)]
    long = cost(client, path)

    assert (long, len(more)) == (short, 9)


def test_the_page_of_a_level_costs_the_same_however_many_movements_there_are(level: StockLevel) -> None:
    client = root()
    short = cost(client, f"{LEVELS}{level.pk}/change/")

    booked = [inventory.adjust(level.variant_id, delta=1, reason="again") for _ in range(9)]
    long = cost(client, f"{LEVELS}{level.pk}/change/")

    assert (long, len(booked)) == (short, 9)


@pytest.mark.parametrize(("query", "found"), [("out", [0]), ("low", [3]), ("short", [0, 3]), ("", [0, 3, 20])])
def test_levels_are_found_by_what_is_left(query: str, found: list[int]) -> None:
    made = [stocked(quantity) for quantity in (0, 3, 20)]

    answer = root().get(f"{LEVELS}?available={query}")

    assert len(made) == 3
    assert sorted(each.on_hand for each in answer.context["cl"].result_list) == found


def test_a_place_is_made_and_told_apart_by_its_code() -> None:
    client = root()

    made = client.post("/admin/inventory/location/add/", {"name": "Shop", "code": "shop", "priority": "1"})
    again = client.post("/admin/inventory/location/add/", {"name": "Shop", "code": "shop", "priority": "-1"})

    assert made.status_code == 302
    assert sorted(errors(again)) == ["code", "priority"]
    assert Location.objects.filter(code="shop").count() == 1


def test_the_last_place_in_use_is_neither_switched_off_nor_deleted() -> None:
    client, last = root(), Location.objects.get()
    page = f"/admin/inventory/location/{last.pk}"

    off = client.post(f"{page}/change/", {"name": last.name, "code": last.code, "priority": "0"})
    gone = client.post(f"{page}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": str(last.pk), "post": "yes"}
    many = client.post("/admin/inventory/location/", chosen)

    assert errors(off) == {"is_active": ["At least one location has to stay active."]}
    assert (gone.status_code, many.status_code) == (403, 302)
    assert Location.objects.get().is_active


def test_a_place_beside_another_is_switched_off_and_then_deleted() -> None:
    client, other = root(), Location.objects.create(name="Attic", code="attic")
    page = f"/admin/inventory/location/{other.pk}"

    off = client.post(f"{page}/change/", {"name": "Attic", "code": "attic", "priority": "0", "read_version": "1"})
    gone = client.post(f"{page}/delete/", {"post": "yes"})

    assert (off.status_code, gone.status_code) == (302, 302)
    assert not Location.objects.filter(code="attic").exists()


def test_a_number_that_one_database_would_not_hold_is_refused_on_all() -> None:
    field = Location._meta.get_field("priority")

    with pytest.raises(ValidationError):
        field.clean(2**15, None)

    assert field.clean(2**15 - 1, None) == 32767


def test_the_pages_of_stock_say_what_is_reserved_without_being_confirmed(level: StockLevel) -> None:
    inventory.make_provisional(held({level.variant_id: 3}))
    client = root()

    texts = [client.get(path).content.decode() for path in (LEVELS, f"{LEVELS}{level.pk}/change/")]
    holds = client.get("/admin/inventory/hold/?is_provisional__exact=1").context["cl"].result_count

    assert ["Unconfirmed" in each for each in texts] == [True, True]
    assert StockLevel.objects.get().provisional == 3
    assert re.search(r'class="[^"]*field-provisional[^"]*"[^>]*>\s*3\s*<', texts[0]) is not None
    assert "Part of what is in checkout or allocated" in texts[1]
    assert holds == 1
