"""The types that other apps get from the queries of the catalog."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image, and the variants that have it."""

    id: UUID
    url: str
    alt: str
    width: int | None
    height: int | None
    variant_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sellable:
    """A variant with the facts that carts, quotes and orders need."""

    variant_id: UUID
    product_id: UUID
    product_slug: str
    product_name: str
    variant_name: str
    sku: str | None
    options: Mapping[str, str]
    image: Picture | None
    """The variant's image, else the product's."""
    tax_code: str
    is_taxable: bool
    requires_shipping: bool
    is_buyable: bool
    """Whether the variant is active and its product published."""
