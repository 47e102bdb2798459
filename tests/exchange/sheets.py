"""Product files, written as a spreadsheet would write them."""

import csv
import io
from pathlib import Path

from shop.exchange.shopify import read
from shop.exchange.types import ReadProduct, Unreadable

FILES = Path(__file__).parent / "files"
HEADING = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "SEO Title",
    "SEO Description",
    "Variant Image",
    "Cost per item",
)
MUG = {"Handle": "mug", "Title": "Mug", "Variant Price": "9.99"}
"""The least that a product can be."""


def sheet(*rows: dict[str, str], heading: tuple[str, ...] = HEADING) -> str:
    """A file with these rows; what a row does not name is empty."""
    written = io.StringIO()
    table = csv.DictWriter(written, heading, restval="")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def products(text: str, *, currency: str = "EUR") -> list[ReadProduct]:
    """What can be read of a file."""
    return [each for each in read(text, currency=currency) if isinstance(each, ReadProduct)]


def faults(text: str, *, currency: str = "EUR") -> list[str]:
    """What refuses products of a file, a line each."""
    found = [each for each in read(text, currency=currency) if isinstance(each, Unreadable)]
    return [str(fault) for each in found for fault in each.faults]


def warnings(text: str, *, currency: str = "EUR") -> list[str]:
    """What is left out of products of a file, a line each."""
    return [str(fault) for each in products(text, currency=currency) for fault in each.warnings]
