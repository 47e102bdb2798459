"""Reading products from Shopify's product CSV, the de-facto exchange format.

Rows with the same handle are one product: the row with a title has its columns, in any position; every row with option
values, a price or a SKU is a variant, every row with an image source a picture. SKUs may be empty: a variant is
identified by its product and option values. A row without a handle is identified by its SKU. An empty inventory
tracker means that the variant is not tracked. Errors are reported with line and column. Usually only the cell is left
out; an error that makes the product ambiguous refuses the product.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shop.catalog.models import Product
from shop.exchange.cells import Row, plain
from shop.exchange.headings import OPTIONS, columns_of, twice
from shop.exchange.rows import Broken, Cells, rows, stripped
from shop.exchange.types import Fault, ReadProduct, Remark, Unreadable
from shop.exchange.variants import (
    MOST_CHARACTERS,
    option_names,
    stands_alone,
    values_of,
    variants_of,
)
from shop.platform import amounts
from shop.platform.http.body import is_storable

DELIMITERS: Final = (",", ";", "\t", "|")
AMOUNTS: Final = ("Variant Price", "Variant Compare At Price", "Cost per item")
OPTION_COLUMNS: Final = frozenset(f"Option{n} {what}" for n in OPTIONS for what in ("Name", "Value"))
LONGEST_HEADING: Final = 100_000
MOST_SEO: Final = 1000
UNLISTED: Final = "unlisted"


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns and the delimiter of a file."""

    columns: tuple[str | None, ...]
    """The column of each cell; None for one that is not imported."""
    headings: dict[str, str]
    """The file's name of each column."""
    delimiter: str

    @property
    def known(self) -> frozenset[str]:
        return frozenset(self.headings)


@dataclass(slots=True)
class Group:
    """The rows of one product, and their faults so far."""

    handle: str
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(text: str, *, currency: str) -> Iterator[ReadProduct | Unreadable | Remark]:
    """Yield the products of the file in order, or the faults of those that can't be read."""
    delimiter, begin = _delimiter(text)
    lines = rows(text, delimiter=delimiter, begin=begin)
    heading = next(lines, None)
    faults = _faults_of(heading)
    if faults or not isinstance(heading, Cells):
        yield Unreadable("", tuple(faults))
        return
    columns = columns_of(heading.cells)
    headings = {column: stripped(name) for column, name in zip(columns, heading.cells, strict=True) if column}
    for name, first in twice(heading.cells).items():
        yield Remark(Fault(heading.line, name, f"duplicates the column {first}, which is used instead"))
    shape = Shape(tuple(columns), headings, delimiter)
    groups = _groups(lines, shape)
    decimal = _decimal(groups, shape)
    for group in groups:
        yield _product(group, shape, currency, decimal)


def _delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter, and the number of lines before the heading: a spreadsheet may have a `sep=` line there."""
    named = re.match(r"\ufeff?\"?sep=(.)\"?\r?\n", text, re.IGNORECASE)
    if named:
        return named[1], 1
    line = next((each for each in text[:LONGEST_HEADING].splitlines() if each.strip()), "")
    return max(DELIMITERS, key=lambda delimiter: _known_among(line, delimiter)), 0


def _known_among(line: str, delimiter: str) -> int:
    try:
        [cells] = csv.reader([line], delimiter=delimiter)
    except (csv.Error, ValueError):
        return 0
    return sum(column is not None for column in columns_of(cells))


def _faults_of(heading: Cells | Broken | None) -> list[Fault]:
    if heading is None:
        return [Fault(1, "(heading)", "the file is empty")]
    if isinstance(heading, Broken):
        return [Fault(heading.line, "(heading)", heading.message)]
    if {"Handle", "Variant SKU"} & {*columns_of(heading.cells)}:
        return []
    hint = "" if len(heading.cells) > 1 else "; are the columns separated by commas?"
    return [Fault(heading.line, "Handle", f"this column is missing, and Variant SKU as well{hint}")]


def _groups(lines: Iterator[Cells | Broken], shape: Shape) -> list[Group]:
    """Group the rows by handle, in the order of the first of each; rows without a handle by SKU. A broken row belongs
    to the handle it begins with, or else to the previous one."""
    groups: dict[tuple[str, str], Group] = {}
    handle_at, before = shape.columns.index("Handle") if "Handle" in shape.known else None, ("", "")
    for row in lines:
        if isinstance(row, Broken):
            words = row.text.split(shape.delimiter)
            handle = words[handle_at].strip(' "\r\n') if handle_at is not None and handle_at < len(words) else ""
            before = (handle, "") if handle else before
            group = groups.setdefault(before, Group(before[0]))
            group.faults.append(Fault(row.line, "(row)", row.message))
            continue
        named = zip(shape.columns, map(stripped, row.cells), strict=False)
        cells = {column: cell for column, cell in named if column and cell}
        handle = plain(cells.get("Handle", ""))
        before = (handle, "" if handle else cells.get("Variant SKU", ""))
        group = groups.setdefault(before, Group(handle))
        group.rows.append(Row(row.line, cells, shape.headings))
        if any(map(stripped, row.cells[len(shape.columns) :])):
            group.faults.append(Fault(row.line, "(row)", f"has more than the heading's {len(shape.columns)} columns"))
    return list(groups.values())


def _decimal(groups: Sequence[Group], shape: Shape) -> str | None:
    """Return the decimal separator of the file's amounts, or None if it can't be determined."""
    cells = (row.cells[column] for group in groups for row in group.rows for column in AMOUNTS if column in row.cells)
    signs = amounts.decimal_signs(map(plain, cells))
    if not signs and shape.delimiter == ";":  # spreadsheets use it where the comma is the decimal separator
        return ","
    return signs.pop() if len(signs) == 1 else None


def _product(group: Group, shape: Shape, currency: str, decimal: str | None) -> ReadProduct | Unreadable:
    if not group.rows or not (group.handle or group.rows[0].cells.get("Variant SKU")):
        missing = [Fault(row.line, "Handle", "is empty, and so is the SKU") for row in group.rows]
        return Unreadable(group.handle, (*group.faults, *missing))
    head = next((row for row in group.rows if "Title" in row.cells), group.rows[0])
    _look_through(group, head)
    names = option_names(head, group.rows)
    variants = variants_of(
        group.rows,
        names,
        currency,
        columns=shape.known,
        is_lone=not names and stands_alone({}, group.rows),
        decimal=decimal,
    )
    images = _images(group.rows)
    product = ReadProduct(
        line=head.line,
        handle=group.handle,
        title=head.text("Title", most=MOST_CHARACTERS, is_cut=True),
        body_html=head.text("Body (HTML)", is_cut=True),
        vendor=head.text("Vendor", most=MOST_CHARACTERS),
        kind=head.text("Type", most=MOST_CHARACTERS),
        tags=_tags(head),
        status=_status(head),
        seo_title=head.text("SEO Title", most=MOST_CHARACTERS, is_cut=True),
        seo_description=head.text("SEO Description", most=MOST_SEO, is_cut=True),
        names=names,
        says_options=any(OPTION_COLUMNS & row.cells.keys() for row in group.rows),
        options=values_of(variants, names),
        variants=tuple(variants),
        images=images,
        columns=shape.known,
        says=_said(head, shape, images),
        headings=shape.headings,
        warnings=_in_order(fault for row in group.rows for fault in row.warnings),
    )
    faults = _in_order([*group.faults, *(fault for row in group.rows for fault in row.faults)])
    return Unreadable(group.handle, faults) if faults else product


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.line))


def _said(head: Row, shape: Shape, images: Sequence[object]) -> frozenset[str]:
    """Return the columns that the product takes from the file. An empty title and missing pictures are not taken; other
    empty texts are."""
    nothing = set() if "Title" in head.cells else {"Title"}
    nothing |= {"Published"} if "Status" in head.lost else set()
    nothing |= set() if images else {"Image Src", "Variant Image"}
    return shape.known - head.lost - nothing


def _look_through(group: Group, head: Row) -> None:
    """Report faults that show only across the rows of a product."""
    for row in group.rows:
        if row is not head and row.cells.get("Title", head.cells.get("Title")) != head.cells.get("Title"):
            row.fault("Handle", f"belongs to another product, which begins in line {head.line}")
    if head.flag("Gift Card", default=False):
        head.fault("Gift Card", "gift cards can't be imported")
    if not is_storable(group.handle):
        head.fault("Handle", "has a character that can't be stored")


def _tags(head: Row) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip() for tag in head.text("Tags").split(",") if tag.strip()))
    fitting = tuple(tag for tag in tags if len(tag) <= MOST_CHARACTERS)
    if len(fitting) < len(tags):
        head.warn("Tags", f"has a tag of more than {MOST_CHARACTERS} characters, which is ignored")
        head.lost.discard("Tags")
    return fitting


def _status(head: Row) -> str:
    """Return the status; in newer files, which also have the flag, the product is active only if both allow it."""
    is_published = head.flag("Published", default=True)
    status = head.cells.get("Status", Product.Status.ACTIVE).lower()
    if status == UNLISTED:
        head.warn("Status", "unlisted is not supported: the product becomes a draft")
        head.lost.discard("Status")
        return Product.Status.DRAFT
    if status not in Product.Status.values:
        head.warn("Status", f"{status!a} is not one of active, draft, archived; a new product becomes a draft")
        return Product.Status.DRAFT
    return status if is_published or status == Product.Status.ARCHIVED else Product.Status.DRAFT


def _images(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Return the pictures in the order of their positions; the row's number replaces a missing position."""
    places: dict[str, tuple[int, int, str]] = {}
    for at, row in enumerate(rows):
        source, position = row.address("Image Src"), row.whole("Image Position", least=0, most=1_000_000)
        if source:
            places.setdefault(source, (position or at + 1, at, row.text("Image Alt Text", most=500, is_cut=True)))
    for at, row in enumerate(rows):
        shown = row.address("Variant Image")
        if shown:
            places.setdefault(shown, (2_000_000, at, ""))
    ordered: list[tuple[str, tuple[int, int, str]]] = sorted(places.items(), key=lambda place: place[1][:2])
    return tuple((source, alt) for source, (_, _, alt) in ordered)
