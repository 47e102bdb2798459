"""Products read from a file, and the faults of those that can't be read."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem of the file: its line and column, and a message."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadVariant:
    """A variant of the file; money in the import's currency, quantity in units. None: not stated."""

    line: int
    options: Mapping[str, str]
    """By the file's names of the options."""
    values: Mapping[int, str]
    """The same by the numbers of the options, even if the file has no names for them."""
    sku: str | None
    barcode: str
    grams: int | None
    tracked: bool
    quantity: int | None
    may_backorder: bool
    price: Money | None
    compare_at: Money | None
    cost: Money | None
    requires_shipping: bool
    taxable: bool
    image_url: str
    says: frozenset[str]
    """The columns that the row states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProduct:
    """A product of the file. `handle` or `title` is empty if the file has none."""

    line: int
    handle: str
    title: str
    body_html: str
    vendor: str
    kind: str
    tags: tuple[str, ...]
    status: str
    """draft, active or archived"""
    seo_title: str
    seo_description: str
    names: Mapping[int, str]
    """The names of the options by number."""
    says_options: bool
    """Whether a row has a cell about options, even one that states that there are none."""
    options: Mapping[str, tuple[str, ...]]
    variants: tuple[ReadVariant, ...]
    images: tuple[tuple[str, str], ...]
    """(URL, alternative text), in the order of their positions."""
    columns: frozenset[str]
    """The columns of the file."""
    says: frozenset[str]
    """The columns that the file states for the product."""
    headings: Mapping[str, str]
    """The file's names of the columns."""
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A product, or the whole file, that can't be read. `handle` is empty if the product can't be identified."""

    handle: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning about the file as a whole."""

    fault: Fault
