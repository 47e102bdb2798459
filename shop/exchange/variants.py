"""Reading the variants of a product's rows."""

from collections.abc import Mapping, Sequence
from typing import Final

from shop.exchange.cells import Row, plain
from shop.exchange.headings import OPTIONS
from shop.exchange.types import ReadVariant

LONE: Final = ("Title", "Default Title")
"""The format's option of a product without options."""
MOST_GRAMS: Final = 10_000_000
MOST_PIECES: Final = 1_000_000_000
MOST_CHARACTERS: Final = 255
VARIANT_COLUMNS: Final = frozenset(
    {
        *(f"Option{n} {what}" for n in OPTIONS for what in ("Name", "Value")),
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
        "Variant Image",
        "Cost per item",
    }
)
EMPTY_SAYS_NOTHING: Final = frozenset(
    {"Variant Price", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Grams", "Cost per item"}
    | {"Variant Requires Shipping", "Variant Taxable"}
)
"""Columns where an empty cell means "not stated" instead of zero or false."""
MARKS: Final = (
    *(f"Option{n} Value" for n in OPTIONS),
    "Variant Price",
    "Variant SKU",
    "Variant Inventory Qty",
    "Variant Barcode",
    "Cost per item",
)
"""A row with one of these columns is a variant."""

Names = Mapping[int, str]
"""The name of each option, by its number in the file."""


def option_names(head: Row, rows: Sequence[Row]) -> Names:
    """Return the names of the product's options; empty for a product without options, or if the file has none."""
    first = next((row for row in (head, *rows) if any(f"Option{n} Name" in row.cells for n in OPTIONS)), head)
    names = {n: first.text(f"Option{n} Name", most=MOST_CHARACTERS) for n in OPTIONS}
    names = {n: name for n, name in names.items() if name}
    if stands_alone(names, rows):
        return {}
    for n, name in names.items():
        if list(names.values()).count(name) > 1:
            first.fault(f"Option{n} Name", f"{name!a} is used for two options")
    return names


def stands_alone(names: Names, rows: Sequence[Row]) -> bool:
    """Return whether the file states, in the way of the format, that there are no options."""
    values = {row.cells[f"Option{n} Value"] for row in rows for n in OPTIONS if f"Option{n} Value" in row.cells}
    return names in ({}, {1: LONE[0]}) and (values == {LONE[1]} or (bool(names) and not values))


def variants_of(
    rows: Sequence[Row], names: Names, currency: str, *, columns: frozenset[str], is_lone: bool, decimal: str | None
) -> list[ReadVariant]:
    """Return the variants of the rows; problems of cells are recorded in the rows."""
    variants: list[ReadVariant] = []
    for row in rows:
        if any(mark in row.cells for mark in MARKS):
            values = {} if is_lone else _values(row, names)
            variants.append(_variant(row, names, values, currency, columns=columns, decimal=decimal))
    return variants


def values_of(variants: Sequence[ReadVariant], names: Names) -> dict[str, tuple[str, ...]]:
    """Return the values of each option in the order of the file."""
    return {
        name: tuple(dict.fromkeys(each.options[name] for each in variants if name in each.options))
        for name in names.values()
    }


def _values(row: Row, names: Names) -> dict[int, str]:
    for n in OPTIONS:
        column = f"Option{n} Value"
        if names and n not in names and row.cells.get(column, LONE[1]) != LONE[1]:
            row.warn(column, f"ignored: the product has no Option{n} Name")
    values = {n: plain(row.text(f"Option{n} Value", most=MOST_CHARACTERS)) for n in OPTIONS if n in names or not names}
    return {n: value for n, value in values.items() if value}


def _variant(
    row: Row,
    names: Names,
    values: Mapping[int, str],
    currency: str,
    *,
    columns: frozenset[str],
    decimal: str | None,
) -> ReadVariant:
    price = row.money("Variant Price", currency, decimal)
    compare_at = row.money("Variant Compare At Price", currency, decimal)
    quantity = row.whole("Variant Inventory Qty", least=-MOST_PIECES, most=MOST_PIECES)
    is_counted = "Variant Inventory Tracker" not in columns and quantity is not None
    empty = {column for column in EMPTY_SAYS_NOTHING if column not in row.cells}
    return ReadVariant(
        line=row.line,
        options={names[n]: value for n, value in values.items() if n in names},
        values=dict(values),
        sku=row.code("Variant SKU") or None,
        barcode=row.code("Variant Barcode"),
        grams=row.whole("Variant Grams", least=0, most=MOST_GRAMS),
        tracked="Variant Inventory Tracker" in row.cells or is_counted,
        quantity=max(quantity, 0) if quantity is not None else None,
        may_backorder=row.policy("Variant Inventory Policy"),
        price=price,
        compare_at=compare_at if compare_at and (price is None or compare_at > price) else None,
        cost=row.money("Cost per item", currency, decimal),
        requires_shipping=row.flag("Variant Requires Shipping", default=True),
        taxable=row.flag("Variant Taxable", default=True),
        image_url=row.address("Variant Image"),
        says=(columns & VARIANT_COLUMNS) - row.lost - empty,  # last, because reading the other cells fills `lost`
    )
