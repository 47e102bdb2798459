"""The filters of the list of products, alone and combined."""

from datetime import timedelta
from typing import Any

import pytest

from shop.catalog.drafts import VariantDraft
from shop.catalog.operations.categories import brand_named, edit, plant
from shop.inventory import operations as inventory
from shop.kernel.ids import Prefix, public, uuid7
from shop.platform.clock import now
from shop.pricing.models import PriceList
from shop.stores.models import Market
from tests.storefront.window import draft, get, listed, name_of, price, put, put_all


def test_a_category_with_all_that_stands_below_it(market: Market) -> None:
    kitchen = plant("Kitchen")
    cups = plant("Cups", parent=kitchen)
    small = plant("Small cups", parent=cups)
    garden = plant("Garden")
    put("kettle", category=kitchen, days=1)
    put("cup", category=cups, days=2)
    put("espresso", category=small, days=3)
    put("spade", category=garden, days=4)
    put("gift", days=5)

    assert listed("category=kitchen") == ["kettle", "cup", "espresso"]
    assert listed("category=cups") == ["cup", "espresso"]
    assert listed("category=small-cups") == ["espresso"]
    assert listed("category=garden&category=small-cups") == ["espresso", "spade"]


def test_a_category_that_is_not_there_or_hidden_has_nothing(market: Market) -> None:
    put("mug", category=plant("Kitchen", is_active=False))

    assert [listed(f"category={slug}") for slug in ("kitchen", "nowhere", "Kitchen")] == [[], [], []]
    assert listed() == ["mug"]


def test_a_category_that_has_moved_takes_its_products_along(market: Market) -> None:
    kitchen, garden = plant("Kitchen"), plant("Garden")
    cups = plant("Cups", parent=kitchen)
    put("cup", category=cups)

    edit(cups, parent=garden)

    assert (listed("category=kitchen"), listed("category=garden")) == ([], ["cup"])


def test_brands(market: Market) -> None:
    put("mug", brand=brand_named("Acme"), days=1)
    put("cup", brand=brand_named("Bolt"), days=2)
    put("jar", days=3)

    assert [listed(query) for query in ("brand=acme", "brand=acme&brand=bolt", "brand=nobody", "brand=Acme")] == [
        ["mug"],
        ["mug", "cup"],
        [],
        [],
    ]


def test_tags_are_found_however_they_are_written(market: Market) -> None:
    put("mug", tags=("Tea", "Straße"), days=1)
    put("cup", tags=("coffee",), days=2)
    put("jar", days=3)

    assert [listed(query) for query in ("tag=tea", "tag=STRASSE", "tag=TEA&tag=Coffee", "tag=te")] == [
        ["mug"],
        ["mug"],
        ["mug", "cup"],
        [],
    ]


def test_a_long_tag_is_found_as_it_is_shown(market: Market) -> None:
    tag = "ß" * 100  # twice as long in case-folded form
    put("mug", tags=(tag,))

    assert (get("/products/mug").data["tags"], listed(f"tag={tag}")) == ([tag], ["mug"])


def test_ids(market: Market) -> None:
    mug, cup = put("mug", days=1), put("cup", days=2)
    put("jar", days=3)

    assert listed(f"ids={name_of(cup)}&ids={name_of(mug)}") == ["mug", "cup"]
    assert listed(f"ids={public(Prefix.PRODUCT, uuid7())}") == []


@pytest.mark.parametrize(
    "name", ["mug", "prd_1", "var_00000000000000000000000000", "prd_80000000000000000000000000", ""]
)
def test_what_is_no_id_is_refused(market: Market, name: str) -> None:
    seen = get(f"/products?ids={name}")

    assert (seen.status, seen.code) == (400, "invalid_parameter")


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("price_min=1000", ["mug", "set", "pot"]),
        ("price_min=1001", ["set", "pot"]),
        ("price_max=1000", ["mug", "set"]),
        ("price_max=499", []),
        ("price_min=1001&price_max=2999", []),
        ("price_min=3000&price_max=3000", ["set", "pot"]),
        ("price_min=2000&price_max=1000", []),
        ("price_min=0", ["mug", "set", "pot"]),
    ],
)
def test_a_range_of_prices_in_which_one_variant_is(market: Market, query: str, slugs: list[str]) -> None:
    put("mug", 1000, days=1)
    put("set", 500, 3000, days=2)
    put("pot", 3000, days=3)

    assert listed(query) == slugs


@pytest.mark.parametrize("query", ["price_min=-1", "price_max=9007199254740992", "price_min=9.99", "price_max=free"])
def test_what_is_no_price_is_refused(market: Market, query: str) -> None:
    seen = get(f"/products?{query}")

    assert seen.refusal == (400, "invalid_parameter", query.partition("=")[0])


def test_a_range_is_of_the_price_that_is_shown(market: Market) -> None:
    [mug] = put("mug", 1000).variants
    sale = PriceList.objects.create(code="dearer", name="Dearer", currency="EUR", priority=5)
    price(sale, {mug: 2000})

    assert get("/products/mug").data["price"]["min"]["amount"] == 2000
    assert [listed(query) for query in ("price_max=1999", "price_min=1001", "price_min=2000&price_max=2000")] == [
        [],
        ["mug"],
        ["mug"],
    ]


def test_what_was_dearer_before(market: Market) -> None:
    put("mug", 2000, (1000, 1500), days=1)
    put("cup", 1000, days=2)

    assert (listed("on_sale=true"), listed("on_sale=false")) == (["mug"], ["cup"])


def test_a_reduction_counts_where_it_is_shown(market: Market) -> None:
    [mug] = put("mug", (1000, 1500), days=1).variants
    [cup] = put("cup", 1000, days=2).variants
    ours = PriceList.objects.create(code="ours", name="Ours", currency="EUR", priority=5)
    price(ours, {mug: 900, cup: (900, 1000)})

    assert [card["on_sale"] for card in get("/products").data] == [False, True]
    assert (listed("on_sale=true"), listed("on_sale=false")) == (["cup"], ["mug"])


def test_what_can_be_had_at_once(market: Market) -> None:
    put("plenty", stock=10, days=1)
    put("last", stock=1, days=2)
    put("endless", stock=None, days=3)
    put("one-size", 1000, 1000, stock=(0, 1), days=4)
    put("gone", stock=0, days=5)
    [later] = put("later", variants=(VariantDraft(may_backorder=True),), stock=0, days=6).variants
    inventory.set_backorder_room(later.pk, room=5)

    assert listed("in_stock=true") == ["plenty", "last", "endless", "one-size"]
    assert listed("in_stock=false") == ["gone", "later"]


def test_stock_of_what_is_not_sold_here_does_not_count(market: Market) -> None:
    put("unpriced", 1000, None, stock=(0, 10), days=1)
    put(
        "switched-off",
        1000,
        1000,
        variants=(VariantDraft(options={"Size": "1"}), VariantDraft(options={"Size": "2"}, is_active=False)),
        stock=(0, 10),
        days=2,
    )

    assert [card["availability"]["status"] for card in get("/products").data] == ["out_of_stock", "out_of_stock"]
    assert (listed("in_stock=true"), listed("in_stock=false")) == ([], ["unpriced", "switched-off"])


def test_what_somebody_pays_for_just_now_is_not_in_stock_until_the_time_is_over(market: Market) -> None:
    [live] = put("live", stock=2, days=1).variants
    [late] = put("late", stock=2, days=2).variants
    inventory.hold({live.pk: 2}, until=now() + timedelta(minutes=15))
    inventory.hold({late.pk: 2}, until=now() - timedelta(seconds=1))

    assert (listed("in_stock=true"), listed("in_stock=false")) == (["late"], ["live"])


@pytest.mark.parametrize("query", ["in_stock=maybe", "on_sale=2", "in_stock="])
def test_what_is_neither_true_nor_false_is_refused(market: Market, query: str) -> None:
    seen = get(f"/products?{query}")

    assert seen.refusal == (400, "invalid_parameter", query.partition("=")[0])


@pytest.mark.parametrize("name", ["category", "brand", "tag", "ids"])
def test_a_name_has_at_most_20_values(market: Market, name: str) -> None:
    mug = put("mug", brand=brand_named("Acme"), category=plant("Acme"), tags=("acme",))
    value = {"ids": name_of(mug)}.get(name, "acme")

    assert listed("&".join([f"{name}={value}"] * 20)) == ["mug"]
    assert get("/products?" + "&".join([f"{name}={value}"] * 21)).refusal == (400, "invalid_parameter", name)


@pytest.mark.parametrize("value", ["", "x" * 256])
def test_a_value_that_can_be_no_slug_is_refused(market: Market, value: str) -> None:
    seen = get(f"/products?brand={value}")

    assert (seen.status, seen.code) == (400, "invalid_parameter")


def test_a_comma_is_part_of_a_value(market: Market) -> None:
    put("mug", tags=("tea, green",))

    assert (listed("tag=tea,%20green"), listed("tag=tea")) == (["mug"], [])


def test_all_filters_together_have_to_fit(market: Market) -> None:
    acme, kitchen = brand_named("Acme"), plant("Kitchen")
    fields: dict[str, Any] = {"brand": acme, "category": kitchen, "tags": ("tea",)}
    put_all(draft("right", **fields, days=1), draft("right-too", **fields, days=2), prices=((1000, 1500),))
    put_all(
        draft("other-brand", **{**fields, "brand": brand_named("Bolt")}),
        draft("other-category", **{**fields, "category": plant("Garden")}),
        draft("other-tag", **{**fields, "tags": ("coffee",)}),
        prices=((1000, 1500),),
    )
    put_all(draft("too-dear", **fields), prices=((3000, 3500),))
    put_all(draft("not-reduced", **fields), prices=(1000,))
    put_all(draft("gone", **fields), prices=((1000, 1500),), stocks=(0,))
    query = "brand=acme&category=kitchen&tag=tea&price_max=2000&on_sale=true&in_stock=true"

    assert listed(query) == ["right", "right-too"]
    assert listed(f"{query}&limit=1&sort=-name") == ["right-too"]
