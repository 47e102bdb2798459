"""`manage.py import_products`: its output."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shop.catalog.models import Product
from tests.exchange.sheets import FILES, MUG, sheet

pytestmark = pytest.mark.django_db


def imported(file: Path, *options: str, currency: str = "EUR") -> tuple[str, str, str]:
    """Run the command; return its output, its messages, and the error it ended with."""
    out, err, ending = StringIO(), StringIO(), ""
    try:
        call_command("import_products", file, "--currency", currency, *options, stdout=out, stderr=err)
    except CommandError as wrong:
        ending = str(wrong)
    return out.getvalue(), err.getvalue(), ending


def written(folder: Path, content: bytes) -> Path:
    file = folder / "products.csv"
    file.write_bytes(content)
    return file


def test_a_whole_file_goes_in_and_nothing_is_complained_about() -> None:
    out, err, ending = imported(FILES / "apparel.csv")

    assert (out, err, ending) == ("20 created, 0 changed, 0 unchanged, 0 refused\n", "", "")


def test_a_mistake_is_told_with_its_file_line_and_column_and_ends_in_failure(tmp_path: Path) -> None:
    file = written(tmp_path, sheet(MUG, {**MUG, "Handle": "bad", "Variant Price": "free"}).encode())

    out, err, ending = imported(file)

    assert out == "1 created, 0 changed, 0 unchanged, 1 refused\n"
    assert err.startswith("products.csv, line 3, Variant Price: 'free' is not a valid amount in EUR; ignored. ")
    assert ending == "1 products were not imported; see the messages above."
    assert Product.objects.get().slug == "mug"


def test_a_byte_order_mark_is_no_part_of_the_heading(tmp_path: Path) -> None:
    out, _, _ = imported(written(tmp_path, sheet(MUG).encode("utf-8-sig")))

    assert out == "1 created, 0 changed, 0 unchanged, 0 refused\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (sheet({**MUG, "Title": "Café"}).encode("latin-1"), 2),
        (b"\x89PNG\r\n\x1a\n\0\0", 1),
    ],
)
def test_another_encoding_is_named_with_its_line_and_nothing_goes_in(tmp_path: Path, content: bytes, line: int) -> None:
    out, _, ending = imported(written(tmp_path, content))

    assert ending == f"products.csv, line {line}: this is not UTF-8. Save the file as CSV in UTF-8."
    assert out == ""
    assert Product.objects.count() == 0


@pytest.mark.parametrize("mark", [BOM_UTF16_LE, BOM_UTF16_BE], ids=["little", "big"])
def test_the_unicode_text_of_spreadsheets_is_read(tmp_path: Path, mark: bytes) -> None:
    text = sheet({**MUG, "Title": "Krug für Ölkännchen"}).replace(",", "\t").replace("\n", "\r\n")
    encoding = "utf-16-le" if mark == BOM_UTF16_LE else "utf-16-be"

    out, err, ending = imported(written(tmp_path, mark + text.encode(encoding)))

    assert (out, err, ending) == ("1 created, 0 changed, 0 unchanged, 0 refused\n", "", "")
    assert Product.objects.get().name == "Krug für Ölkännchen"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_it_is_read_without_its_mark_too(tmp_path: Path, encoding: str) -> None:
    text = sheet({**MUG, "Title": "Krug für Ölkännchen 壶"}).replace(",", "\t").replace("\n", "\r\n")

    out, err, ending = imported(written(tmp_path, text.encode(encoding)))

    assert (out, err, ending) == ("1 created, 0 changed, 0 unchanged, 0 refused\n", "", "")
    assert Product.objects.get().name == "Krug für Ölkännchen 壶"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_half_a_character_of_it_is_named_with_its_line(tmp_path: Path, encoding: str) -> None:
    content = sheet(MUG).encode(encoding)

    out, _, ending = imported(written(tmp_path, content + b"\x20"))

    assert ending == "products.csv, line 3: this is not UTF-16. Save the file as CSV in UTF-8."
    assert (out, Product.objects.count()) == ("", 0)


@pytest.mark.parametrize(("encoding", "told"), [("utf-32-le", "UTF-8"), ("utf-32-be", "UTF-8"), ("utf-32", "UTF-16")])
def test_four_bytes_a_character_are_refused(tmp_path: Path, encoding: str, told: str) -> None:
    out, err, ending = imported(written(tmp_path, sheet(MUG).encode(encoding)))

    assert ending == f"products.csv, line 1: this is not {told}. Save the file as CSV in UTF-8."
    assert (out, err, Product.objects.count()) == ("", "", 0)


def test_a_nul_in_a_cell_makes_no_other_encoding(tmp_path: Path) -> None:
    imported(written(tmp_path, sheet({**MUG, "Title": "Krug"}, {**MUG, "Handle": "b", "Vendor": "a\0b"}).encode()))

    assert Product.objects.filter(name="Krug").exists()


def test_what_begins_like_it_and_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    content = BOM_UTF16_LE + "Handle\nmug\n".encode("utf-16-le") + b"\x00\xdc"

    out, _, ending = imported(written(tmp_path, content))

    assert ending == "products.csv, line 3: this is not UTF-16. Save the file as CSV in UTF-8."
    assert (out, Product.objects.count()) == ("", 0)


def test_an_empty_file_is_a_failure(tmp_path: Path) -> None:
    _, err, ending = imported(written(tmp_path, b""))

    assert err == "products.csv, line 1, (heading): the file is empty\n"
    assert ending == "1 products were not imported; see the messages above."


def test_a_file_that_is_not_there_or_no_file_gets_a_sentence(tmp_path: Path) -> None:
    _, _, missing = imported(tmp_path / "none.csv")
    _, _, folder = imported(tmp_path)

    assert missing == f"{tmp_path / 'none.csv'} can't be read: No such file or directory."
    assert folder == f"{tmp_path} can't be read: Is a directory."


@pytest.mark.parametrize("currency", ["eur", "XXX", "EURO", ""])
def test_a_currency_that_is_none_gets_a_sentence(tmp_path: Path, currency: str) -> None:
    _, _, ending = imported(written(tmp_path, sheet(MUG).encode()), currency=currency)

    assert ending == f"{currency!r} is not an ISO 4217 currency code. Example: EUR."
    assert Product.objects.count() == 0


def test_a_currency_that_no_market_sells_in_is_said_before() -> None:
    out, err, ending = imported(FILES / "apparel.csv", currency="USD")

    assert err == "No market sells in USD: the products stay hidden until one does.\n"
    assert (out, ending) == ("20 created, 0 changed, 0 unchanged, 0 refused\n", "")


def test_pictures_that_lead_nowhere_public_are_told_and_stay_where_they_are(tmp_path: Path) -> None:
    file = written(tmp_path, sheet({**MUG, "Image Src": "http://127.0.0.1/mug.jpg"}).encode())

    out, err, ending = imported(file, "--fetch-images")

    assert out == "1 created, 0 changed, 0 unchanged, 0 refused\n0 pictures downloaded, 1 failed\n"
    assert err.startswith("http://127.0.0.1/mug.jpg: This URL can't be fetched: ")
    assert ending == "1 pictures could not be downloaded."
