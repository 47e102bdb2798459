"""The variants among a product's rows."""

from collections.abc import Mapping, Sequence
from typing import Final

from shop.exchange.cells import Row
from shop.exchange.types import ReadVariant
from shop.kernel.money import Money
from shop.stores.limits import LARGEST_PRICE

OPTIONS: Final = (1, 2, 3)
LONE: Final = ("Title", "Default Title")
"""What the format writes where a product has no options."""
MOST_GRAMS: Final = 10_000_000
MOST_PIECES: Final = 1_000_000_000
VARIANT_COLUMNS: Final = (
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
)
MARKS: Final = ("Option1 Value", "Option2 Value", "Option3 Value", "Variant Price", "Variant SKU")
"""A row with one of these is a variant."""

Names = Mapping[int, str]
"""The name of each option, by its number in the file."""


def option_names(first: Row, rows: Sequence[Row]) -> Names:
    """What the product's variants differ in; nothing for one that stands alone."""
    names = {n: first.text(f"Option{n} Name", most=50) for n in OPTIONS if f"Option{n} Name" in first.cells}
    values = {row.cells.get("Option1 Value", LONE[1]) for row in rows}
    if names == {1: LONE[0]} and values == {LONE[1]}:
        return {}
    for n, name in names.items():
        if list(names.values()).count(name) > 1:
            first.fault(f"Option{n} Name", f"{name!a} is the name of two options")
    return names


def variants_of(rows: Sequence[Row], names: Names, currency: str) -> list[ReadVariant]:
    """The variants that can be read; what is wrong with others is noted at their rows."""
    found: list[ReadVariant] = []
    lines: dict[tuple[str, ...], int] = {}
    marked = [row for row in rows if any(mark in row.cells for mark in MARKS)]
    if not marked:
        rows[0].fault("Variant Price", "no row of this product has a price")
    for row in marked:
        options = _options(row, names)
        before = lines.setdefault(tuple(options.values()), row.line)
        if before != row.line:
            row.fault("Option1 Value", f"line {before} has the same options")
        price = row.money("Variant Price", currency)
        if "Variant Price" not in row.cells:
            row.fault("Variant Price", "is empty")
        if price is not None and price.minor > LARGEST_PRICE:
            row.fault("Variant Price", f"{price} is more than {Money(LARGEST_PRICE, currency)}")
        found.append(_variant(row, options, price or Money.zero(currency), currency))
    return found


def values_of(variants: Sequence[ReadVariant], names: Names) -> dict[str, tuple[str, ...]]:
    """The values of each option, in the order in which they come."""
    return {name: tuple(dict.fromkeys(each.options[name] for each in variants)) for name in names.values()}


def _options(row: Row, names: Names) -> dict[str, str]:
    for n in OPTIONS:
        column = f"Option{n} Value"
        if n in names and column not in row.cells:
            row.fault(column, f"is empty, but the product has the option {names[n]!a}")
        if n not in names and row.cells.get(column, LONE[1]) != LONE[1]:
            row.fault(column, f"has a value, but the product's first row has no Option{n} Name")
    return {name: row.text(f"Option{n} Value", most=100) for n, name in names.items()}


def _variant(row: Row, options: Mapping[str, str], price: Money, currency: str) -> ReadVariant:
    compare_at = row.money("Variant Compare At Price", currency)
    return ReadVariant(
        line=row.line,
        options=options,
        sku=row.text("Variant SKU", most=64) or None,
        barcode=row.text("Variant Barcode", most=64),
        grams=row.whole("Variant Grams", least=0, most=MOST_GRAMS),
        tracked="Variant Inventory Tracker" in row.cells,
        quantity=max(row.whole("Variant Inventory Qty", least=-MOST_PIECES, most=MOST_PIECES), 0),
        may_backorder=row.choice("Variant Inventory Policy", "deny", "continue") == "continue",
        price=price,
        compare_at=compare_at if compare_at is not None and compare_at > price else None,
        cost=row.money("Cost per item", currency),
        requires_shipping=row.flag("Variant Requires Shipping", default=True),
        taxable=row.flag("Variant Taxable", default=True),
        image_url=row.address("Variant Image"),
    )
