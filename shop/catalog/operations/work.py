"""The state of a write of many products, which takes a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from uuid import UUID

from shop.catalog.drafts import ProductDraft, SkuNote
from shop.catalog.models import Image, Product, Variant


@dataclass(slots=True)
class Work:
    """One product with its draft, and the results of the write so far."""

    draft: ProductDraft
    product: Product
    is_new: bool
    changed: bool = False
    images: dict[str, Image] = field(default_factory=dict)
    """By their keys, in order."""
    variants: list[Variant] = field(default_factory=list)
    """In the draft's order."""
    notes: list[SkuNote] = field(default_factory=list)


class OfProduct(Protocol):
    """A row that belongs to a product."""

    product_id: UUID


Row = TypeVar("Row", bound=OfProduct)


def known_products(works: Iterable[Work]) -> list[UUID]:
    """The ids of the products that existed before the write."""
    return [work.product.pk for work in works if not work.is_new]


def by_product(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    """Group the rows by product; an empty list for a product without rows."""
    grouped: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.product_id].append(row)
    return grouped
