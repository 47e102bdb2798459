"""What there is."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from shop.inventory.errors import InsufficientStock
from shop.inventory.models import Hold, HoldLine, Location
from shop.inventory.settings import inventory_settings
from shop.inventory.shelves import Shelf, shelves, shortages
from shop.inventory.types import Availability
from shop.kernel.errors import NotFound
from shop.platform.clock import now


def stock(variant_ids: Iterable[UUID]) -> dict[UUID, Shelf]:
    """These variants as they lie there, in one query: what `availability_on` reads, and `hold` may be given."""
    return shelves(variant_ids, at=now())


def availability_on(found: Mapping[UUID, Shelf]) -> dict[UUID, Availability]:
    """Whether each of these can be had. Expired holds count as nothing."""
    low = inventory_settings().low_stock
    return {variant_id: shelf.availability(low=low) for variant_id, shelf in found.items()}


def availability(variant_ids: Iterable[UUID]) -> dict[UUID, Availability]:
    """Whether each of these variants can be had, in one query."""
    return availability_on(stock(variant_ids))


def shortage(wanted: Mapping[UUID, int]) -> InsufficientStock | None:
    """What a hold of this would be refused with just now, or None. One query."""
    missing = shortages(shelves(wanted, at=now()), wanted, low=inventory_settings().low_stock)
    return InsufficientStock(missing) if missing else None


def beyond_share(wanted: Mapping[UUID, int]) -> InsufficientStock:
    """What a provisional hold of this is refused with. One query."""
    percent, low = inventory_settings().provisional_stock_percent, inventory_settings().low_stock
    found = {variant_id: each.within_share(percent) for variant_id, each in shelves(wanted, at=now()).items()}
    return InsufficientStock(shortages(found, wanted, low=low))


def wanted_of(hold: Hold) -> dict[UUID, int]:
    """How much of each variant the hold was made for."""
    wanted: dict[UUID, int] = {}
    for variant_id, quantity in HoldLine.objects.filter(hold=hold).values_list("level__variant_id", "quantity"):
        wanted[variant_id] = wanted.get(variant_id, 0) + quantity
    return wanted


def main_location() -> Location:
    """The active location that is preferred to all others. Raises NotFound when there is none."""
    found = Location.objects.filter(is_active=True).order_by("priority", "code").first()
    if found is None:
        raise NotFound
    return found
