"""The list of products: its cards, its order, and its pages."""

from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest

from shop.catalog.models import Image, Product
from shop.catalog.operations.categories import brand_named, plant
from shop.catalog.operations.products import ImageDraft, VariantDraft, archive
from shop.kernel.ids import Prefix, public
from shop.pricing.models import PriceList
from shop.stores.models import Market
from tests.accounts.visitor import Visitor, account, login
from tests.checkout.storefront_client import outside
from tests.storefront.window import (
    draft,
    euros,
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

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SORTS = ["newest", "price", "-price", "name", "-name"]


def test_a_card_says_everything_that_a_list_shows(market: Market) -> None:
    kitchen = plant("Kitchen")
    photo = ImageDraft(url="https://pictures.example/mug.jpg", alt="A mug", width=800, height=600)
    variants = (VariantDraft(options={"Size": "L"}), VariantDraft(options={"Size": "S"}, image=photo.key))
    fields: dict[str, Any] = {
        "brand": brand_named("Acme"),
        "category": kitchen,
        "images": (photo,),
        "variants": variants,
    }
    mug = put("mug", 2999, (1999, 2499), options={"Size": ["L", "S"]}, **fields)

    seen = get("/products")

    assert (seen.status, seen.body["success"], seen.body["message"]) == (200, True, "Products retrieved.")
    assert seen.data == [
        {
            "id": name_of(mug),
            "slug": "mug",
            "name": "Mug",
            "brand": "Acme",
            "category": {"id": public(Prefix.CATEGORY, kitchen.pk), "slug": "kitchen", "name": "Kitchen"},
            "image": {
                "id": public(Prefix.IMAGE, Image.objects.get().pk),
                "url": "https://pictures.example/mug.jpg",
                "alt": "A mug",
                "width": 800,
                "height": 600,
                "variant_ids": [outside(mug.variants[1])],
                "srcset": None,
            },
            "price": {"min": euros(1999), "max": euros(2999)},
            "compare_at": euros(2499),
            "on_sale": True,
            "availability": {"status": "in_stock", "available": None, "max_quantity": 10, "backorder_until": None},
            "rating": {"average": None, "count": 0},
        }
    ]


def test_what_a_product_has_not_is_null_and_not_missing(market: Market) -> None:
    put("mug")

    [card] = get("/products").data

    assert (card["brand"], card["category"], card["image"], card["compare_at"]) == (None, None, None, None)
    assert card["on_sale"] is False


def test_an_empty_shop_has_an_empty_list(market: Market) -> None:
    seen = get("/products")

    assert (seen.status, seen.data) == (200, [])
    assert seen.body["meta"]["pagination"] == {"limit": 24, "next": None, "previous": None}


def test_the_keys_of_meta(market: Market) -> None:
    seen = get("/products?limit=7")

    assert list(seen.body["meta"]) == ["context", "pagination", "request_id"]
    assert seen.body["meta"]["pagination"]["limit"] == 7


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", ["banana", "apple", "cherry"]),
        ("sort=newest", ["banana", "apple", "cherry"]),
        ("sort=price", ["cherry", "banana", "apple"]),
        ("sort=-price", ["apple", "banana", "cherry"]),
        ("sort=name", ["apple", "banana", "cherry"]),
        ("sort=-name", ["cherry", "banana", "apple"]),
    ],
)
def test_every_sort(market: Market, query: str, order: list[str]) -> None:
    put("cherry", 9000, 100, days=3)
    put("apple", 300, days=2, name="apple")  # in ASCII small letters come behind all capitals
    put("banana", 200, days=1)

    assert listed(query) == order


@pytest.mark.parametrize(
    "query",
    [
        "sort=rating",
        "sort=best_selling",
        "sort=",
        "sort=--price",
        "sort=-newest",
        "sort=price,",
        "sort=,price",
        "sort=price,,name",
        "sort=price,+name",
        "sort=price,price",
        "sort=price,-price",
        "sort=name,price,newest,name",
    ],
)
def test_a_sort_that_is_not_known_is_refused(market: Market, query: str) -> None:
    seen = get(f"/products?{query}")

    assert seen.refusal == (400, "invalid_parameter", "sort")
    assert seen.body["errors"][0]["params"] == {"reason": "invalid_choice", "expected": list(SORTS)}


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("price,name", ["bowl", "mug-1", "mug-2", "cup", "jar-1", "jar-2"]),
        ("price,-name", ["mug-2", "mug-1", "bowl", "jar-2", "jar-1", "cup"]),
        ("-price,name", ["cup", "jar-1", "jar-2", "bowl", "mug-1", "mug-2"]),
        ("-price,-name", ["jar-2", "jar-1", "cup", "mug-2", "mug-1", "bowl"]),
        ("-price,newest,name", ["jar-2", "jar-1", "cup", "mug-1", "mug-2", "bowl"]),
        ("newest,price", ["jar-2", "mug-1", "mug-2", "jar-1", "bowl", "cup"]),
        ("name,price", ["bowl", "cup", "jar-1", "jar-2", "mug-1", "mug-2"]),
    ],
)
def test_what_is_alike_is_sorted_by_the_next_name(market: Market, sort: str, order: list[str]) -> None:
    """Two prices, four names; mugs differ only in their keys, jars have the same price and name."""
    put("bowl", 200, name="Bowl", published_at=NOON - 3 * DAY)
    put("mug-1", 200, name="Mug", published_at=NOON - DAY)
    put("jar-1", 900, name="Jar", published_at=NOON - 2 * DAY)
    put("cup", 900, name="Cup", published_at=NOON - 4 * DAY)
    put("mug-2", 200, name="Mug", published_at=NOON - DAY)
    put("jar-2", 900, name="Jar", published_at=NOON)
    path = f"/products?sort={sort}&limit=1"

    pages = walked(path)
    back = walked(f"{path}&{previous_of(last_page(path))}", "previous")

    assert listed(f"sort={sort}") == order
    assert pages == [[each] for each in order]
    assert back == pages[-2::-1]


@pytest.mark.parametrize(
    ("query", "total"),
    [("", 5), ("limit=2", 5), ("limit=2&sort=price,name", 5), ("ids=prd_00000000000000000000000000", 0)],
)
def test_how_many_there_are_is_said_when_asked(market: Market, query: str, total: int) -> None:
    put_all(*(draft(f"mug-{n}", days=n) for n in range(1, 6)), draft("draft", status=Product.Status.DRAFT))

    asked, unasked = (get(f"/products?{query}{also}").body["meta"]["pagination"] for also in ("&include=total", ""))

    assert (asked["total"], asked["total_is_capped"]) == (total, False)
    assert asked.keys() - unasked.keys() == {"total", "total_is_capped"}


def test_the_total_is_of_all_pages_and_of_the_filters(market: Market) -> None:
    put_all(*(draft(f"mug-{n}", tags=("tea",) if n < 4 else ()) for n in range(1, 6)))
    path = "/products?limit=2&tag=tea"
    first = get(path)

    second = get(f"{path}&include=total&{next_of(first)}")

    assert (len(second.data), second.body["meta"]["pagination"]["total"]) == (1, 3)


def test_more_than_can_be_counted_is_said_to_be_more(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.platform.keyset.MOST_COUNTED", 2)
    monkeypatch.setattr("shop.platform.http.lists.MOST_COUNTED", 2)
    put_all(draft("cup"), draft("mug"))

    two = get("/products?include=total").body["meta"]["pagination"]
    put("jar")
    three = get("/products?include=total").body["meta"]["pagination"]

    assert (two["total"], two["total_is_capped"], three["total"], three["total_is_capped"]) == (2, False, 2, True)


@pytest.mark.parametrize("path", ["/products", "/brands"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("include=facets", "invalid_parameter"),
        ("include=", "invalid_parameter"),
        ("include=total&include=total", "duplicate_parameter"),
    ],
)
def test_nothing_else_can_be_included(market: Market, path: str, query: str, code: str) -> None:
    assert get(f"{path}?{query}").refusal == (400, code, "include")


@pytest.mark.parametrize("path", ["/brands", "/me/orders", "/me/addresses", "/me/sessions"])
def test_every_list_with_pages_can_be_counted(market: Market, path: str) -> None:
    put_all(draft("mug", brand=brand_named("Acme")), draft("cup", brand=brand_named("Bolt")))
    brand_named("Nothing to show")
    account()
    ada = login(Visitor())
    totals = {"/brands": 2, "/me/orders": 0, "/me/addresses": 0, "/me/sessions": 1}

    seen = ada.get(f"{path}?include=total&limit=1")

    assert seen.status == 200
    assert seen.body["meta"]["pagination"]["total"] == totals[path]


@pytest.mark.parametrize("sort", SORTS)
def test_equals_are_neither_repeated_nor_left_out(market: Market, sort: str) -> None:
    put_all(*(draft(f"mug-{n}", name="Mug", published_at=NOON) for n in range(5)))
    path = f"/products?sort={sort}&limit=2"

    pages = walked(path)
    back = walked(f"{path}&{previous_of(last_page(path))}", "previous")

    assert [len(each) for each in pages] == [2, 2, 1]
    assert sorted(chain(*pages)) == [f"mug-{n}" for n in range(5)]
    assert list(chain(*pages)) == listed(f"sort={sort}")
    assert back == [pages[1], pages[0]]


@pytest.mark.parametrize("sort", SORTS)
def test_back_and_forth_is_the_same_page(market: Market, sort: str) -> None:
    put_all(*(draft(f"mug-{n}", days=n) for n in range(1, 6)))
    path = f"/products?sort={sort}&limit=2"
    first = get(path)
    second = get(f"{path}&{next_of(first)}")

    back = get(f"{path}&{previous_of(second)}")
    forth = get(f"{path}&{next_of(back)}")

    assert (back.data, forth.data) == (first.data, second.data)
    assert (back.body["meta"]["pagination"]["previous"], len(second.data)) == (None, 2)


def test_the_last_page_that_is_just_full_has_no_next(market: Market) -> None:
    put_all(draft("cup"), draft("mug"))

    seen = get("/products?limit=2")

    assert seen.body["meta"]["pagination"] == {"limit": 2, "next": None, "previous": None}


def test_what_comes_meanwhile_repeats_nothing(market: Market) -> None:
    put_all(*(draft(f"mug-{n}", days=n) for n in range(1, 5)))
    first = get("/products?limit=2")

    put("new", days=0)
    second = get(f"/products?limit=2&{next_of(first)}")
    back = get(f"/products?limit=2&{previous_of(second)}")
    start = get(f"/products?limit=2&{previous_of(back)}")

    assert (slugs(first), slugs(second)) == (["mug-1", "mug-2"], ["mug-3", "mug-4"])
    assert (slugs(back), slugs(start)) == (["mug-1", "mug-2"], ["new"])


def test_what_goes_meanwhile_leaves_no_gap(market: Market) -> None:
    put_all(*(draft(f"mug-{n}", days=n) for n in range(1, 5)))
    first = get("/products?limit=2")

    archive(Product.objects.get(slug="mug-2"))
    second = get(f"/products?limit=2&{next_of(first)}")

    assert slugs(second) == ["mug-3", "mug-4"]


def test_a_page_of_which_all_have_gone_leads_back(market: Market) -> None:
    put_all(*(draft(f"mug-{n}", days=n) for n in range(1, 4)))
    first = get("/products?limit=2")

    archive(Product.objects.get(slug="mug-3"))
    second = get(f"/products?limit=2&{next_of(first)}")

    assert (slugs(second), second.body["meta"]["pagination"]["next"]) == ([], None)
    assert slugs(get(f"/products?limit=2&{previous_of(second)}")) == ["mug-1", "mug-2"]


def test_other_pages_may_be_larger(market: Market) -> None:
    put_all(*(draft(f"mug-{n}", days=n) for n in range(1, 6)))
    first = get("/products?limit=1")

    assert listed(f"limit=3&{next_of(first)}") == ["mug-2", "mug-3", "mug-4"]


@pytest.mark.parametrize(
    "query", ["sort=name", "sort=price", "in_stock=true", "brand=acme", "price_min=1", "country=CH", "country=DE"]
)
def test_a_cursor_is_of_its_sort_its_filters_and_its_market(francs: PriceList, query: str) -> None:
    put_all(draft("cup"), draft("mug"))
    first = get("/products?limit=1")

    seen = get(f"/products?limit=1&{next_of(first)}&{query}")

    assert seen.refusal == (400, "invalid_cursor", "cursor")


def test_a_cursor_of_another_list_is_refused(market: Market) -> None:
    put("cup", brand=brand_named("Acme"))
    put("mug", brand=brand_named("Bolt"))

    assert get(f"/products?{next_of(get('/brands?limit=1'))}").refusal == (400, "invalid_cursor", "cursor")
    assert get(f"/brands?{next_of(get('/products?limit=1'))}").refusal == (400, "invalid_cursor", "cursor")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%C3%A9", "WyJuZXh0Il0", "A" * 2048])
def test_a_cursor_that_nobody_gave_is_refused(market: Market, cursor: str) -> None:
    assert get(f"/products?cursor={cursor}").refusal == (400, "invalid_cursor", "cursor")


def test_a_page_has_24_unless_it_is_said_otherwise_and_at_most_100(market: Market) -> None:
    put_all(*(draft(f"mug-{n}") for n in range(101)))

    assert [len(get(f"/products{query}").data) for query in ("", "?limit=1", "?limit=100")] == [24, 1, 100]


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1.5", "many", ""])
def test_a_limit_out_of_bounds_is_refused(market: Market, limit: str) -> None:
    assert get(f"/products?limit={limit}").refusal == (400, "invalid_parameter", "limit")


def test_a_wrong_parameter_is_named_with_what_is_wrong_with_it(market: Market) -> None:
    seen = get("/products?limit=0")

    assert seen.body["message"] == "limit: Must be at least 1."
    assert seen.body["errors"] == [
        {
            "code": "invalid_parameter",
            "message": "Must be at least 1.",
            "field": "limit",
            "params": {"reason": "too_small", "min": 1},
        }
    ]
    assert seen.body["data"] is None


def test_several_wrong_parameters_are_told_alike_and_together(market: Market) -> None:
    seen = get("/products?limit=101&include=facets")

    assert seen.body["message"] == "Some query parameters need your attention."
    assert [(each["code"], each["field"], each["params"]["reason"]) for each in seen.body["errors"]] == [
        ("invalid_parameter", "limit", "too_large"),
        ("invalid_parameter", "include", "invalid_choice"),
    ]
    assert seen.body["data"] is None


@pytest.mark.parametrize("name", ["q", "page", "offset", "colour", "Sort", "sort[]", "market"])
def test_a_parameter_that_is_not_known_is_refused(market: Market, name: str) -> None:
    assert get(f"/products?{name}=1").refusal == (400, "unknown_parameter", name)


@pytest.mark.parametrize(
    "name", ["sort", "limit", "cursor", "price_min", "price_max", "in_stock", "on_sale", "country", "currency"]
)
def test_what_has_one_value_can_not_be_given_twice(market: Market, name: str) -> None:
    assert get(f"/products?{name}=1&{name}=1").refusal == (400, "duplicate_parameter", name)


def test_the_list_is_kept_by_caches_and_asked_for_again_by_its_tag(market: Market) -> None:
    put("mug")
    first = get("/products")
    again = Visitor(headers={"If-None-Match": first.headers["ETag"]})

    same = again.get("/products")
    put("cup")
    other = again.get("/products")

    assert first.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    assert first.headers["Vary"] == "Accept-Encoding, Accept-Language, Authorization, Origin"
    assert (same.status, same.body, same.headers["ETag"]) == (304, None, first.headers["ETag"])
    assert (other.status, len(other.data)) == (200, 2)
