"""The results of browsing: plain values, as few objects as the response needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shop.inventory.types import Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One variant's price (minor units) and availability."""

    variant_id: UUID
    product_id: UUID
    amount: int
    compare_at: int | None
    availability: Availability
    also: Mapping[str, Any]
    """The other requested columns of the variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product as a list shows it, with the offers of its variants."""

    row: Mapping[str, Any]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDetails:
    """A product as its own page shows it."""

    card: Card
    options: tuple[Mapping[str, Any], ...]
    images: tuple[Mapping[str, Any], ...]
    category_path: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Filters of a list of products, all optional. Prices are in minor units of the context's currency."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    ids: tuple[UUID, ...] = ()
    price_min: int | None = None
    price_max: int | None = None
    in_stock: bool | None = None
    on_sale: bool | None = None
