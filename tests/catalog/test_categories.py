"""The tree of categories: a subtree has a common prefix of its paths, also after moves."""

import pytest

from shop.catalog.errors import CategoryInItself, TreeTooDeep
from shop.catalog.models import Brand, Category
from shop.catalog.operations.categories import brand_named, move, plant

pytestmark = pytest.mark.django_db


def below(category: Category) -> set[str]:
    category.refresh_from_db()
    return set(Category.objects.filter(path__startswith=category.path).values_list("name", flat=True))


def chain(length: int, *, name: str = "level") -> list[Category]:
    categories: list[Category] = []
    for at in range(length):
        categories.append(plant(f"{name} {at}", parent=categories[-1] if categories else None))
    return categories


def test_a_category_is_planted_once_and_then_found() -> None:
    first, second = plant("Mugs"), plant("Mugs", position=5)

    assert first == second
    assert (second.slug, second.depth, second.path, second.position) == ("mugs", 0, f"{first.pk.hex}/", 0)


def test_a_subtree_is_everything_below() -> None:
    home = plant("Home")
    kitchen = plant("Kitchen", parent=home)
    plant("Mugs", parent=kitchen)
    plant("Garden")

    assert below(home) == {"Home", "Kitchen", "Mugs"}
    assert below(kitchen) == {"Kitchen", "Mugs"}


def test_moving_takes_along_everything_below() -> None:
    home, garden = plant("Home"), plant("Garden")
    kitchen = plant("Kitchen", parent=home)
    mugs = plant("Mugs", parent=kitchen)

    move(kitchen, parent=garden)

    mugs.refresh_from_db()
    assert (below(home), below(garden)) == ({"Home"}, {"Garden", "Kitchen", "Mugs"})
    assert (mugs.depth, mugs.path) == (2, f"{garden.pk.hex}/{kitchen.pk.hex}/{mugs.pk.hex}/")


def test_moving_to_the_top_makes_a_tree_of_its_own() -> None:
    home = plant("Home")
    kitchen = plant("Kitchen", parent=home)

    move(kitchen, parent=None)

    assert (below(home), kitchen.depth, kitchen.version) == ({"Home"}, 0, 2)


def test_nothing_can_stand_below_itself() -> None:
    top, middle, bottom = chain(3)

    with pytest.raises(CategoryInItself):
        move(top, parent=bottom)
    with pytest.raises(CategoryInItself):
        move(middle, parent=middle)

    assert below(top) == {"level 0", "level 1", "level 2"}


def test_the_tree_has_eight_levels_and_no_more() -> None:
    levels = chain(8)

    with pytest.raises(TreeTooDeep):
        plant("too deep", parent=levels[-1])

    assert Category.objects.count() == 8


def test_a_subtree_that_would_become_too_deep_stays_where_it_is() -> None:
    levels = chain(6)
    other = chain(3, name="other")

    with pytest.raises(TreeTooDeep):
        move(other[0], parent=levels[-1])

    assert below(levels[0]) == {f"level {at}" for at in range(6)}
    assert below(other[0]) == {"other 0", "other 1", "other 2"}


def test_a_brand_is_found_by_its_name() -> None:
    first, second, third = brand_named("H&M"), brand_named("H&M"), brand_named("HM")

    assert first == second
    assert [(each.name, each.slug) for each in Brand.objects.order_by("slug")] == [("H&M", "hm"), ("HM", "hm-2")]
    assert third.slug == "hm-2"
