"""What other apps are told of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture, and the variants that it stands for."""

    id: UUID
    url: str
    alt: str
    width: int | None
    height: int | None
    variant_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sellable:
    """A variant with what a cart, a quote and an order need to know of it."""

    variant_id: UUID
    product_id: UUID
    product_slug: str
    product_name: str
    variant_name: str
    sku: str | None
    options: Mapping[str, str]
    image: Picture | None
    """Its own, or else the product's."""
    tax_code: str
    is_taxable: bool
    requires_shipping: bool
    is_buyable: bool
    """The variant is active and its product published."""
