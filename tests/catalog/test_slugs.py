"""Slugs of names: no letter is dropped without a trace, and different names get different slugs."""

import pytest

from shop.catalog.models import Brand, Category
from shop.catalog.models.variant import options_key
from shop.catalog.operations.categories import brand_named, category_named, plant
from shop.catalog.slugs import free_slug, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Sunny Mug, Größe L", "sunny-mug-grosse-l"),
        ("Øl-Glass", "ol-glass"),
        ("straße", "strasse"),
        ("łódź-æble", "lodz-aeble"),
        ("ål", "al"),
        ("a\u030al", "al"),
        ("Þorn, đak, œuf", "thorn-dak-oeuf"),
        ("чай-aurora-100", "chai-aurora-100"),
        ("кофе-aurora-100", "kofe-aurora-100"),
        ("соль", "sol"),
        ("茶碗", "chawan"),
        ("1\u20132 ½ l", "1-2-1-2-l"),
        ("Mug™ € ☕", "mug"),
        ("☕", "item-cf1f91e67498"),
        ("مرحبا", "mrhb-80eff1a750bb"),
        ("x" * 255, "x" * 255),
    ],
)
def test_every_letter_of_a_name_is_spelled_or_a_hash_stands_for_it(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_long_names_that_begin_alike_have_slugs_of_their_own() -> None:
    one, other = slug_of("x" * 256 + "1"), slug_of("x" * 256 + "2")

    assert (len(one), len(other)) == (255, 255)
    assert one != other
    assert slug_of("x" * 256 + "1") == one


def test_a_slug_that_another_thing_has_gets_a_number() -> None:
    assert free_slug("Mug", {"mug-2"}) == "mug"
    assert free_slug("Mug", {"mug", "mug-2"}) == "mug-3"
    assert free_slug("x" * 255, {"x" * 255}) == "x" * 253 + "-2"


@pytest.mark.django_db
def test_a_category_is_known_by_its_name_wherever_it_stands_and_in_any_capitals() -> None:
    kitchen = plant("Kitchen")
    mugs = plant("Mugs", parent=kitchen, slug="cups-and-mugs")

    categories = [category_named(name) for name in ("Mugs", "Чай 100", "Кофе 100", "ål", "al", "AL", "Чай 100")]

    assert [(each.name, each.slug) for each in categories] == [
        ("Mugs", "cups-and-mugs"),
        ("Чай 100", "chai-100"),
        ("Кофе 100", "kofe-100"),
        ("ål", "al"),
        ("al", "al-2"),
        ("al", "al-2"),
        ("Чай 100", "chai-100"),
    ]
    assert (categories[0], Category.objects.count()) == (mugs, 6)
    assert {each.is_visible for each in categories} == {True}


@pytest.mark.django_db
def test_brands_with_long_names_that_begin_alike_stay_two() -> None:
    names = ["x" * 150 + "1", "x" * 150 + "2", "Aurora 茶", "Aurora \u0627"]

    slugs = [brand_named(name).slug for name in names]

    assert slugs == ["x" * 150 + "1", "x" * 150 + "2", "aurora-cha", f"aurora-{slugs[3][-12:]}"]
    assert Brand.objects.count() == 4


def test_the_key_of_very_long_options_fits_into_an_index() -> None:
    short = options_key({"Size": "L", "Color": "Red"})
    one = options_key({"Size": "x" * 255, "Color": "y" * 255, "Kind": "z" * 255})
    other = options_key({"Kind": "z" * 255, "Color": "y" * 255, "Size": "x" * 254})

    assert short == '{"Color":"Red","Size":"L"}'
    assert (len(one), len(other)) == (71, 71)
    assert one != other
