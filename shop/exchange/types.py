"""Products as a file has them, and what is wrong with those that can't be read."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that can't be kept: where it stands in the file, and what is wrong with it."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadVariant:
    """A variant as the file has it; money in the import's currency, quantity in pieces. None: it does not say."""

    line: int
    options: Mapping[str, str]
    """By the names that the file gives to the options."""
    values: Mapping[int, str]
    """The same by the numbers of the options, also where the file has no names for them."""
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
    """The columns by which the row says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProduct:
    """A product as the file has it. `handle` or `title` are empty where the file has none."""

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
    """What the options are called, by their numbers."""
    says_options: bool
    """Whether a row has a cell about options, be it that there are none."""
    options: Mapping[str, tuple[str, ...]]
    variants: tuple[ReadVariant, ...]
    images: tuple[tuple[str, str], ...]
    """(address, alternative text), in the order of their positions."""
    columns: frozenset[str]
    """Those that the file has at all: it says nothing about the others."""
    says: frozenset[str]
    """The columns by which it says something of the product."""
    headings: Mapping[str, str]
    """What the file calls the columns."""
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A product, or the whole file, that can't be read. `handle` is empty when it is not known whose row it was."""

    handle: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the file as a whole, which is read all the same."""

    fault: Fault
