"""Importing files: their values are stored, a second import changes nothing, and an error affects only its product."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from shop.catalog.models import Brand, Category, Image, Product, ProductTag, SlugHistory, Variant
from shop.catalog.operations.products import rename
from shop.exchange import importing
from shop.exchange.importing import Outcome
from shop.exchange.shopify import read
from shop.inventory import operations as inventory
from shop.inventory.models import StockLevel, StockMovement
from shop.platform.clock import now
from shop.pricing.models import Price
from tests.exchange.sheets import FILES, MUG, sheet

pytestmark = pytest.mark.django_db

TEE = {
    "Handle": "tee",
    "Title": "Tee",
    "Vendor": "Loom",
    "Type": "Shirts",
    "Tags": "New, Soft",
    "Option1 Name": "Size",
    "Option1 Value": "S",
    "Variant SKU": "TEE-S",
    "Variant Price": "20",
    "Variant Compare At Price": "25",
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "4",
    "Image Src": "https://pictures.example/tee.jpg",
}
TEE_M = {"Handle": "tee", "Option1 Value": "M", "Variant SKU": "TEE-M", "Variant Price": "21"}


def bring(text: str, currency: str = "EUR") -> list[Outcome]:
    return list(importing.run(read(text, currency=currency), currency=currency))


def words(text: str) -> dict[str, str]:
    return {each.handle: each.word for each in bring(text)}


def told(text: str) -> list[str]:
    return [str(fault) for each in bring(text) for fault in (*each.warnings, *each.faults)]


def everything() -> list[object]:
    """Return every row that an import writes, with its version and times."""
    models = (Brand, Category, Product, ProductTag, Variant, Image, Price, StockLevel, StockMovement)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(
    ("file", "count", "variants", "cheapest", "dearest"),
    [("apparel", 20, 22, 3000, 8000), ("home-and-garden", 20, 21, 999, 75000)],
)
def test_a_real_file_can_be_bought_from(
    client: Client, file: str, count: int, variants: int, cheapest: int, dearest: int
) -> None:
    text = (FILES / f"{file}.csv").read_text(encoding="utf-8-sig")

    outcomes = words(text)

    listed = client.get("/api/v1/products?limit=100").json()["data"]
    assert set(outcomes.values()) == {"created"}
    assert (len(outcomes), len(listed), Variant.objects.count()) == (count, count, variants)
    assert {each["slug"] for each in listed} == set(outcomes)
    assert min(each["price"]["min"]["amount"] for each in listed) == cheapest
    assert max(each["price"]["max"]["amount"] for each in listed) == dearest
    assert {each["availability"]["status"] for each in listed} == {"in_stock"}
    assert all(each["image"]["url"].startswith("https://burst.shopifycdn.com/photos/") for each in listed)


@pytest.mark.parametrize("file", ["apparel", "home-and-garden"])
def test_a_real_file_again_changes_nothing(file: str) -> None:
    text = (FILES / f"{file}.csv").read_text(encoding="utf-8-sig")
    bring(text)
    before = everything()

    outcomes = words(text)

    assert set(outcomes.values()) == {"unchanged"}
    assert everything() == before


def test_prices_and_prices_before_are_those_of_the_file(client: Client) -> None:
    bring((FILES / "home-and-garden.csv").read_text(encoding="utf-8-sig"))

    sofa = client.get("/api/v1/products/cream-sofa").json()["data"]
    pot = client.get("/api/v1/products/clay-plant-pot").json()["data"]

    assert sofa["price"]["min"] == {"amount": 50000, "currency": "EUR"}
    assert sofa["compare_at"] == {"amount": 75000, "currency": "EUR"}
    assert sofa["on_sale"] is True
    assert [(each["options"], each["price"]["amount"]) for each in pot["variants"]] == [
        ({"Size": "Regular"}, 999),
        ({"Size": "Large"}, 1599),
    ]


def test_a_product_has_what_its_rows_say() -> None:
    bring(sheet(TEE, TEE_M))

    tee = Product.objects.get()
    small, medium = tee.variants.order_by("position")
    assert (tee.slug, tee.name, tee.kind, tee.tags, tee.status, tee.version) == (
        "tee",
        "Tee",
        "Shirts",
        ["New", "Soft"],
        "active",
        1,
    )
    assert (tee.brand, tee.category) == (Brand.objects.get(slug="loom"), Category.objects.get(slug="shirts"))
    assert (small.sku, small.options, small.track_inventory) == ("TEE-S", {"Size": "S"}, True)
    assert (medium.sku, medium.options, medium.track_inventory) == ("TEE-M", {"Size": "M"}, False)
    assert list(Price.objects.order_by("amount").values_list("amount", "compare_at")) == [(2000, 2500), (2100, None)]
    assert tee.main_image == Image.objects.get(source_url="https://pictures.example/tee.jpg")
    assert list(StockMovement.objects.values_list("kind", "delta_on_hand", "reason")) == [("adjusted", 4, "import")]


def test_only_what_differs_is_written() -> None:
    bring(sheet(TEE, TEE_M, MUG))
    versions = dict(Variant.objects.values_list("sku", "version"))

    outcomes = words(sheet({**TEE, "Variant Grams": "200"}, TEE_M, MUG))

    assert outcomes == {"tee": "changed", "mug": "unchanged"}
    assert dict(Variant.objects.values_list("sku", "version")) == versions | {"TEE-S": 2}
    assert dict(Product.objects.values_list("slug", "version")) == {"tee": 2, "mug": 1}


def test_a_new_price_or_quantity_is_a_change_of_nothing_else() -> None:
    bring(sheet(TEE, MUG))

    outcomes = words(sheet({**TEE, "Variant Inventory Qty": "9"}, {**MUG, "Variant Price": "8"}))

    assert outcomes == {"tee": "changed", "mug": "changed"}
    assert set(Product.objects.values_list("version", flat=True)) == {1}
    assert StockLevel.objects.get().on_hand == 9
    assert list(StockMovement.objects.order_by("id").values_list("delta_on_hand", flat=True)) == [4, 5]


def test_variants_that_the_file_does_not_have_any_more_are_switched_off_and_can_come_back() -> None:
    bring(sheet(TEE, TEE_M))

    without = words(sheet(TEE))
    active = list(Variant.objects.filter(is_active=True).values_list("sku", flat=True))
    back = words(sheet(TEE, TEE_M))

    assert (without, active, back) == ({"tee": "changed"}, ["TEE-S"], {"tee": "changed"})
    assert Variant.objects.filter(is_active=True).count() == 2


def test_a_variant_whose_option_is_called_otherwise_is_known_by_its_sku() -> None:
    bring(sheet(TEE))
    before = Variant.objects.get()

    bring(sheet({**TEE, "Option1 Value": "Small"}))

    after = Variant.objects.get()
    assert (after.pk, after.options) == (before.pk, {"Size": "Small"})
    assert StockLevel.objects.get().on_hand == 4


def test_what_it_cost_is_in_the_currency_of_the_file() -> None:
    costly = {**TEE, "Variant Price": "900", "Cost per item": "400"}

    bring(sheet(costly), "EUR")
    in_euros = (Variant.objects.get().cost, Variant.objects.get().cost_currency)
    bring(sheet(costly), "JPY")
    in_yen = (Variant.objects.get().cost, Variant.objects.get().cost_currency)

    assert (in_euros, in_yen) == ((40000, "EUR"), (400, "JPY"))


def test_what_a_file_has_no_column_for_stays() -> None:
    bring(sheet({**TEE, "Body (HTML)": "<p>Soft.</p>", "Variant Barcode": "4006381333931", "Cost per item": "7"}))
    heading = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price")

    outcomes = words(sheet({name: TEE[name] for name in heading} | {"Variant Price": "19"}, heading=heading))

    tee, variant = Product.objects.get(), Variant.objects.get()
    assert outcomes == {"tee": "changed"}
    assert (tee.description_html, tee.tags, tee.kind, tee.version) == ("<p>Soft.</p>", ["New", "Soft"], "Shirts", 1)
    assert (variant.sku, variant.barcode, variant.track_inventory) == ("TEE-S", "4006381333931", True)
    assert (variant.cost, variant.cost_currency) == (700, "EUR")
    assert Image.objects.count() == 1
    assert StockLevel.objects.get().on_hand == 4


def test_a_product_keeps_the_day_of_its_publication_and_the_category_that_it_was_moved_to() -> None:
    bring(sheet(TEE))
    day = now() - timedelta(days=9)
    elsewhere = Category.objects.create(slug="sale", name="Sale", path="x/")
    Product.objects.update(published_at=day, category=elsewhere)

    outcomes = words(sheet(TEE))

    assert outcomes == {"tee": "unchanged"}
    assert Product.objects.values_list("published_at", "category__slug").get() == (day, "sale")


def test_a_product_that_was_renamed_is_known_by_the_address_that_it_had() -> None:
    bring(sheet(TEE))
    rename(Product.objects.get(), "shirt")

    outcomes = words(sheet(TEE))

    assert outcomes == {"tee": "unchanged"}
    assert (Product.objects.get().slug, SlugHistory.objects.get().slug) == ("shirt", "tee")


def test_a_draft_has_no_day_until_it_is_published() -> None:
    bring(sheet({**MUG, "Published": "false"}))
    hidden = Product.objects.values_list("status", "published_at").get()

    bring(sheet(MUG))

    shown = Product.objects.get()
    assert hidden == ("draft", None)
    assert (shown.status, shown.is_published(now())) == ("active", True)


def test_a_continuing_policy_lets_it_be_sold_without_end(client: Client) -> None:
    row = {
        **MUG,
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": "0",
        "Variant Inventory Policy": "continue",
    }

    first, second = words(sheet(row)), words(sheet(row))

    mug = client.get("/api/v1/products/mug").json()["data"]
    assert (first, second) == ({"mug": "created"}, {"mug": "unchanged"})
    assert mug["availability"]["status"] == "backorder"


ENDLESS = {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "4", "Variant Inventory Policy": "continue"}


def test_all_stock_that_an_import_changes_is_held_by_one_count(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(sheet({**MUG, **ENDLESS, "Variant Inventory Policy": "deny"}, {**TEE, "Variant Inventory Qty": "2"}))
    held: list[dict[UUID, int]] = []
    take_stock = inventory.take_stock

    def watched(counted: dict[UUID, int], **how: Any) -> None:
        held.append(dict(counted))
        take_stock(counted, **how)

    monkeypatch.setattr(inventory, "take_stock", watched)

    outcome = words(sheet({**MUG, **ENDLESS}, TEE))

    levels = {row.variant.product.slug: row for row in StockLevel.objects.select_related("variant__product")}
    assert outcome == {"mug": "changed", "tee": "changed"}
    assert held == [{levels["mug"].variant_id: 4, levels["tee"].variant_id: 4}]
    assert {slug: (row.on_hand, row.backorder_room) for slug, row in levels.items()} == {
        "mug": (4, 1_000_000),
        "tee": (4, 0),
    }
    assert [each.delta_on_hand for each in StockMovement.objects.order_by("pk")] == [4, 2, 2]


@pytest.mark.django_db(transaction=True)
def test_products_that_meet_a_deadlock_are_brought_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[UUID] = []
    give_room = inventory.set_backorder_room

    def meeting_a_concurrent_request(variant_id: UUID, **how: Any) -> StockLevel:
        met.append(variant_id)
        if len(met) == 1:
            raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected()
        return give_room(variant_id, **how)

    monkeypatch.setattr(inventory, "set_backorder_room", meeting_a_concurrent_request)

    outcome = words(sheet({**MUG, **ENDLESS}))

    level = StockLevel.objects.get()
    assert (outcome, len(met)) == ({"mug": "created"}, 2)
    assert (level.on_hand, level.backorder_room) == (4, 1_000_000)
    assert (Product.objects.count(), StockMovement.objects.count()) == (1, 1)


def test_scripts_in_a_description_do_not_arrive() -> None:
    bring(sheet({**MUG, "Body (HTML)": '<p onclick="x()">Hot<script>alert(1)</script></p>'}))

    assert Product.objects.get().description_html == "<p>Hot</p>"


def test_a_refused_product_leaves_nothing_behind() -> None:
    bring(sheet({**MUG, "Variant SKU": "A"}))

    messages = told(sheet({**MUG, "Handle": "cup", "Title": "", "Vendor": "New", "Type": "Cups", "Variant Price": "x"}))

    assert [line.split(": ")[0] for line in messages] == [
        "line 2, Variant Price",
        "line 2, Variant Price",
        "line 2, Title",
        "line 2, Variant Price",
    ]
    assert messages[2] == "line 2, Title: is empty: a new product needs a title"
    assert Product.objects.count() == 1
    assert (Brand.objects.count(), Category.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Variant Price": ""}, "line 2, Variant Price: no row of this product is a variant with a price"),
        (
            {"Option1 Name": "Size", "Variant SKU": "A"},
            "line 2, Option1 Value: is empty, but the product has the option 'Size'",
        ),
    ],
)
def test_a_new_product_without_a_variant_is_refused_alone(cells: dict[str, str], message: str) -> None:
    lines = told(sheet({**MUG, **cells}, {**MUG, "Handle": "good"}))

    assert lines[0] == message
    assert Product.objects.get().slug == "good"


def test_a_size_that_comes_twice_or_without_a_price_costs_its_row() -> None:
    messages = told(sheet(TEE, {**TEE_M, "Variant Price": ""}, {**TEE, "Title": "", "Variant SKU": "B"}))

    assert messages == [
        "line 3, Variant Price: a new variant needs a price; row skipped",
        "line 4, Option1 Value: line 2 has the same options",
    ]
    assert Variant.objects.values_list("sku", "options").get() == ("TEE-S", {"Size": "S"})


def test_handles_and_vendors_in_other_scripts_get_addresses_of_their_own() -> None:
    outcomes = words(sheet({**MUG, "Handle": "カップ", "Vendor": "陶器"}, {**MUG, "Handle": "茶碗", "Vendor": "窯"}))

    assert outcomes == {"カップ": "created", "茶碗": "created"}
    assert len(set(Product.objects.values_list("slug", flat=True))) == 2
    assert set(Brand.objects.values_list("name", flat=True)) == {"陶器", "窯"}


def test_vendors_whose_names_become_one_address_stay_two_brands() -> None:
    bring(sheet({**MUG, "Vendor": "H&M"}, {**MUG, "Handle": "cup", "Vendor": "HM"}))

    brands = dict(Brand.objects.order_by("slug").values_list("slug", "name"))
    assert brands == {"hm": "H&M", "hm-2": "HM"}


def test_two_variants_can_change_skus_with_each_other() -> None:
    bring(sheet(TEE, TEE_M))

    outcomes = words(sheet({**TEE, "Variant SKU": "TEE-M"}, {**TEE_M, "Variant SKU": "TEE-S"}))

    assert outcomes == {"tee": "changed"}
    assert [(each.options["Size"], each.sku) for each in Variant.objects.order_by("position")] == [
        ("S", "TEE-M"),
        ("M", "TEE-S"),
    ]
