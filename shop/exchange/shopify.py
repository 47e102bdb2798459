"""The Shopify product CSV, the de-facto exchange format, read into products.

Rows with one handle are one product: the first has its columns, every row with option values or a price is a variant,
every row with an image source a picture. SKUs may be empty: a variant is known by its product and option values. An
empty inventory tracker means that the variant is not tracked. Whatever is wrong is told with its line and column, and
spoils its own product alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shop.exchange.cells import Row
from shop.exchange.rows import Broken, Cells, rows
from shop.exchange.types import Fault, ReadProduct, Unreadable
from shop.exchange.variants import VARIANT_COLUMNS, option_names, values_of, variants_of

REQUIRED: Final = ("Handle", "Title", "Variant Price")
PRODUCT_COLUMNS: Final = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Status",
    "Gift Card",
    "SEO Title",
    "SEO Description",
    "Image Src",
    "Image Position",
    "Image Alt Text",
)
KNOWN: Final = frozenset({*PRODUCT_COLUMNS, *VARIANT_COLUMNS})


@dataclass(slots=True)
class Group:
    """The rows of one handle on their way out of the file, and what is wrong with them so far."""

    handle: str
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(text: str, *, currency: str) -> Iterator[ReadProduct | Unreadable]:
    """Each product of the file, or what is wrong with one that can't be read, in the file's order."""
    found = rows(text)
    heading = next(found, None)
    faults = _faults_of(heading)
    if faults or not isinstance(heading, Cells):
        yield Unreadable("", tuple(faults))
        return
    columns = [name.strip() for name in heading.cells]
    for group in _groups(found, columns):
        yield _product(group, columns, currency)


def _faults_of(heading: Cells | Broken | None) -> list[Fault]:
    if heading is None:
        return [Fault(1, "(heading)", "the file is empty")]
    if isinstance(heading, Broken):
        return [Fault(heading.line, "(heading)", heading.message)]
    names = [name.strip() for name in heading.cells]
    hint = "" if len(names) > 1 else "; are the columns separated by commas?"
    missing = [name for name in REQUIRED if name not in names]
    twice = [name for name in dict.fromkeys(names) if name in KNOWN and names.count(name) > 1]
    return [
        *(Fault(heading.line, name, f"this column is missing{hint}") for name in missing),
        *(Fault(heading.line, name, "this column is there twice") for name in twice),
    ]


def _groups(found: Iterator[Cells | Broken], columns: Sequence[str]) -> list[Group]:
    """The rows by their handles, in the order of the first of each. A broken row counts to the handle it begins with,
    or else to the one before."""
    groups: dict[str, Group] = {}
    handle_at, before = columns.index("Handle"), ""
    for row in found:
        if isinstance(row, Broken):
            words = row.text.split(",")
            handle = words[handle_at].strip(' "\r\n') if handle_at < len(words) else ""
            before = handle or before
            group = groups.setdefault(before, Group(before))
            group.faults.append(Fault(row.line, "(row)", row.message))
            continue
        cells = {name: cell.strip() for name, cell in zip(columns, row.cells, strict=False) if name in KNOWN}
        before = cells.get("Handle", "")
        group = groups.setdefault(before, Group(before))
        group.rows.append(Row(row.line, {name: cell for name, cell in cells.items() if cell}))
        if any(cell.strip() for cell in row.cells[len(columns) :]):
            group.faults.append(Fault(row.line, "(row)", f"has more than the heading's {len(columns)} columns"))
    return list(groups.values())


def _product(group: Group, columns: Sequence[str], currency: str) -> ReadProduct | Unreadable:
    if not group.handle or not group.rows:
        missing = [Fault(row.line, "Handle", "is empty") for row in group.rows if not group.handle]
        return Unreadable(group.handle, (*group.faults, *missing))
    first = group.rows[0]
    _look_through(group)
    names = option_names(first, group.rows)
    variants = variants_of(group.rows, names, currency)
    product = ReadProduct(
        line=first.line,
        handle=first.text("Handle", most=150),
        title=first.text("Title", most=200),
        body_html=first.text("Body (HTML)"),
        vendor=first.text("Vendor", most=100),
        kind=first.text("Type", most=100),
        tags=_tags(first),
        status=_status(first),
        seo_title=first.text("SEO Title", most=200),
        seo_description=first.text("SEO Description", most=500),
        options=values_of(variants, names),
        variants=tuple(variants),
        images=_images(group.rows),
        columns=frozenset(columns) & KNOWN,
    )
    faults = [*group.faults, *(fault for row in group.rows for fault in row.faults)]
    told = tuple(sorted(dict.fromkeys(faults), key=lambda each: each.line))
    return Unreadable(group.handle, told) if told else product


def _look_through(group: Group) -> None:
    """What only the rows together show."""
    first = group.rows[0]
    if not first.cells.get("Title"):
        first.fault("Title", "is empty")
    for row in group.rows[1:]:
        if row.cells.get("Title", first.cells.get("Title")) != first.cells.get("Title"):
            row.fault("Handle", f"belongs to another product, which begins in line {first.line}")
    if first.flag("Gift Card", default=False):
        first.fault("Gift Card", "gift cards are not goods, they can't be imported")


def _tags(first: Row) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(tag.strip() for tag in first.text("Tags").split(",") if tag.strip()))
    if any(len(tag) > 100 for tag in found):
        first.fault("Tags", "has a tag of more than 100 characters")
    return found


def _status(first: Row) -> str:
    """Newer files have a status beside the flag; what either of them hides is not shown."""
    is_published = first.flag("Published", default=True)
    status = first.choice("Status", "active", "draft", "archived")
    return status if is_published or status == "archived" else "draft"


def _images(found: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """The pictures in the order of their positions; one without a position stands where its row stands."""
    places: dict[str, tuple[int, int, str]] = {}
    for at, row in enumerate(found):
        source, position = row.address("Image Src"), row.whole("Image Position", least=0, most=1_000_000)
        if source:
            places.setdefault(source, (position or at + 1, at, row.text("Image Alt Text")[:500]))
    for at, row in enumerate(found):
        shown = row.address("Variant Image")
        if shown:
            places.setdefault(shown, (2_000_000, at, ""))
    ordered: list[tuple[str, tuple[int, int, str]]] = sorted(places.items(), key=lambda each: each[1][:2])
    return tuple((source, alt) for source, (_, _, alt) in ordered)
