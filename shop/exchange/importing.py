"""A catalogue into the shop: many products together, or else each by itself, so that a bad one spoils nothing else.

Importing the same file again changes nothing. A product is known by its handle, a variant by its option values or its
SKU; stock is set by a movement when it differs. What a file has no column for stays as it is.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Self
from uuid import UUID

from django.db import IntegrityError, transaction

from shop.catalog.drafts import Written
from shop.catalog.models import Brand, Category, Variant
from shop.catalog.operations.categories import brand_named, plant
from shop.catalog.operations.products import write_all
from shop.exchange.drafting import address_of, draft_of
from shop.exchange.types import Fault, ReadProduct, ReadVariant, Unreadable
from shop.inventory import operations as inventory
from shop.inventory.models import Location, StockLevel
from shop.inventory.queries import main_location
from shop.kernel.errors import Refusal
from shop.platform.patience import patiently
from shop.pricing import operations as pricing
from shop.pricing.models import PriceList

BATCH: Final = 100
"""So many products are written together."""
ROOM: Final = 1_000_000
"""How many of what may be sold without end are promised before they have come."""

COLUMN_OF: Final = {"sku": "Variant SKU", "set_to": "Variant Inventory Qty", "variants": "Option1 Value"}
"""Where in the file a refusal's field stands."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one product: created, changed, unchanged or refused (with its faults)."""

    handle: str
    word: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """Where products go, and what is known there already."""

    price_list: PriceList
    location: Location
    brands: dict[str, Brand] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """In which line of the file a product's address came up."""

    @classmethod
    def of(cls, currency: str) -> Self:
        return cls(pricing.base_list(currency), main_location())


def run(found: Iterable[ReadProduct | Unreadable], *, currency: str) -> Iterator[Outcome]:
    """Each product of the file, brought into the shop; one outcome each, in the file's order."""
    shop = Shop.of(currency)
    waiting = iter(found)
    while batch := list(islice(waiting, BATCH)):
        yield from _outcomes(batch, shop)


def count(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How many products had which outcome."""
    return Counter(each.word for each in outcomes)


def _outcomes(batch: Sequence[ReadProduct | Unreadable], shop: Shop) -> list[Outcome]:
    seen = [each if isinstance(each, Unreadable) else _addressed(each, shop) for each in batch]
    written = iter(_written([each for each in seen if isinstance(each, ReadProduct)], shop))
    return [
        Outcome(each.handle, "refused", each.faults) if isinstance(each, Unreadable) else next(written) for each in seen
    ]


def _addressed(found: ReadProduct, shop: Shop) -> ReadProduct | Unreadable:
    """The product, unless another one of the file has its address already."""
    slug = address_of(found)
    before = shop.lines.setdefault(slug, found.line)
    if before == found.line:
        return found
    fault = Fault(found.line, "Handle", f"becomes the address {slug!r}, as the one in line {before} does already")
    return Unreadable(found.handle, (fault,))


def _written(found: Sequence[ReadProduct], shop: Shop) -> list[Outcome]:
    """All together; if that is refused each half by itself, down to the one that is to blame."""
    if not found:
        return []
    try:
        return [Outcome(each.handle, word) for each, word in zip(found, _bring_in(found, shop), strict=True)]
    except (Refusal, IntegrityError) as refusal:
        if len(found) > 1:
            half = len(found) // 2
            return [*_written(found[:half], shop), *_written(found[half:], shop)]
        return [Outcome(found[0].handle, "refused", (_fault(found[0], refusal),))]


@patiently
def _bring_in(found: Sequence[ReadProduct], shop: Shop) -> list[str]:
    """The products are in the shop as the file has them, all or none; says what that made of each."""
    with transaction.atomic():
        brands = {
            each.vendor: shop.brands.get(each.vendor) or brand_named(each.vendor) for each in found if each.vendor
        }
        categories = {each.kind: shop.categories.get(each.kind) or plant(each.kind) for each in found if each.kind}
        drafts = [draft_of(each, brands.get(each.vendor), categories.get(each.kind)) for each in found]
        written = write_all(drafts)
        variants = {
            row: each
            for product, one in zip(written, found, strict=True)
            for row, each in zip(product.variants, one.variants, strict=True)
        }
        prices = {row.pk: (each.price, each.compare_at) for row, each in variants.items()}
        changed = set(pricing.set_prices(shop.price_list, prices))
        changed |= _count_stock(variants, shop.location) if "Variant Inventory Qty" in found[0].columns else set()
    shop.brands.update(brands)
    shop.categories.update(categories)
    return [_word(each, changed) for each in written]


def _word(written: Written, changed: Collection[UUID]) -> str:
    if written.is_new:
        return "created"
    return "changed" if written.changed or any(row.pk in changed for row in written.variants) else "unchanged"


def _count_stock(variants: Mapping[Variant, ReadVariant], location: Location) -> set[UUID]:
    """What is tracked lies there in the file's quantity; says to which variants that is new."""
    tracked = {row: each for row, each in variants.items() if row.track_inventory}
    levels = StockLevel.objects.filter(variant__in=list(tracked), location=location)
    known = {level.variant_id: level for level in levels}
    counted = {
        row.pk: each.quantity
        for row, each in tracked.items()
        if row.pk not in known or known[row.pk].on_hand != each.quantity
    }
    roomless = {
        row.pk: each.quantity
        for row, each in tracked.items()
        if row.may_backorder and (row.pk not in known or not known[row.pk].backorder_room)
    }
    if counted or roomless:  # counting holds all of these levels, in the order that everybody takes
        inventory.take_stock(counted | roomless, location=location, reason="import")
    for variant_id in roomless:
        inventory.set_backorder_room(variant_id, room=ROOM, location=location)
    return set(counted)


def _fault(found: ReadProduct, refusal: Refusal | IntegrityError) -> Fault:
    """The refusal, at the line that it is about."""
    if isinstance(refusal, IntegrityError):
        return Fault(found.line, "Handle", "somebody else changed this product in this moment; import it again")
    problem = refusal.problem
    sku = (problem.params or {}).get("sku")
    line = next((each.line for each in found.variants if sku and each.sku == sku), found.line)
    detail = f" ({sku})" if sku else ""
    return Fault(line, COLUMN_OF.get(problem.field or "", "Handle"), problem.message + detail)
