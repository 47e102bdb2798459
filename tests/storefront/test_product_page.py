"""A product's details, and its related products."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from pytest_django import Settings

from shop.catalog.drafts import VariantDraft, Written
from shop.catalog.models import Image, Option, OptionValue, Product, Variant
from shop.catalog.operations.categories import brand_named, plant
from shop.catalog.operations.products import ImageDraft, archive, rename, write
from shop.kernel.ids import Prefix, public, uuid7
from shop.stores.models import Market
from tests.accounts.visitor import Visitor
from tests.checkout.storefront_client import outside, shopper
from tests.storefront.window import draft, euros, get, name_of, put, put_all, slugs

PUBLIC = "public, max-age=60, stale-while-revalidate=600"
FRONT = ImageDraft(url="https://pictures.example/front.jpg", alt="Front", width=800, height=600)
BACK = ImageDraft(url="https://pictures.example/back.jpg")
LARGE = VariantDraft(
    options={"Size": "L", "Colour": "Red"},
    sku="SHIRT-L",
    barcode="4006381333931",
    weight_grams=250,
    image=BACK.key,
)
SMALL = VariantDraft(options={"Size": "S", "Colour": "Blue"})
PLENTY = {"status": "in_stock", "available": None, "max_quantity": 20, "backorder_until": None}
FEW = {"status": "low_stock", "available": 3, "max_quantity": 3, "backorder_until": None}


@pytest.fixture
def shirt(market: Market) -> Written:
    """A shirt with everything that a product can have."""
    clothes = plant("Clothes")
    with time_machine.travel(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), tick=False):
        written = put(
            "shirt",
            (2000, 2500),
            1000,
            stock=(20, 3),
            description_html="<p>Soft.</p><script>alert(1)</script>",
            brand=brand_named("Acme"),
            category=plant("Shirts", parent=clothes),
            tags=("Cotton", "summer"),
            seo_title="The shirt",
            seo_description="Soft and red.",
            options={"Size": ["L", "S"], "Colour": ["Red", "Blue"]},
            swatches={"Red": "#ff0000"},
            variants=(LARGE, SMALL),
            images=(FRONT, BACK),
        )
    Product.objects.update(metadata={"care": "30 degrees"})
    return written


def test_a_page_has_everything_in_its_order(shirt: Written) -> None:
    front, back = (public(Prefix.IMAGE, each.pk) for each in Image.objects.order_by("-alt"))
    large, small = (outside(each) for each in shirt.variants)
    clothes, shirts = plant("Clothes"), plant("Shirts")
    root = {"id": public(Prefix.CATEGORY, clothes.pk), "slug": "clothes", "name": "Clothes"}
    category = {"id": public(Prefix.CATEGORY, shirts.pk), "slug": "shirts", "name": "Shirts"}
    first = {
        "id": front,
        "url": "https://pictures.example/front.jpg",
        "alt": "Front",
        "width": 800,
        "height": 600,
        "variant_ids": [],
        "srcset": None,
    }
    second = {
        "id": back,
        "url": "https://pictures.example/back.jpg",
        "alt": None,
        "width": None,
        "height": None,
        "variant_ids": [large],
        "srcset": None,
    }

    seen = get("/products/shirt")

    assert (seen.status, seen.body["success"], seen.body["message"]) == (200, True, "Product retrieved.")
    assert list(seen.body["meta"]) == ["context", "request_id"]
    assert seen.data == {
        "id": name_of(shirt),
        "slug": "shirt",
        "name": "Shirt",
        "brand": "Acme",
        "category": category,
        "image": first,
        "price": {"min": euros(1000), "max": euros(2000)},
        "compare_at": None,
        "on_sale": True,
        "availability": PLENTY,
        "rating": {"average": None, "count": 0},
        "description_html": "<p>Soft.</p>",
        "tags": ["Cotton", "summer"],
        "options": [
            {"name": "Size", "values": [{"value": "L", "swatch": None}, {"value": "S", "swatch": None}]},
            {"name": "Colour", "values": [{"value": "Red", "swatch": "#ff0000"}, {"value": "Blue", "swatch": None}]},
        ],
        "attributes": [],
        "images": [first, second],
        "variants": [
            {
                "id": large,
                "sku": "SHIRT-L",
                "barcode": "4006381333931",
                "name": "L / Red",
                "options": {"Size": "L", "Colour": "Red"},
                "price": euros(2000),
                "compare_at": euros(2500),
                "prior_price": None,
                "unit_price": None,
                "availability": PLENTY,
                "weight_grams": 250,
                "image_id": back,
            },
            {
                "id": small,
                "sku": None,
                "barcode": None,
                "name": "S / Blue",
                "options": {"Size": "S", "Colour": "Blue"},
                "price": euros(1000),
                "compare_at": None,
                "prior_price": None,
                "unit_price": None,
                "availability": FEW,
                "weight_grams": 0,
                "image_id": None,
            },
        ],
        "category_path": [root, category],
        "seo": {"title": "The shirt", "description": "Soft and red."},
        "metadata": {"care": "30 degrees"},
        "version": 1,
        "created_at": "2026-01-02T03:04:05Z",
        "updated_at": "2026-01-02T03:04:05Z",
    }


def test_a_bare_product_has_the_same_keys(shirt: Written) -> None:
    put("mug")

    mug, whole = get("/products/mug").data, get("/products/shirt").data

    assert list(mug) == list(whole)
    assert list(mug["variants"][0]) == list(whole["variants"][0])
    assert (mug["options"], mug["images"], mug["category_path"], mug["tags"], mug["metadata"]) == ([], [], [], [], {})
    assert mug["seo"] == {"title": "Mug", "description": None}
    assert [(each["name"], each["options"]) for each in mug["variants"]] == [(None, {})]


def test_positions_decide_and_not_the_age_of_rows(shirt: Written) -> None:
    Image.objects.filter(alt="Front").update(position=9)
    Variant.objects.filter(sku="SHIRT-L").update(position=9)
    Option.objects.filter(name="Size").update(position=9)
    OptionValue.objects.filter(value="Red").update(position=9)

    seen = get("/products/shirt").data

    assert [each["alt"] for each in seen["images"]] == [None, "Front"]
    assert [each["name"] for each in seen["variants"]] == ["S / Blue", "L / Red"]
    assert [each["name"] for each in seen["options"]] == ["Colour", "Size"]
    assert [each["value"] for each in seen["options"][0]["values"]] == ["Blue", "Red"]


COAT = {"Colour": ["Petrol"], "Size": ["S", "M"], "Fit": ["Slim"]}
"""Sorted neither by length nor by alphabet."""
SMALL_COAT, COAT_M = [{"Colour": "Petrol", "Size": size, "Fit": "Slim"} for size in ("S", "M")]


def test_variants_are_named_in_the_order_of_the_options(market: Market) -> None:
    variants = tuple(VariantDraft(options=each) for each in (SMALL_COAT, COAT_M))
    coat = put("coat", 5000, 5000, options=COAT, variants=variants)

    seen = get("/products/coat").data["variants"]
    [line] = shopper(coat.variants[1]).cart()["lines"]
    stored = Variant.objects.select_related("product").get(pk=coat.variants[0].pk)

    assert [each["name"] for each in seen] == ["Petrol / S / Slim", "Petrol / M / Slim"]
    assert [list(each["options"].items()) for each in seen] == [list(SMALL_COAT.items()), list(COAT_M.items())]
    assert (line["name"], list(line["options"].items())) == ("Petrol / M / Slim", list(COAT_M.items()))
    assert str(stored) == "Coat Petrol / S / Slim"


def test_variants_are_named_anew_when_the_options_are_put_in_another_order(market: Market) -> None:
    put("coat", 5000, options=COAT, variants=(VariantDraft(options=SMALL_COAT),))
    turned = dict(reversed(SMALL_COAT.items()))

    write(
        draft(
            "coat", options={name: [value] for name, value in turned.items()}, variants=(VariantDraft(options=turned),)
        )
    )

    seen = get("/products/coat").data
    assert [each["name"] for each in seen["options"]] == ["Fit", "Size", "Colour"]
    assert [each["name"] for each in seen["variants"]] == ["Slim / S / Petrol"]


def test_a_picture_of_ours_is_shown_by_its_whole_address(market: Market, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, base_url="https://shop.example")
    put("mug", images=(ImageDraft(file="products/mug.jpg", width=40, height=30),))

    assert get("/products/mug").data["image"]["url"] == "https://shop.example/media/products/mug.jpg"


def test_by_slug_and_by_id_it_is_the_same_page(shirt: Written) -> None:
    by_slug, by_id = get("/products/shirt"), get(f"/products/{name_of(shirt)}")

    assert by_id.data == by_slug.data
    assert by_id.headers["ETag"] == by_slug.headers["ETag"]


@pytest.mark.parametrize(
    "name", ["nobody", "SHIRT", "prd_00000000000000000000000000", "prd_1", "var_00000000000000000000000000", "x" * 150]
)
def test_a_name_of_nothing_is_not_found(shirt: Written, name: str) -> None:
    assert get(f"/products/{name}").refusal == (404, "not_found", None)
    assert get(f"/products/{name}/related").refusal == (404, "not_found", None)


@pytest.mark.parametrize("name", ["x" * 256, "shirt%20red", "%00", "%C3%A9"])
def test_a_name_that_nothing_can_have_is_not_found_either(shirt: Written, name: str) -> None:
    assert get(f"/products/{name}").status == 404


@pytest.mark.parametrize("name", ["q", "limit", "sort", "include"])
def test_a_parameter_that_is_not_known_is_refused(shirt: Written, name: str) -> None:
    assert get(f"/products/shirt?{name}=1").refusal == (400, "unknown_parameter", name)
    assert get(f"/products/shirt/related?{name}=1").refusal == (400, "unknown_parameter", name)


def test_old_addresses_lead_to_the_newest(shirt: Written) -> None:
    rename(shirt.product, "tee")
    rename(shirt.product, "t-shirt")

    seen = [get(f"/products/{slug}") for slug in ("shirt", "tee")]

    assert [(each.status, each.headers["Location"], each.body) for each in seen] == [
        (301, "/api/v1/products/t-shirt", None),
        (301, "/api/v1/products/t-shirt", None),
    ]
    assert get("/products/t-shirt").data["id"] == name_of(shirt)


def test_an_old_address_keeps_the_wishes(shirt: Written) -> None:
    rename(shirt.product, "tee")

    seen = get("/products/shirt?locale=en&country=DE&currency=EUR")

    assert (seen.status, seen.headers["Location"]) == (
        301,
        "/api/v1/products/tee?country=DE&currency=EUR&locale=en",
    )


def test_an_address_that_another_product_has_now_is_that_ones(shirt: Written) -> None:
    rename(shirt.product, "tee")
    other = put("other")

    rename(other.product, "shirt")

    assert get("/products/shirt").data["id"] == name_of(other)
    assert get("/products/other").headers["Location"] == "/api/v1/products/shirt"


def test_whoever_has_this_version_is_not_sent_it_again(shirt: Written) -> None:
    first = get("/products/shirt")
    tag = first.headers["ETag"]

    seen = [
        Visitor(headers={"If-None-Match": etags}).get("/products/shirt")
        for etags in (tag, f"W/{tag}", f'"other", {tag}', "*", '"other"')
    ]

    assert (first.headers["Cache-Control"], tag[0], tag[-1]) == (PUBLIC, '"', '"')
    assert [(each.status, each.headers["ETag"]) for each in seen] == [
        (304, tag),
        (304, tag),
        (304, tag),
        (304, tag),
        (200, tag),
    ]
    assert [each.body for each in seen[:4]] == [None] * 4


def test_the_version_of_a_page_changes_with_what_it_shows(shirt: Written) -> None:
    before = get("/products/shirt").headers["ETag"]
    again = get("/products/shirt").headers["ETag"]

    Variant.objects.filter(sku="SHIRT-L").update(weight_grams=251)

    assert again == before
    assert get("/products/shirt").headers["ETag"] != before


@pytest.mark.parametrize("path", ["/products", "/products/shirt", "/products/shirt/related", "/categories", "/brands"])
def test_head_has_the_headers_and_no_body(shirt: Written, path: str) -> None:
    whole = get(path)

    seen = Visitor().call("HEAD", path)

    assert (seen.status, seen.body) == (200, None)
    assert seen.headers["ETag"] == whole.headers["ETag"]
    assert seen.headers["Cache-Control"] == PUBLIC


def test_a_refusal_is_kept_by_no_cache(shirt: Written) -> None:
    seen = [get("/products/nobody"), get("/products?limit=0"), get("/categories/nowhere")]

    assert [each.headers["Cache-Control"] for each in seen] == ["private, no-store"] * 3


def test_related_are_the_newest_of_the_same_category_and_never_itself(market: Market) -> None:
    kitchen = plant("Kitchen")
    put_all(*(draft(f"mug-{n}", category=kitchen, days=n) for n in range(1, 11)))
    put("ladle", category=plant("Ladles", parent=kitchen))
    put("spade", category=plant("Garden"))

    seen = get("/products/mug-3/related")

    assert slugs(seen) == ["mug-1", "mug-2", *(f"mug-{n}" for n in range(4, 10))]
    assert seen.body["meta"]["pagination"] == {"limit": 8, "next": None, "previous": None}
    assert seen.data == [each for each in get("/products?category=kitchen").data if each["slug"] in slugs(seen)]


def test_what_is_in_no_category_is_related_to_nothing(market: Market) -> None:
    put("mug")
    put("cup")

    assert get("/products/mug/related").data == []


def test_related_by_id_is_the_same(market: Market) -> None:
    kitchen = plant("Kitchen")
    mug = put("mug", category=kitchen)
    cup = put("cup", category=kitchen)

    before = slugs(get(f"/products/{name_of(mug)}/related"))
    archive(cup.product)

    assert (before, slugs(get(f"/products/{name_of(mug)}/related"))) == (["cup"], [])
    assert get(f"/products/{public(Prefix.PRODUCT, uuid7())}/related").status == 404
