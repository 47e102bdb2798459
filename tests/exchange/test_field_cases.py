"""Files from real shops: each is imported with the right values, and what is left out is reported."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop.catalog.models import Category, Image, Product, Variant
from shop.catalog.operations.products import rename
from shop.inventory import operations as inventory
from shop.inventory.models import StockLevel
from shop.platform.clock import now
from shop.pricing.models import Price
from tests.exchange.sheets import FILES

pytestmark = pytest.mark.django_db


def imported(name: str) -> tuple[str, list[str]]:
    """Import one of the files; return the command's output and its messages about cells."""
    return imported_file(FILES / f"{name}.csv")


def imported_file(file: Path) -> tuple[str, list[str]]:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_products", file, "--currency", "EUR", stdout=out, stderr=err)
    except CommandError as wrong:
        out.write(f"error: {wrong}\n")
    return out.getvalue(), err.getvalue().splitlines()


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Return a function that imports lines as a file."""

    def brought(*lines: str, end: str = "\n", encoding: str = "utf-8") -> tuple[str, list[str]]:
        file = tmp_path / "products.csv"
        file.write_bytes(end.join([*lines, ""]).encode(encoding))
        return imported_file(file)

    return brought


def variants(*columns: str) -> list[tuple[Any, ...]]:
    rows = Variant.objects.filter(is_active=True).order_by("product__slug", "position")
    return list(rows.values_list(*columns))


def stock() -> dict[str | None, int]:
    return dict(StockLevel.objects.values_list("variant__sku", "on_hand"))


CREATED = "1 created, 0 changed, 0 unchanged, 0 refused\n"
CHANGED = "0 created, 1 changed, 0 unchanged, 0 refused\n"
UNCHANGED = "0 created, 0 changed, 1 unchanged, 0 refused\n"


def test_the_headings_of_newer_files_are_read_like_the_old_ones() -> None:
    told = imported("01-new-headings")

    apron = Product.objects.get()
    assert told == (CREATED, [])
    assert (apron.slug, apron.name, apron.status, apron.kind, apron.tags) == (
        "linen-apron",
        "Linen apron",
        "active",
        "Aprons",
        ["kitchen", "linen"],
    )
    assert (apron.brand and apron.brand.name, apron.description_html) == ("Loomhouse", "<p>Soft and strong.</p>")
    assert (apron.seo_title, apron.seo_description) == ("Linen apron", "An apron of linen")
    assert variants("options", "sku", "barcode", "weight_grams", "cost", "may_backorder", "track_inventory") == [
        ({"Size": "S"}, "APR-S", "4006381333931", 310, 910, False, True),
        ({"Size": "M"}, "APR-M", "", 330, None, True, True),
    ]
    assert stock() == {"APR-S": 7, "APR-M": 0}
    assert list(Price.objects.order_by("variant__position").values_list("amount", "compare_at")) == [
        (2490, 2990),
        (2490, None),
    ]
    assert list(Image.objects.values_list("source_url", "alt")) == [
        ("https://pictures.example/apron-1.jpg", "Apron on a hook"),
        ("https://pictures.example/apron-2.jpg", ""),
    ]


def test_capitals_in_a_heading_do_not_matter() -> None:
    told = imported("02-heading-case")

    assert told == (CREATED, [])
    assert variants("sku", "options") == [("MUG-1", {})]
    assert Price.objects.get().amount == 900


def test_an_empty_quantity_says_nothing_of_stock() -> None:
    first = imported("03-empty-quantity-a")
    second = imported("03-empty-quantity-b")

    assert (first, second) == ((CREATED, []), (CHANGED, []))
    assert (Price.objects.get().amount, stock()) == (950, {"MUG-1": 12})


def test_an_empty_quantity_of_what_is_new_is_none() -> None:
    imported("03-empty-quantity-b")

    assert stock() == {"MUG-1": 0}


def test_a_sku_that_comes_twice_stays_with_the_first() -> None:
    told = imported("04-sku-twice")
    again = imported("04-sku-twice")

    warning = (
        "04-sku-twice.csv, line 3, Variant SKU: 'CUP-1' is already in use by Mug in line 2; imported without a SKU"
    )
    assert told == ("2 created, 0 changed, 0 unchanged, 0 refused\n1 warning\n", [warning])
    assert again == ("0 created, 0 changed, 2 unchanged, 0 refused\n1 warning\n", [warning])
    assert variants("product__slug", "sku") == [("beaker", None), ("mug", "CUP-1")]


def test_an_apostrophe_before_a_barcode_is_the_spreadsheets() -> None:
    told = imported("05-barcode-apostrophe")

    assert told == (CREATED, [])
    assert Variant.objects.get().barcode == "4006381333931"


@pytest.mark.parametrize(
    ("cell", "barcode", "messages"),
    [
        ('"=""0012345678905"""', "0012345678905", []),
        ("3.65275E+11", "", ["'3.65275E+11' is what a spreadsheet made of a longer number; ignored"]),
        ("671241127551.0", "", ["'671241127551.0' is what a spreadsheet made of a longer number; ignored"]),
        ("#N/A", "", ["'#N/A' is what a spreadsheet writes for a formula that failed; ignored"]),
    ],
)
def test_a_number_that_a_spreadsheet_spoiled_is_told(bring: Any, cell: str, barcode: str, messages: list[str]) -> None:
    _, told = bring("Handle,Title,Variant SKU,Variant Barcode,Price", f"mug,Mug,'90s-MUG,{cell},9.00")

    assert told == [f"products.csv, line 2, Variant Barcode: {each}" for each in messages]
    assert variants("sku", "barcode") == [("'90s-MUG", barcode)]


def test_long_addresses_and_titles_come_in_whole() -> None:
    told = imported("06-long-texts")

    assert told == ("2 created, 0 changed, 0 unchanged, 0 refused\n", [])
    assert sorted(len(slug) for slug in Product.objects.values_list("slug", flat=True)) == [5, 201]
    assert max(len(name) for name in Product.objects.values_list("name", flat=True)) == 225


def test_what_is_unlisted_is_a_draft_and_told() -> None:
    told = imported("07-unlisted")

    warning = "07-unlisted.csv, line 2, Status: unlisted is not supported: the product becomes a draft"
    assert told == ("2 created, 0 changed, 0 unchanged, 0 refused\n1 warning\n", [warning])
    assert dict(Product.objects.values_list("slug", "status")) == {"mug": "draft", "cup": "active"}


def test_a_file_of_stock_changes_nothing_but_stock() -> None:
    imported("08-stock-only-a")
    before = (Product.objects.values().get(), Variant.objects.values().get(), Price.objects.values().get())

    told = imported("08-stock-only-b")

    assert told == (CHANGED, [])
    assert stock() == {"MUG-1": 5}
    assert (Product.objects.values().get(), Variant.objects.values().get(), Price.objects.values().get()) == before


def test_names_in_other_scripts_have_addresses_of_their_own() -> None:
    told = imported("09-addresses-in-other-scripts")

    assert told == ("2 created, 0 changed, 0 unchanged, 0 refused\n", [])
    assert dict(Product.objects.values_list("name", "slug")) == {
        "Чай Aurora 100": "chai-aurora-100",
        "Кофе Aurora 100": "kofe-aurora-100",
    }


def test_no_letter_of_an_address_is_lost() -> None:
    told = imported("10-letters-lost")
    again = imported("10-letters-lost")

    assert told == ("4 created, 0 changed, 0 unchanged, 0 refused\n", [])
    assert again == ("0 created, 0 changed, 4 unchanged, 0 refused\n", [])
    assert set(Product.objects.values_list("slug", flat=True)) == {"ol-glass", "strasse", "lodz-aeble", "al"}


def test_two_types_are_two_categories() -> None:
    told = imported("11-categories-merged")

    assert told == ("2 created, 0 changed, 0 unchanged, 0 refused\n", [])
    assert dict(Product.objects.values_list("name", "category__name")) == {"Tea": "Чай 100", "Coffee": "Кофе 100"}
    assert Category.objects.count() == 2


def test_the_row_with_the_title_is_the_first_wherever_it_stands() -> None:
    told = imported("12-title-row-not-first")

    assert told == (CREATED, [])
    assert Product.objects.get().name == "Tee"
    assert variants("options", "sku") == [
        ({"Size": "M"}, "TEE-M"),
        ({"Size": "S"}, "TEE-S"),
        ({"Size": "L"}, "TEE-L"),
    ]


def test_a_sku_is_handed_on_in_whichever_order_of_rows() -> None:
    imported("13-sku-handed-on-a")
    told = imported("13-sku-handed-on-b")

    assert told == ("0 created, 2 changed, 0 unchanged, 0 refused\n", [])
    assert variants("product__slug", "sku") == [("beaker", "K-1"), ("mug", "K-9")]


def test_a_variant_that_is_off_gives_its_sku_up() -> None:
    imported("14-sku-of-a-dropped-size-a")
    told = imported("14-sku-of-a-dropped-size-b")

    warning = "line 3, Variant SKU: 'TEE-M' was removed from Tee M, which is inactive"
    assert told == (
        "1 created, 1 changed, 0 unchanged, 0 refused\n1 warning\n",
        [f"14-sku-of-a-dropped-size-b.csv, {warning}"],
    )
    assert variants("product__slug", "sku") == [("tee", "TEE-S"), ("tee-medium", "TEE-M")]
    assert Variant.objects.get(options={"Size": "M"}).sku is None


def test_a_variant_that_was_off_before_gives_its_sku_up_too(bring: Any) -> None:
    imported("14-sku-of-a-dropped-size-a")
    Variant.objects.filter(sku="TEE-M").update(is_active=False)

    output, told = bring("Handle,Title,SKU,Price", "medium,Medium,TEE-M,9.00")

    assert output == f"{CREATED}1 warning\n"
    assert told == ["products.csv, line 2, SKU: 'TEE-M' was removed from Tee M, which is inactive"]
    assert variants("product__slug", "sku") == [("medium", "TEE-M"), ("tee", "TEE-S")]


def test_no_product_is_lost_for_a_long_cell() -> None:
    told = imported("15-long-cells")

    mug = Product.objects.get()
    variant = Variant.objects.get()
    assert told == (CREATED, [])
    assert (len(mug.seo_title), len(mug.seo_description), len(variant.sku or "")) == (239, 559, 84)
    assert len(variant.options["Kind"]) == 125


def test_a_file_of_pictures_changes_nothing_but_pictures() -> None:
    imported("16-pictures-only-a")
    before = (Variant.objects.values().get(), Price.objects.values().get())

    told = imported("16-pictures-only-b")

    assert told == (CHANGED, [])
    assert list(Image.objects.values_list("source_url", flat=True)) == [
        "https://pictures.example/1.jpg",
        "https://pictures.example/2.jpg",
    ]
    assert (Variant.objects.values().get(), Price.objects.values().get()) == before
    assert (Product.objects.get().name, stock()) == ("Mug", {"MUG-1": 12})


def test_rows_of_blanks_are_no_rows() -> None:
    assert imported("17-blank-rows") == (CREATED, [])


# siblings


@pytest.mark.parametrize(
    ("lines", "encoding", "end"),
    [
        (('"handle ";TITLE;variant_sku;Price', "mug;Mug;MUG-1;1.299,50"), "utf-8-sig", "\r\n"),
        (("sep=;", "Handle;Title;SKU;Variant Price", "mug;Mug;MUG-1;1299,5"), "utf-8-sig", "\r\n"),
        (("Url Handle\tTitle\tSKU\tPRICE", "mug\tMug\tMUG-1\t1,299.50"), "utf-8", "\n"),
        (("Title,URL handle,Variant SKU,Price", 'Mug,mug,MUG-1,"1 299,50"'), "utf-8", "\n"),
    ],
)
def test_a_file_says_by_its_shape_how_it_is_written(
    bring: Any, lines: tuple[str, ...], encoding: str, end: str
) -> None:
    told = bring(*lines, encoding=encoding, end=end)

    assert told == (CREATED, [])
    assert (variants("product__slug", "sku"), Price.objects.get().amount) == ([("mug", "MUG-1")], 129950)


def test_what_stays_unclear_is_refused_and_other_amounts_make_it_clear(bring: Any) -> None:
    unclear = bring("Handle,Title,Price", 'sofa,Sofa,"1,299"')
    count = Product.objects.count()
    clear = bring("Handle,Title,Price", 'sofa,Sofa,"1,299"', "mug,Mug,9.90")

    assert unclear[1][0] == (
        "products.csv, line 2, Price: '1,299' is not a valid amount in EUR; ignored. "
        "This could be 1299 or 1.299. Write it without a sign for thousands, like 1299.00."
    )
    assert (count, clear) == (0, ("2 created, 0 changed, 0 unchanged, 0 refused\n", []))
    assert sorted(Price.objects.values_list("amount", flat=True)) == [990, 129900]


def test_a_column_that_is_there_twice_is_told_and_read_once(bring: Any) -> None:
    output, told = bring("Handle,Title,Variant Price,Price", "mug,Mug,9.00,8.00")

    assert output == f"{CREATED}1 warning\n"
    assert told == ["products.csv, line 1, Price: duplicates the column Variant Price, which is used instead"]
    assert Price.objects.get().amount == 900


def test_rows_without_a_handle_are_known_by_their_skus(bring: Any) -> None:
    imported("14-sku-of-a-dropped-size-a")

    output, told = bring("SKU,Price,Inventory quantity", "TEE-M,13.00,", "TEE-S,11.50,", "NONE,1.00,")

    assert output == (
        "0 created, 1 changed, 0 unchanged, 1 refused\nerror: 1 products were not imported; see the messages above.\n"
    )
    assert told == ["products.csv, line 4, SKU: no variant has the SKU 'NONE', and there is no handle"]
    assert variants("sku", "options") == [("TEE-S", {"Size": "S"}), ("TEE-M", {"Size": "M"})]
    assert dict(Price.objects.values_list("variant__sku", "amount")) == {"TEE-S": 1150, "TEE-M": 1300}


def test_a_file_without_titles_adds_a_size_and_leaves_the_others(bring: Any) -> None:
    imported("14-sku-of-a-dropped-size-a")

    told = bring("Handle,Option1 Value,SKU,Price", "tee,L,TEE-L,14.00", "tee,S,TEE-S,10.00")

    assert told == (CHANGED, [])
    assert variants("sku", "options") == [
        ("TEE-S", {"Size": "S"}),
        ("TEE-M", {"Size": "M"}),
        ("TEE-L", {"Size": "L"}),
    ]
    assert [each.value for each in Product.objects.get().options.get().values.all()] == ["S", "M", "L"]


def test_a_row_that_names_no_variant_is_told_and_changes_none(bring: Any) -> None:
    imported("14-sku-of-a-dropped-size-a")

    output, told = bring("Handle,Title,Price", "tee,Tee,1.00")

    assert output == f"{UNCHANGED}1 warning\n"
    assert told == ["products.csv, line 2, Variant SKU: is not the SKU of a variant of this product; row skipped"]
    assert set(Price.objects.values_list("amount", flat=True)) == {1200}


def test_cells_that_can_not_be_kept_cost_no_product_and_clear_nothing(bring: Any) -> None:
    heading = (
        "Handle,Title,Status,SKU,Barcode,Price,Weight value (grams),Charge tax,Inventory tracker,Inventory quantity"
    )
    bring(
        f"{heading},Product image URL",
        "mug,Mug,active,MUG-1,4006381333931,9.00,300,FALSE,shopify,4,https://p.example/1.jpg",
    )
    before = (Product.objects.values().get(), Variant.objects.values().get(), Price.objects.values().get())

    output, told = bring(
        f"{heading},Product image URL", "mug,Mug,hidden,MUG-1,4.0E+12,free,heavy,perhaps,shopify,many,pictures/1.jpg"
    )

    assert output == f"{UNCHANGED}7 warnings\n"
    assert [each.split(": ")[0] for each in told] == [
        f"products.csv, line 2, {column}"
        for column in (
            "Price",
            "Inventory quantity",
            "Barcode",
            "Weight value (grams)",
            "Charge tax",
            "Product image URL",
            "Status",
        )
    ]
    assert (Product.objects.values().get(), Variant.objects.values().get(), Price.objects.values().get()) == before
    assert (stock(), Image.objects.count()) == ({"MUG-1": 4}, 1)


def test_words_of_other_languages_say_true_and_false(bring: Any) -> None:
    heading = "Handle;Title;Published on online store;Charge tax;Requires shipping;Price"

    told = bring(heading, "mug;Mug;WAHR;FALSCH;ja;9,00", "cup;Cup;FAUX;VRAI;non;9,00")

    assert told == ("2 created, 0 changed, 0 unchanged, 0 refused\n", [])
    assert dict(Product.objects.values_list("slug", "status")) == {"mug": "active", "cup": "draft"}
    assert variants("is_taxable", "requires_shipping") == [(True, False), (False, True)]


def test_two_handles_that_become_one_slug_are_two_products_in_one_file_and_in_two(bring: Any) -> None:
    bring("Handle,Title,Price", "ål,Eel,9.00", "al,Al,8.00")

    told = bring("Handle,Title,Price", "AL,Capitals,7.00", "al,Al,8.00", "ål,Eel,9.00")

    slugs = dict(Product.objects.values_list("name", "slug"))
    assert told == ("1 created, 0 changed, 2 unchanged, 0 refused\n", [])
    assert (slugs["Eel"], slugs["Al"][:3], slugs["Capitals"][:3]) == ("al", "al-", "al-")
    assert len({*slugs.values()}) == 3


def test_a_product_of_the_admin_and_one_of_an_older_import_are_known_by_their_slugs(bring: Any) -> None:
    bring("Handle,Title,Price", "mug,Mug,9.00", "glass,Glass,9.00")
    Product.objects.update(import_handle=None)
    rename(Product.objects.get(slug="glass"), "l-glass")

    told = bring("Handle,Title,Price", "mug,Mug,9.00", "Øl-glass,Glass,9.00")

    assert told == ("0 created, 2 changed, 0 unchanged, 0 refused\n", [])
    assert dict(Product.objects.values_list("slug", "import_handle")) == {"mug": "mug", "l-glass": "Øl-glass"}


def test_a_sku_is_handed_on_over_the_whole_file(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.exchange.importing.BATCH", 1)
    heading = "Handle,Title,SKU,Price"
    bring(heading, *(f"p{n},P{n},S{n},1.00" for n in range(4)))

    told = bring(heading, *(f"p{n},P{n},S{n + 1},1.00" for n in range(4)))

    assert told == ("0 created, 4 changed, 0 unchanged, 0 refused\n", [])
    assert variants("product__slug", "sku") == [("p0", "S1"), ("p1", "S2"), ("p2", "S3"), ("p3", "S4")]


def test_a_sku_that_another_product_keeps_is_left_out(bring: Any) -> None:
    bring("Handle,Title,SKU,Price", "mug,Mug,K-1,9.00")

    output, told = bring("Handle,Title,SKU,Price", "cup,Cup,K-1,8.00")

    assert output == f"{CREATED}1 warning\n"
    assert told == ["products.csv, line 2, SKU: 'K-1' is already in use by Mug; imported without a SKU"]
    assert variants("product__slug", "sku") == [("cup", None), ("mug", "K-1")]


def test_fewer_pieces_than_were_promised_cost_the_quantity_alone(bring: Any) -> None:
    imported("08-stock-only-a")
    inventory.hold({Variant.objects.get().pk: 3}, until=now().replace(year=now().year + 1))

    output, told = bring("Handle,Title,SKU,Price,Inventory quantity", "mug,Cup,MUG-1,7.00,2")

    assert output == f"{CHANGED}1 warning\n"
    assert told == [
        "products.csv, line 2, Inventory quantity: Stock can't go below what is reserved or unavailable. "
        "The product's stock stays as it is."
    ]
    assert (Product.objects.get().name, Price.objects.get().amount, stock()) == ("Cup", 700, {"MUG-1": 12})
