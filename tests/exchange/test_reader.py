"""Reading product files, valid and invalid ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.exchange.shopify import read
from shop.exchange.types import ReadProduct, Remark, Unreadable
from shop.kernel.money import Money
from tests.exchange.sheets import HEADING, MUG, faults, products, sheet, warnings

TEE = {"Handle": "tee", "Title": "Tee", "Option1 Name": "Size", "Option1 Value": "S", "Variant Price": "20"}


def test_every_column_arrives() -> None:
    text = sheet(
        {
            "Handle": "coat",
            "Title": "Coat",
            "Body (HTML)": "<p>Warm,\nand dry.</p>",
            "Vendor": "Harbour",
            "Type": "Coats",
            "Tags": "wool, new,wool",
            "Published": "TRUE",
            "Option1 Name": "Size",
            "Option1 Value": "M",
            "Option2 Name": "Colour",
            "Option2 Value": "Ink",
            "Variant SKU": "COAT-M",
            "Variant Grams": "453.59237",
            "Variant Inventory Tracker": "shopify",
            "Variant Inventory Qty": "7",
            "Variant Inventory Policy": "continue",
            "Variant Price": "249.50",
            "Variant Compare At Price": "299.00",
            "Variant Requires Shipping": "false",
            "Variant Taxable": "FALSE",
            "Variant Barcode": "4006381333931",
            "Image Src": "https://pictures.example/front.jpg",
            "Image Position": "2",
            "Image Alt Text": "From the front",
            "SEO Title": "A warm coat",
            "SEO Description": "Wool.",
            "Variant Image": "https://pictures.example/ink.jpg",
            "Cost per item": "120",
        },
        {"Handle": "coat", "Image Src": "https://pictures.example/back.jpg", "Image Position": "1"},
    )

    [coat] = products(text)

    [variant] = coat.variants
    assert (coat.handle, coat.title, coat.body_html) == ("coat", "Coat", "<p>Warm,\nand dry.</p>")
    assert (coat.vendor, coat.kind, coat.tags, coat.status) == ("Harbour", "Coats", ("wool", "new"), "active")
    assert (coat.seo_title, coat.seo_description) == ("A warm coat", "Wool.")
    assert coat.options == {"Size": ("M",), "Colour": ("Ink",)}
    assert coat.images == (
        ("https://pictures.example/back.jpg", ""),
        ("https://pictures.example/front.jpg", "From the front"),
        ("https://pictures.example/ink.jpg", ""),
    )
    assert (variant.options, variant.sku, variant.barcode) == (
        {"Size": "M", "Colour": "Ink"},
        "COAT-M",
        "4006381333931",
    )
    assert (variant.grams, variant.tracked, variant.quantity, variant.may_backorder) == (454, True, 7, True)
    assert (variant.price, variant.compare_at, variant.cost) == (
        Money(24950, "EUR"),
        Money(29900, "EUR"),
        Money(12000, "EUR"),
    )
    assert (variant.requires_shipping, variant.taxable) == (False, False)
    assert variant.image_url == "https://pictures.example/ink.jpg"


def test_a_product_without_options_has_one_variant_without_a_name() -> None:
    text = sheet({**MUG, "Option1 Name": "Title", "Option1 Value": "Default Title"})

    [mug] = products(text)

    assert mug.options == {}
    assert [each.options for each in mug.variants] == [{}]


def test_an_option_that_is_really_called_title_is_an_option() -> None:
    text = sheet(
        {**MUG, "Option1 Name": "Title", "Option1 Value": "Duke"},
        {"Handle": "mug", "Option1 Value": "Earl", "Variant Price": "9.99"},
    )

    [mug] = products(text)

    assert mug.options == {"Title": ("Duke", "Earl")}


def test_rows_of_one_handle_are_one_product_however_far_apart() -> None:
    text = sheet(TEE, MUG, {"Handle": "tee", "Option1 Value": "L", "Variant Price": "22"})

    tee, mug = products(text)

    assert [(each.line, each.options["Size"]) for each in tee.variants] == [(2, "S"), (4, "L")]
    assert mug.handle == "mug"


def test_an_empty_tracker_means_untracked_and_oversold_stock_counts_as_none() -> None:
    text = sheet(
        {**TEE, "Variant Inventory Qty": "5"},
        {
            "Handle": "tee",
            "Option1 Value": "M",
            "Variant Price": "20",
            "Variant Inventory Tracker": "shopify",
            "Variant Inventory Qty": "-3",
        },
    )

    [tee] = products(text)

    assert [(each.tracked, each.quantity) for each in tee.variants] == [(False, 5), (True, 0)]


@pytest.mark.parametrize(
    ("published", "status", "shown"),
    [("true", "", "active"), ("", "active", "active"), ("false", "active", "draft"), ("true", "draft", "draft")],
)
def test_what_either_the_flag_or_the_status_hides_is_not_shown(published: str, status: str, shown: str) -> None:
    text = sheet({**MUG, "Published": published, "Status": status}, heading=(*HEADING, "Status"))

    [mug] = products(text)

    assert mug.status == shown


def test_a_price_before_that_is_no_higher_is_no_price_before() -> None:
    [mug] = products(sheet({**MUG, "Variant Compare At Price": "9.99"}))

    assert mug.variants[0].compare_at is None


def test_zeros_behind_the_point_change_no_price() -> None:
    [mug] = products(sheet({**MUG, "Variant Price": "1000.00"}), currency="JPY")

    assert mug.variants[0].price == Money(1000, "JPY")


WRITTEN = "Enter an amount such as 1299.00, with no more decimals than its currency has."


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"Variant Price": "1,2345"},
            f"line 2, Variant Price: '1,2345' is not a valid amount in EUR; ignored. {WRITTEN}",
        ),
        ({"Variant Price": "1e3"}, f"line 2, Variant Price: '1e3' is not a valid amount in EUR; ignored. {WRITTEN}"),
        (
            {"Variant Price": "200000000.01"},
            "line 2, Variant Price: 200000000.01 EUR is more than 200000000.00 EUR; ignored",
        ),
        ({"Variant Price": "-5"}, "line 2, Variant Price: '-5' is negative; ignored"),
        (
            {"Variant Price": "9" * 20},
            "line 2, Variant Price: '99999999999999999999' is not a valid amount in EUR; ignored. "
            "This amount is too large.",
        ),
        (
            {"Cost per item": "cheap"},
            f"line 2, Cost per item: 'cheap' is not a valid amount in EUR; ignored. {WRITTEN}",
        ),
        ({"Title": "x" * 256}, "line 2, Title: has 256 characters; the first 255 are kept"),
        ({"Title": "a\0b"}, "line 2, Title: has a character that can't be stored; ignored"),
        ({"Body (HTML)": "x" * 10_000_000}, "line 2, Body (HTML): has 10000000 characters; the first 100000 are kept"),
        ({"SEO Description": "x" * 1001}, "line 2, SEO Description: has 1001 characters; the first 1000 are kept"),
        ({"Tags": "x" * 256}, "line 2, Tags: has a tag of more than 255 characters, which is ignored"),
        ({"Published": "maybe"}, "line 2, Published: 'maybe' is not one of true, false; ignored"),
        ({"Variant Taxable": "perhaps"}, "line 2, Variant Taxable: 'perhaps' is not one of true, false; ignored"),
        (
            {"Variant Inventory Policy": "stop"},
            "line 2, Variant Inventory Policy: 'stop' is not one of deny, continue; ignored",
        ),
        (
            {"Variant Inventory Qty": "many"},
            "line 2, Variant Inventory Qty: 'many' is not a number from -1000000000 to 1000000000; ignored",
        ),
        (
            {"Variant Inventory Qty": "1,200"},
            "line 2, Variant Inventory Qty: '1,200' is not a number from -1000000000 to 1000000000; ignored",
        ),
        ({"Variant Grams": "-1"}, "line 2, Variant Grams: '-1' is not a number from 0 to 10000000; ignored"),
        ({"Variant SKU": "x" * 256}, "line 2, Variant SKU: has 256 characters; the maximum is 255; ignored"),
        (
            {"Image Src": "javascript:alert(1)"},
            "line 2, Image Src: 'javascript:alert(1)' is not a URL; ignored",
        ),
        ({"Variant Image": "a.jpg"}, "line 2, Variant Image: 'a.jpg' is not a URL; ignored"),
        (
            {"Option1 Name": "Size", "Option1 Value": "S", "Option2 Value": "Red"},
            "line 2, Option2 Value: ignored: the product has no Option2 Name",
        ),
    ],
)
def test_a_cell_that_can_not_be_kept_is_told_and_costs_no_product(cells: dict[str, str], message: str) -> None:
    text = sheet({**MUG, **cells}, {**MUG, "Handle": "good"}, heading=(*HEADING, "Gift Card"))

    told = warnings(text)

    assert (told[0], faults(text)) == (message, [])
    assert [each.handle for each in products(text)] == ["mug", "good"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Handle": ""}, "line 2, Handle: is empty, and so is the SKU"),
        ({"Handle": "a\0b"}, "line 2, Handle: has a character that can't be stored"),
        ({"Gift Card": "true"}, "line 2, Gift Card: gift cards can't be imported"),
    ],
)
def test_what_makes_a_product_unclear_refuses_it_alone(cells: dict[str, str], message: str) -> None:
    text = sheet({**MUG, **cells}, {**MUG, "Handle": "good"}, heading=(*HEADING, "Gift Card"))

    assert faults(text) == [message]
    assert [each.handle for each in products(text)] == ["good"]


def test_everything_that_is_wrong_with_a_product_is_told_at_once() -> None:
    text = sheet(
        {**TEE, "Variant Price": "x"},
        {"Handle": "tee", "Option1 Value": "M", "Variant Price": "20", "Variant Grams": "heavy"},
    )

    assert [line.split(":")[0] for line in warnings(text)] == ["line 2, Variant Price", "line 3, Variant Grams"]


def test_two_options_of_one_name_are_refused() -> None:
    text = sheet({**TEE, "Option2 Name": "Size", "Option2 Value": "Long"})

    assert "line 2, Option1 Name: 'Size' is used for two options" in faults(text)


def test_another_product_with_the_same_handle_far_below_is_told_where_the_first_is() -> None:
    text = sheet(TEE, MUG, {**TEE, "Title": "Another Tee", "Option1 Value": "M"})

    told = faults(text)

    assert told == ["line 4, Handle: belongs to another product, which begins in line 2"]
    assert [each.handle for each in products(text)] == ["mug"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["line 1, (heading): the file is empty"]),
        ("\n\n\r\n", ["line 1, (heading): the file is empty"]),
        ("Handle;Title;Variant Price\n", []),
        ("Handle,Title\n", []),
        ("Title,Price\n", ["line 1, Handle: this column is missing, and Variant SKU as well"]),
        (
            "Name\n",
            [
                "line 1, Handle: this column is missing, and Variant SKU as well; are the columns separated by commas?",
            ],
        ),
        ('"Handle\n', ['line 1, (heading): a quotation mark (") is opened here and never closed']),
        ("Handle,Title,Variant Price\n", []),
    ],
)
def test_a_file_without_a_heading_that_fits_is_told_so(text: str, told: list[str]) -> None:
    assert faults(text) == told
    assert products(text) == []


def test_rows_that_are_no_csv_spoil_their_own_product_alone() -> None:
    lines = [
        "Handle,Title,Variant Price",
        "one,One,1",
        'two,"Two"s,2',
        "two,,2",
        "three,Three,3",
        'four,"Four,4',
        "five,Five,5",
    ]

    entries = list(read("\n".join(lines), currency="EUR"))

    told = {each.handle: [str(fault) for fault in each.faults] for each in entries if isinstance(each, Unreadable)}
    assert told["two"][0] == "line 3, (row): this is not CSV: ',' expected after '\"'"
    assert told["four"] == ['line 6, (row): a quotation mark (") is opened here and never closed']
    assert [each.handle for each in entries if isinstance(each, ReadProduct)] == ["one", "three", "five"]


def test_a_row_with_more_columns_than_the_heading_is_refused_and_a_shorter_one_is_read() -> None:
    text = "Handle,Title,Variant Price,Vendor\none,One,1,Me,too,many\ntwo,Two,2\n"

    assert faults(text) == ["line 2, (row): has more than the heading's 4 columns"]
    assert [each.handle for each in products(text)] == ["two"]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = sheet({**MUG, "Body (HTML)": "one\ntwo\r\nthree"}, {**MUG, "Handle": "bad", "Variant Price": "x"})

    [told] = warnings(text)

    assert told.startswith("line 5, Variant Price: ")


def test_rows_of_nothing_but_commas_are_passed_over() -> None:
    text = f"{sheet(MUG)}{',' * 20}\r\n\r\n"

    assert faults(text) == []
    assert len(products(text)) == 1


def test_a_file_that_is_something_else_altogether_is_refused_as_a_whole() -> None:
    text = "Handle,Title,Variant Price\n" + '"a"b\n' * 500

    told = faults(text)

    assert len(told) == 101
    assert told[-1] == "line 102, (row): 100 rows before this are not CSV; nothing was read from here on"


CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["mug", "tee", "9.99", "-1", "1e5", "true", "Size", "S", '"', '""', "\n", "\r", "\0", "\ud800", "٣"]
    ),
)


@given(st.text())
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    list(read(text, currency="EUR"))


@given(st.lists(st.lists(CELL, max_size=len(HEADING) + 2), max_size=8))
def test_no_cells_are_too_odd_to_be_read(rows: list[list[str]]) -> None:
    text = ",".join(HEADING) + "\n" + "\n".join(",".join(row) for row in rows)

    entries = list(read(text, currency="EUR"))

    assert all(isinstance(each, ReadProduct | Remark) or each.faults for each in entries)


@given(st.lists(st.dictionaries(st.sampled_from(HEADING), CELL), max_size=6))
def test_no_well_formed_sheet_is_too_odd_to_be_read(rows: list[dict[str, str]]) -> None:
    entries = list(read(sheet(*rows), currency="EUR"))

    assert all(isinstance(each, ReadProduct | Remark) or each.faults for each in entries)
