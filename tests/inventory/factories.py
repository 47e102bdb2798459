"""Variants with stock, made as the shop makes them."""

from datetime import timedelta
from uuid import UUID

from shop.catalog.models import Product, Variant
from shop.inventory import operations as inventory
from shop.inventory.models import Hold, Location, StockLevel
from shop.kernel.ids import uuid7
from shop.platform.clock import now

Counters = tuple[int, int, int]


def variant(*, track_inventory: bool = True, may_backorder: bool = False) -> Variant:
    product = Product.objects.create(slug=f"p-{uuid7().hex}", name="Mug")
    return Variant.objects.create(
        product=product, options_key="{}", track_inventory=track_inventory, may_backorder=may_backorder
    )


def location(code: str = "main", *, priority: int = 0, is_active: bool = True) -> Location:
    found, _ = Location.objects.get_or_create(
        code=code, defaults={"name": code, "priority": priority, "is_active": is_active}
    )
    return found


def stocked(on_hand: int, *, at: Location | None = None, backorders: int = 0) -> UUID:
    """A new variant, of which so many lie at the location (the main one)."""
    made = variant(may_backorder=backorders > 0)
    put(made.pk, on_hand, at=at or location())
    if backorders:
        inventory.set_backorder_room(made.pk, room=backorders, location=at or location())
    return made.pk


def put(variant_id: UUID, on_hand: int, *, at: Location) -> None:
    inventory.adjust(variant_id, set_to=on_hand, location=at)


def held(wanted: dict[UUID, int], *, minutes: int = 15) -> Hold:
    """A hold that ends in so many minutes; negative: it is over already."""
    made = inventory.hold(wanted, until=now() + timedelta(minutes=minutes))
    assert made is not None
    return made


def counters(variant_id: UUID, at: Location | None = None) -> Counters:
    """On hand, held, allocated."""
    level = StockLevel.objects.get(variant_id=variant_id, location=at or location())
    return level.on_hand, level.held, level.allocated
