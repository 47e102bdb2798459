"""What happens to orders."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shop.platform.events import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """The order is agreed and its stock is allocated."""

    name: ClassVar[str] = "order.placed"
    number: str


@dataclass(frozen=True, slots=True)
class OrderMarkedPaid(Event):
    """Somebody of the staff (`actor`, a user's key) has seen the money of an order that is paid outside the shop."""

    name: ClassVar[str] = "order.marked_paid"
    number: str
    actor: UUID | None


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """The order is no longer, and everything is given back: of the money, `returned` (minor units) is on its way."""

    name: ClassVar[str] = "order.cancelled"
    number: str
    reason: str
    returned: int
    currency: str
