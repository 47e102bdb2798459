"""What other apps are told of stock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shop.kernel.ids import Prefix, public

MOST_AT_ONCE: Final = 999
"""Nobody is told that more than this can be had."""


class Status(StrEnum):
    """What a shopper reads."""

    IN_STOCK = "in_stock"
    LOW_STOCK = "low_stock"
    BACKORDER = "backorder"
    OUT_OF_STOCK = "out_of_stock"


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a variant can be had. `available` is a number only while stock is low.

    `max_quantity` is exact up to 999. What leaves the shop is `shown_max`, and carts take no more than that: trying one
    quantity after the other tells nothing.
    """

    status: Status
    available: int | None
    max_quantity: int
    backorder_until: datetime | None = None

    @property
    def shown_max(self) -> int:
        """So many can be had for certain, in steps of 5 and of 50, so that nobody can read off the exact stock."""
        if self.max_quantity >= MOST_AT_ONCE:
            return MOST_AT_ONCE
        step = 5 if self.max_quantity < 100 else 50
        return max(self.max_quantity // step * step, self.available or 0, min(self.max_quantity, 1))


NONE_LEFT: Final = Availability(Status.OUT_OF_STOCK, None, 0)
UNLIMITED: Final = Availability(Status.IN_STOCK, None, MOST_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Shortage:
    """More of a variant was asked for than there is."""

    variant_id: UUID
    requested: int
    availability: Availability

    def facts(self) -> dict[str, object]:
        """As a refusal shows it: the exact number only when stock is low or gone."""
        named: dict[str, object] = {"variant_id": public(Prefix.VARIANT, self.variant_id), "requested": self.requested}
        left = self.availability.available or 0
        if self.availability.max_quantity <= left:
            return {**named, "available": left}
        return {**named, "max_quantity": self.availability.shown_max}


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that is not what the books say."""

    level_id: UUID
    variant_id: UUID
    location: str
    counter: str
    stored: int
    booked: int

    def __str__(self) -> str:
        variant = public(Prefix.VARIANT, self.variant_id)
        return f"{variant} at {self.location}: {self.counter} is {self.stored}, the books say {self.booked}"
