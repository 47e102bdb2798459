"""The tree of categories, one category, and the list of brands."""

import pytest
from django.db import IntegrityError

from shop.catalog.models import Category
from shop.catalog.operations.categories import brand_named, edit, plant
from shop.kernel.ids import Prefix, public
from shop.platform.clock import stamp
from shop.stores.models import Market
from tests.accounts.visitor import Visitor
from tests.storefront.window import (
    draft,
    get,
    last_page,
    listed,
    name_of,
    next_of,
    previous_of,
    put,
    put_all,
    slugs,
    walked,
)

PUBLIC = "public, max-age=60, stale-while-revalidate=600"


@pytest.fixture
def tree(market: Market) -> None:
    """Garden, Kitchen with Cups (with Espresso, with Doubles) and Bowls."""
    kitchen = plant("Kitchen", position=2, description_html="<p>Warm.</p><script>x</script>")
    cups = plant("Cups", parent=kitchen, position=2)
    plant("Doubles", parent=plant("Espresso", parent=cups))
    plant("Bowls", parent=kitchen, position=1)
    plant("Garden", position=1)


def shown(query: str = "") -> list[tuple[str, int]]:
    return [(each["slug"], each["depth"]) for each in get(f"/categories?{query}").data]


def test_parents_come_before_children_and_positions_decide(tree: None) -> None:
    assert shown() == [("garden", 0), ("kitchen", 0), ("bowls", 1), ("cups", 1), ("espresso", 2)]


def test_equal_positions_are_sorted_by_name(market: Market) -> None:
    plant("Zebra", position=1)
    plant("Bear", position=1)
    plant("Ant", position=2)

    assert [slug for slug, _ in shown()] == ["bear", "zebra", "ant"]


def test_a_category_says_what_it_is_and_below_what_it_stands(tree: None) -> None:
    kitchen, cups = Category.objects.get(slug="kitchen"), Category.objects.get(slug="cups")
    whole = {
        "id": public(Prefix.CATEGORY, kitchen.pk),
        "parent_id": None,
        "slug": "kitchen",
        "name": "Kitchen",
        "description_html": "<p>Warm.</p>",
        "depth": 0,
        "version": 1,
        "created_at": stamp(kitchen.created_at),
        "updated_at": stamp(kitchen.updated_at),
    }

    every, one, below = get("/categories"), get("/categories/kitchen"), get("/categories/cups")

    assert (every.data[1], one.data) == (whole, whole)
    assert (below.data["parent_id"], below.data["depth"]) == (whole["id"], 1)
    assert below.data["id"] == public(Prefix.CATEGORY, cups.pk)
    assert (every.body["message"], one.body["message"]) == ("Categories retrieved.", "Category retrieved.")
    assert every.body["meta"]["pagination"] == {"limit": 5, "next": None, "previous": None}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("depth=1", ["garden", "kitchen"]),
        ("depth=2", ["garden", "kitchen", "bowls", "cups"]),
        ("parent=kitchen", ["bowls", "cups", "espresso", "doubles"]),
        ("parent=kitchen&depth=1", ["bowls", "cups"]),
        ("parent=cups&depth=1", ["espresso"]),
        ("parent=espresso", ["doubles"]),
        ("parent=garden", []),
    ],
)
def test_so_many_levels_below_a_category(tree: None, query: str, expected: list[str]) -> None:
    assert [slug for slug, _ in shown(query)] == expected


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("parent=nowhere", "invalid_parameter", "parent"),
        ("parent=", "invalid_parameter", "parent"),
        ("depth=0", "invalid_parameter", "depth"),
        ("depth=4", "invalid_parameter", "depth"),
        ("limit=1", "unknown_parameter", "limit"),
        ("country=DE", "unknown_parameter", "country"),
        ("depth=1&depth=2", "duplicate_parameter", "depth"),
    ],
)
def test_a_wish_that_can_not_be_is_refused(tree: None, query: str, code: str, field: str) -> None:
    assert get(f"/categories?{query}").refusal == (400, code, field)


def test_a_branch_that_is_not_there_is_named(tree: None) -> None:
    seen = get("/categories?parent=nowhere")

    assert seen.body["message"] == "parent: Not a valid choice."
    assert seen.body["errors"][0]["message"] == "Not a valid choice."
    assert seen.body["data"] is None


def test_a_hidden_category_is_not_there(tree: None) -> None:
    edit(Category.objects.get(slug="garden"), parent=None, is_active=False)

    assert [slug for slug, _ in shown("depth=1")] == ["kitchen"]
    assert get("/categories/garden").refusal == (404, "not_found", None)
    assert get("/categories?parent=garden").refusal == (400, "invalid_parameter", "parent")


def test_what_stands_below_a_hidden_category_is_hidden_with_it(tree: None) -> None:
    cup = put("cup", category=Category.objects.get(slug="doubles"))
    edit(Category.objects.get(slug="cups"), parent=Category.objects.get(slug="kitchen"), is_active=False)

    everything, kitchen = shown(), shown("parent=kitchen")
    details = [get(f"/categories/{slug}").refusal for slug in ("cups", "espresso", "doubles")]
    below = [get(f"/categories?parent={slug}").refusal for slug in ("espresso", "doubles")]
    filtered = [listed(f"category={slug}") for slug in ("cups", "espresso", "doubles", "kitchen")]
    product, [card] = get("/products/cup").data, get("/products").data

    assert everything == [("garden", 0), ("kitchen", 0), ("bowls", 1)]
    assert kitchen == [("bowls", 1)]
    assert details == [(404, "not_found", None)] * 3
    assert below == [(400, "invalid_parameter", "parent")] * 2
    assert filtered == [[], [], [], ["cup"]]
    assert (product["id"], card["id"]) == (name_of(cup), name_of(cup))
    assert (product["category"], card["category"]) == (None, None)
    assert [each["slug"] for each in product["category_path"]] == ["kitchen"]


def test_what_stands_below_a_category_that_is_shown_again_is_shown_again(tree: None) -> None:
    put("cup", category=Category.objects.get(slug="doubles"))
    cups, kitchen = Category.objects.get(slug="cups"), Category.objects.get(slug="kitchen")
    edit(cups, parent=kitchen, is_active=False)

    edit(cups, parent=kitchen, is_active=True)

    assert shown() == [("garden", 0), ("kitchen", 0), ("bowls", 1), ("cups", 1), ("espresso", 2)]
    assert get("/categories/doubles").data["depth"] == 3
    assert listed("category=espresso") == ["cup"]
    assert get("/products").data[0]["category"]["slug"] == "doubles"


def test_a_branch_that_moves_below_a_hidden_category_is_hidden_and_shown_when_it_moves_away(tree: None) -> None:
    cups, kitchen = Category.objects.get(slug="cups"), Category.objects.get(slug="kitchen")
    garden = Category.objects.get(slug="garden")
    edit(garden, parent=None, is_active=False)

    edit(cups, parent=garden)
    hidden = shown()
    edit(cups, parent=kitchen)

    assert hidden == [("kitchen", 0), ("bowls", 1)]
    assert shown() == [("kitchen", 0), ("bowls", 1), ("cups", 1), ("espresso", 2)]


def test_one_that_is_planted_below_a_hidden_category_is_hidden(tree: None) -> None:
    garden = Category.objects.get(slug="garden")
    edit(garden, parent=None, is_active=False)

    plant("Roses", parent=garden)

    assert get("/categories/roses").refusal == (404, "not_found", None)
    assert Category.objects.get(slug="roses").is_active


def test_a_hidden_category_is_never_visible(tree: None) -> None:
    with pytest.raises(IntegrityError, match="category_visible_is_active"):
        Category.objects.filter(slug="garden").update(is_active=False)


@pytest.mark.parametrize("slug", ["nowhere", "Kitchen", "cat_00000000000000000000000000", "x" * 100])
def test_a_slug_of_nothing_is_not_found(tree: None, slug: str) -> None:
    assert get(f"/categories/{slug}").refusal == (404, "not_found", None)


def test_a_category_that_moves_takes_its_branch_along(tree: None) -> None:
    cups, garden = Category.objects.get(slug="cups"), Category.objects.get(slug="garden")

    edit(cups, parent=garden)

    assert shown("parent=garden") == [("cups", 1), ("espresso", 2), ("doubles", 3)]
    assert shown("parent=kitchen") == [("bowls", 1)]


def test_the_path_of_a_product_goes_from_the_root_to_its_category(tree: None) -> None:
    put("cup", category=Category.objects.get(slug="doubles"))

    path = get("/products/cup").data["category_path"]

    assert [each["slug"] for each in path] == ["kitchen", "cups", "espresso", "doubles"]


@pytest.mark.parametrize("path", ["/categories", "/categories/kitchen", "/brands"])
def test_they_are_kept_by_caches_and_asked_for_again_by_their_tag(tree: None, path: str) -> None:
    first = get(path)

    again = Visitor(headers={"If-None-Match": first.headers["ETag"]}).get(path)

    assert (first.status, first.headers["Cache-Control"]) == (200, PUBLIC)
    assert (again.status, again.body, again.headers["ETag"]) == (304, None, first.headers["ETag"])


def test_brands_by_name_whatever_their_capitals(market: Market) -> None:
    acme = brand_named("acme")
    put_all(
        draft("mug", brand=brand_named("Bolt")),
        draft("cup", brand=acme),
        draft("pot", brand=acme),
        draft("jar", brand=brand_named("Caro")),
    )
    brand_named("Nothing to show")

    seen = get("/brands")

    assert slugs(seen) == ["acme", "bolt", "caro"]
    assert seen.data[0] == {
        "id": public(Prefix.BRAND, acme.pk),
        "slug": "acme",
        "name": "acme",
        "version": 1,
        "created_at": stamp(acme.created_at),
        "updated_at": stamp(acme.updated_at),
    }
    assert seen.body["meta"]["pagination"] == {"limit": 24, "next": None, "previous": None}
    assert [listed(f"brand={slug}&sort=name") for slug in slugs(seen)] == [["cup", "pot"], ["mug"], ["jar"]]


def test_brands_page_by_page_and_back(market: Market) -> None:
    put_all(
        *(draft(f"mug-{n}", brand=brand_named(name)) for n, name in enumerate(["H&M", "hm", "Acme", "Bolt", "Acme!"]))
    )
    path = "/brands?limit=2"

    pages = walked(path)
    back = walked(f"{path}&{previous_of(last_page(path))}", "previous")

    assert [sorted(each) for each in pages] == [["acme", "acme-2"], ["bolt", "hm"], ["hm-2"]]
    assert back == [pages[1], pages[0]]


def test_a_brand_that_comes_meanwhile_repeats_nothing(market: Market) -> None:
    put_all(*(draft(f"mug-{name}", brand=brand_named(name)) for name in ("Bolt", "Caro", "Dora")))
    first = get("/brands?limit=2")

    put("cup", brand=brand_named("Acme"))

    assert slugs(get(f"/brands?limit=2&{next_of(first)}")) == ["dora"]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("limit=0", "invalid_parameter", "limit"),
        ("limit=101", "invalid_parameter", "limit"),
        ("cursor=x", "invalid_cursor", "cursor"),
        ("sort=name", "unknown_parameter", "sort"),
    ],
)
def test_a_page_of_brands_that_can_not_be_is_refused(market: Market, query: str, code: str, field: str) -> None:
    assert get(f"/brands?{query}").refusal == (400, code, field)
