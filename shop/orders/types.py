"""What the orders are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shop.orders.models import Order, OrderLine
from shop.payments.models import Payment, Refund

Postal = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Everything about an order but its lines and totals, as it was agreed."""

    order_id: UUID
    source: UUID
    market_id: UUID
    country: str
    locale: str
    user_id: UUID | None
    group_id: UUID | None
    email: str
    email_key: str
    shipping_address: Postal | None
    billing_address: Postal | None
    payment_method: str
    note: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_test: bool = False
    expires_at: datetime | None = None
    code_id: UUID | None = None
    shipping_method_id: UUID | None = None
    client_key: str = ""
    completion_key: str = ""
    email_confirmed_at: datetime | None = None
    hold_id: UUID | None = None
    """The hold that is made in the same transaction, after the order."""


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """An order with everything that is shown of it."""

    order: Order
    lines: Sequence[OrderLine]
    payments: Sequence[Payment]
    refunds: Sequence[Refund] = ()


@dataclass(frozen=True, slots=True)
class LineExtra:
    """What a line carries besides its price."""

    metadata: Mapping[str, str]
