"""The input and output types of this app's operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal
from uuid import UUID

from shop.catalog.drafts import ProductDraft, Written
from shop.catalog.pictures import Kept
from shop.kernel.money import Money


class Unchanged(Enum):
    """The type of UNCHANGED, which leaves a price unchanged; None withdraws it."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
OrUnchanged = Literal[Unchanged.UNCHANGED]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantOffer:
    """The price and the stock to set for a variant; what is not stated stays unchanged."""

    price: Money | OrUnchanged | None = UNCHANGED
    """The unit price; None withdraws it together with the compare-at price."""
    compare_at: Money | OrUnchanged | None = UNCHANGED
    """The price before a reduction. If only one of the two is stated, one that is not above the price is removed."""
    received: int = 0
    """Units added to the stock on hand."""
    on_hand: int | None = None
    """Units on hand after a count, if the variant is tracked."""
    opening: int | None = None
    """Units on hand if the variant is tracked and has no stock level at the location yet."""
    backorder_limit: int | None = None
    """Units that may be sold beyond the stock on hand, if the variant may be backordered and has no limit yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInput:
    """A product to save, with the offers of its variants by their position in the draft."""

    draft: ProductDraft
    offers: Mapping[int, VariantOffer] = field(default_factory=dict)
    removed_images: tuple[UUID, ...] = ()
    replaced_files: Mapping[UUID, Kept] = field(default_factory=dict)
    """New files for existing images."""


@dataclass(frozen=True, slots=True)
class SavedProduct:
    """A saved product; `changed` is true if it, a price or a stock level is new or different."""

    written: Written
    changed: bool
