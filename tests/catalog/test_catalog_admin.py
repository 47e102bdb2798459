"""The tree of categories, and brands, in the admin."""

from functools import reduce
from typing import Any

import django
import pytest
from django.test import Client

from shop.catalog.models import Brand, Category
from shop.catalog.operations.categories import plant
from tests.admins import clerk, cost, errors, root

pytestmark = pytest.mark.django_db

CATEGORIES = "/admin/catalog/category/"
NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."
NO_KEY = NO_CHOICE if django.VERSION >= (6, 1) else "“nonsense” is not a valid UUID."


def form(category: Category | None = None, **changes: Any) -> dict[str, Any]:
    shown = {"name": "Mugs", "slug": "mugs", "position": "0", "is_active": "on", "parent": ""}
    if category is not None:
        shown |= {"name": category.name, "slug": category.slug, "parent": str(category.parent_id or "")}
    return {**shown, **changes}


def tree(client: Client) -> list[tuple[int, str]]:
    return [(each.depth, each.name) for each in client.get(CATEGORIES).context["cl"].result_list]


def test_the_list_is_the_tree() -> None:
    kitchen = plant("Kitchen", position=2)
    plant("Mugs", parent=kitchen, position=2)
    plant("Bowls", parent=kitchen, position=1)
    plant("Clothes", position=1)

    shown = tree(root())

    assert shown == [(0, "Clothes"), (0, "Kitchen"), (1, "Bowls"), (1, "Mugs")]


def test_a_category_is_made_below_another_and_its_description_is_clean() -> None:
    kitchen = plant("Kitchen")

    answer = root().post(
        f"{CATEGORIES}add/", form(parent=str(kitchen.pk), description_html="<b>Mugs</b><script>x</script>")
    )

    made = Category.objects.get(slug="mugs")
    assert answer.status_code == 302
    assert (made.parent_id, made.depth, made.path) == (kitchen.pk, 1, f"{kitchen.path}{made.pk.hex}/")
    assert made.description_html == "<b>Mugs</b>"


def test_a_category_moves_with_everything_below_it() -> None:
    client, kitchen, home = root(), plant("Kitchen"), plant("Home")
    mugs = plant("Mugs", parent=kitchen)

    answer = client.post(f"{CATEGORIES}{kitchen.pk}/change/", form(kitchen, parent=str(home.pk), name="Kitchens"))

    assert answer.status_code == 302
    assert tree(client) == [(0, "Home"), (1, "Kitchens"), (2, "Mugs")]
    assert Category.objects.get(pk=mugs.pk).path.startswith(home.path)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("parent", "itself", "A category can't be moved below itself."),
        ("parent", "below", "A category can't be moved below itself."),
        ("parent", "nonsense", NO_KEY),
        ("name", "", "This field is required."),
        ("name", "\x00", "Null characters are not allowed."),
        ("position", "-1", "Ensure this value is greater than or equal to 0."),
        ("slug", "bowls", "Category with this Slug already exists."),
    ],
)
def test_what_can_not_be_is_told_at_the_field(field: str, value: str, told: str) -> None:
    kitchen = plant("Kitchen")
    bowls = plant("Bowls", parent=kitchen)
    keys = {"itself": str(kitchen.pk), "below": str(bowls.pk)}

    answer = root().post(f"{CATEGORIES}{kitchen.pk}/change/", form(kitchen, **{field: keys.get(value, value)}))

    assert errors(answer) == {field: [told]}
    assert Category.objects.get(pk=kitchen.pk).version == 1


def test_the_tree_has_eight_levels() -> None:
    deepest = reduce(lambda parent, name: plant(name, parent=parent), "2345678", plant("1"))

    answer = root().post(f"{CATEGORIES}add/", form(parent=str(deepest.pk)))

    assert errors(answer) == {"parent": ["Categories can be nested up to 8 levels."]}
    assert not Category.objects.filter(slug="mugs").exists()


def test_a_form_that_was_read_before_somebody_elses_change_is_refused() -> None:
    kitchen = plant("Kitchen")
    Category.objects.update(version=5)

    answer = root().post(f"{CATEGORIES}{kitchen.pk}/change/", {**form(kitchen, name="Cooking"), "read_version": "1"})

    assert "This has changed since you read it." in answer.content.decode()
    assert Category.objects.get().name == "Kitchen"


def test_whoever_may_only_look_changes_nothing() -> None:
    viewer, kitchen = clerk("catalog.view_category"), plant("Kitchen")

    answer = viewer.post(f"{CATEGORIES}{kitchen.pk}/change/", form(kitchen, name="Cooking"))

    assert answer.status_code == 403
    assert (viewer.get(f"{CATEGORIES}{kitchen.pk}/change/").status_code, Category.objects.get().name) == (
        200,
        "Kitchen",
    )


def test_a_brand_is_made_once() -> None:
    client = root()

    made = client.post("/admin/catalog/brand/add/", {"name": "Kilnhouse", "slug": "kilnhouse"})
    again = client.post("/admin/catalog/brand/add/", {"name": "Kilnhouse", "slug": "kilnhouse"})

    assert made.status_code == 302
    assert errors(again) == {"slug": ["Brand with this Slug already exists."]}
    assert Brand.objects.count() == 1


@pytest.mark.parametrize("model", ["category", "brand", "variant"])
def test_a_list_costs_the_same_however_long_it_is(model: str) -> None:
    client, kitchen = root(), plant("Kitchen")
    Brand.objects.create(name="A", slug="a")
    short = cost(client, f"/admin/catalog/{model}/")

    made = [plant(f"Mugs {number}", parent=kitchen) for number in range(9)]
    Brand.objects.bulk_create([Brand(name=f"B{number}", slug=f"b{number}") for number in range(9)])
    long = cost(client, f"/admin/catalog/{model}/")

    assert (long, len(made)) == (short, 9)


def test_a_category_and_a_brand_without_a_slug_get_one_of_their_whole_name() -> None:
    client = root()

    client.post("/admin/catalog/category/add/", {"name": "Чай 100", "slug": "", "position": "0", "is_active": "on"})
    client.post("/admin/catalog/category/add/", {"name": "Chai 100", "slug": "", "position": "0", "is_active": "on"})
    client.post("/admin/catalog/brand/add/", {"name": "Øl & Æble", "slug": ""})

    assert dict(Category.objects.values_list("name", "slug")) == {"Чай 100": "chai-100", "Chai 100": "chai-100-2"}
    assert Brand.objects.get().slug == "ol-aeble"
