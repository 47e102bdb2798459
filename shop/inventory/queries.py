"""What there is."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from shop.inventory.availability import VariantStock, shortages, variant_stock
from shop.inventory.errors import InsufficientStock
from shop.inventory.models import Hold, HoldLine, Location
from shop.inventory.settings import inventory_settings
from shop.inventory.types import Availability
from shop.kernel.errors import NotFound
from shop.platform.clock import now


def stock(variant_ids: Iterable[UUID]) -> dict[UUID, VariantStock]:
    """Return the stock of these variants, in one query: what `availability_on` reads, and `hold` may be given."""
    return variant_stock(variant_ids, at=now())


def availability_on(stock_of: Mapping[UUID, VariantStock]) -> dict[UUID, Availability]:
    """Whether each of these can be had. Expired holds count as nothing."""
    low = inventory_settings().low_stock
    return {variant_id: variant.availability(low=low) for variant_id, variant in stock_of.items()}


def availability(variant_ids: Iterable[UUID]) -> dict[UUID, Availability]:
    """Whether each of these variants can be had, in one query."""
    return availability_on(stock(variant_ids))


def shortage(demand: Mapping[UUID, int]) -> InsufficientStock | None:
    """What a hold of this would be refused with just now, or None. One query."""
    missing = shortages(variant_stock(demand, at=now()), demand, low=inventory_settings().low_stock)
    return InsufficientStock(missing) if missing else None


def beyond_share(demand: Mapping[UUID, int]) -> InsufficientStock:
    """What a provisional hold of this is refused with. One query."""
    percent, low = inventory_settings().provisional_stock_percent, inventory_settings().low_stock
    share = {variant_id: each.within_share(percent) for variant_id, each in variant_stock(demand, at=now()).items()}
    return InsufficientStock(shortages(share, demand, low=low))


def demand_of(hold: Hold) -> dict[UUID, int]:
    """How much of each variant the hold was made for."""
    demand: dict[UUID, int] = {}
    for variant_id, quantity in HoldLine.objects.filter(hold=hold).values_list("level__variant_id", "quantity"):
        demand[variant_id] = demand.get(variant_id, 0) + quantity
    return demand


def main_location() -> Location:
    """The active location that is preferred to all others. Raises NotFound when there is none."""
    location = Location.objects.filter(is_active=True).order_by("priority", "code").first()
    if location is None:
        raise NotFound
    return location
