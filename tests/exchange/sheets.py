"""Making product files as a spreadsheet would."""

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
"""The minimal product."""


def sheet(*rows: dict[str, str], heading: tuple[str, ...] = HEADING) -> str:
    """Return a file with these rows; missing cells are empty."""
    written = io.StringIO()
    table = csv.DictWriter(written, heading, restval="")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def products(text: str, *, currency: str = "EUR") -> list[ReadProduct]:
    """Return the products that can be read from a file."""
    return [each for each in read(text, currency=currency) if isinstance(each, ReadProduct)]


def faults(text: str, *, currency: str = "EUR") -> list[str]:
    """Return the faults that refuse products of a file, as lines."""
    unreadable = [each for each in read(text, currency=currency) if isinstance(each, Unreadable)]
    return [str(fault) for each in unreadable for fault in each.faults]


def warnings(text: str, *, currency: str = "EUR") -> list[str]:
    """Return the warnings about products of a file, as lines."""
    return [str(fault) for each in products(text, currency=currency) for fault in each.warnings]
