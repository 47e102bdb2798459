"""Shopkeepers who change the tree of categories at the same moment."""

from functools import partial

import pytest

from shop.catalog.models import Category
from shop.catalog.operations.categories import edit, plant
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("again", range(10))
def test_hiding_moving_and_planting_at_once_leave_nothing_visible_below_what_is_hidden(again: int) -> None:
    garden, kitchen = plant("Garden"), plant("Kitchen")
    pots = plant("Pots", parent=kitchen)

    outcomes = together(
        partial(edit, Category.objects.get(pk=garden.pk), parent=None, is_active=False),
        partial(edit, Category.objects.get(pk=pots.pk), parent=garden),
        partial(plant, "Lids", parent=Category.objects.get(pk=pots.pk)),
        partial(plant, "Roses", parent=Category.objects.get(pk=garden.pk)),
    )

    rows = list(Category.objects.order_by("path"))
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert {each.name: each.is_visible for each in rows} == {
        "Garden": False, "Kitchen": True, "Lids": False, "Pots": False, "Roses": False,
    }  # fmt: skip
    assert {each.name: each.path.count("/") for each in rows} == {
        "Garden": 1, "Kitchen": 1, "Lids": 3, "Pots": 2, "Roses": 2,
    }  # fmt: skip
