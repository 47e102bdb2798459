"""Products as a file has them, and what is wrong with those that can't be read."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that can't be read: where it stands in the file, and what is wrong with it."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadVariant:
    """A variant as the file has it; money in the import's currency, quantity in pieces."""

    line: int
    options: Mapping[str, str]
    sku: str | None
    barcode: str
    grams: int
    tracked: bool
    quantity: int
    may_backorder: bool
    price: Money
    compare_at: Money | None
    cost: Money | None
    requires_shipping: bool
    taxable: bool
    image_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProduct:
    """A product as the file has it."""

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
    options: Mapping[str, tuple[str, ...]]
    variants: tuple[ReadVariant, ...]
    images: tuple[tuple[str, str], ...]
    """(address, alternative text), in the order of their positions."""
    columns: frozenset[str]
    """Those that the file has at all: it says nothing about the others."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A product, or the whole file, that can't be read. `handle` is empty when it is not known whose row it was."""

    handle: str
    faults: tuple[Fault, ...]
