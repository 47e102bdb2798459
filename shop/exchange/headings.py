"""What the columns of a product file are called: the names of both generations of Shopify's format, in any capitals."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

OPTIONS: Final = (1, 2, 3)
_NAMES: Final = {
    "Handle": ("url handle",),
    "Title": (),
    "Body (HTML)": ("body html", "body", "description"),
    "Vendor": (),
    "Type": ("product type", "custom product type"),
    "Tags": (),
    "Published": ("published on online store",),
    "Status": (),
    "Gift Card": (),
    "SEO Title": (),
    "SEO Description": (),
    "Image Src": ("product image url", "image url"),
    "Image Position": (),
    "Image Alt Text": (),
    **{f"Option{n} {what}": (f"option {n} {what}".lower(),) for n in OPTIONS for what in ("Name", "Value")},
    "Variant SKU": ("sku",),
    "Variant Grams": ("weight value (grams)", "grams"),
    "Variant Inventory Tracker": ("inventory tracker",),
    "Variant Inventory Qty": ("inventory quantity", "variant inventory quantity"),
    "Variant Inventory Policy": ("continue selling when out of stock", "inventory policy"),
    "Variant Price": ("price",),
    "Variant Compare At Price": ("compare at price", "variant compare-at price"),
    "Variant Requires Shipping": ("requires shipping",),
    "Variant Taxable": ("charge tax", "taxable"),
    "Variant Barcode": ("barcode",),
    "Variant Image": ("variant image url",),
    "Cost per item": ("variant cost",),
}
KNOWN: Final = frozenset(_NAMES)


def _alike(name: str) -> str:
    """The same for all ways to write it that differ in capitals, spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]+", " ", name.strip("\ufeff\u200b \t")).casefold()


COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {_alike(name): column for column, names in _NAMES.items() for name in (column, *names)}
)


def column_of(name: str) -> str | None:
    """The column that a heading names; None for one that says nothing to us."""
    return COLUMNS.get(_alike(name))


def columns_of(heading: Sequence[str]) -> list[str | None]:
    """The column of each cell of the heading; of two that name the same the first counts."""
    found: list[str | None] = []
    for name in heading:
        column = column_of(name)
        found.append(None if column in found else column)
    return found


def twice(heading: Sequence[str]) -> dict[str, str]:
    """The headings that name a column that an earlier one names already, and that earlier one."""
    first: dict[str, str] = {}
    again: dict[str, str] = {}
    for name in heading:
        column = column_of(name)
        if column in first:
            again[name.strip()] = first[column]
        elif column is not None:
            first[column] = name.strip()
    return again
