"""What happens to payments. `aggregate` is the bill, which is what an order keeps."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shop.platform.events import Event


@dataclass(frozen=True, slots=True)
class PaymentSettled(Event):
    """An attempt has come to an end: `status` is captured, declined or voided."""

    name: ClassVar[str] = "payment.settled"
    payment: UUID
    status: str


@dataclass(frozen=True, slots=True)
class PaymentRefunded(Event):
    """So much (minor units) has been given back."""

    name: ClassVar[str] = "payment.refunded"
    payment: UUID
    refund: UUID
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundFailed(Event):
    """The gateway has refused to give money back: somebody has to look."""

    name: ClassVar[str] = "payment.refund_failed"
    payment: UUID
    refund: UUID
    amount: int
    currency: str
