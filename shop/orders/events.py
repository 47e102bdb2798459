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
class OrderCodeAsked(Event):
    """Whoever ordered wants another code to confirm the order's address with."""

    name: ClassVar[str] = "order.code_asked"
    number: str


@dataclass(frozen=True, slots=True)
class OrderMarkedPaid(Event):
    """Somebody of the staff (`actor`, a user's key) has seen the money of an order that is paid outside the shop.

    `received_on` is the day (ISO 8601) that it came, `reference` what the bank or the receipt calls it.
    """

    name: ClassVar[str] = "order.marked_paid"
    number: str
    actor: UUID | None
    reference: str = ""
    received_on: str = ""


@dataclass(frozen=True, slots=True)
class OrderPaidLate(Event):
    """The money of an order came after it had ended, as somebody of the staff (`actor`, a user's key) has seen.

    The order is placed again; or `returned` (minor units) is on its way back.
    """

    name: ClassVar[str] = "order.paid_late"
    number: str
    actor: UUID | None
    returned: int
    currency: str


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """The order is no longer, and everything is given back: of the money, `returned` (minor units) is on its way.

    `has_expired` when nobody cancelled it: it was not paid, or its email address not confirmed, in time.
    """

    name: ClassVar[str] = "order.cancelled"
    number: str
    reason: str
    returned: int
    currency: str
    has_expired: bool = False
