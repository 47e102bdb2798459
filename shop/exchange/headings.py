"""The columns of product files: the names in both versions of Shopify's format, in any case."""

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
    """Normalize a heading: case, spaces, hyphens and underscores don't matter."""
    return re.sub(r"[\s_-]+", " ", name.strip("\ufeff\u200b \t")).casefold()


COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {_alike(name): column for column, names in _NAMES.items() for name in (column, *names)}
)


def column_of(name: str) -> str | None:
    """Return the column of a heading; None for one that is not imported."""
    return COLUMNS.get(_alike(name))


def columns_of(heading: Sequence[str]) -> list[str | None]:
    """Return the column of each cell of the heading; None for a repeated one."""
    columns: list[str | None] = []
    for name in heading:
        column = column_of(name)
        columns.append(None if column in columns else column)
    return columns


def twice(heading: Sequence[str]) -> dict[str, str]:
    """Return the headings that repeat a column, with the earlier heading of the same column."""
    first: dict[str, str] = {}
    again: dict[str, str] = {}
    for name in heading:
        column = column_of(name)
        if column in first:
            again[name.strip()] = first[column]
        elif column is not None:
            first[column] = name.strip()
    return again
