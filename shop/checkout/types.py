"""What checkout gives and is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from shop.catalog.types import Sellable
from shop.checkout.models import Cart, CartLine
from shop.inventory.availability import VariantStock
from shop.inventory.types import Availability
from shop.kernel.messages import Message
from shop.orders.schemas import NoticeCode
from shop.quotes.types import Quote

NeedCode = Literal[
    "lines_required",
    "line_unavailable",
    "insufficient_stock",
    "email_required",
    "address_required",
    "address_incomplete",
    "country_differs",
    "shipping_method_required",
    "shipping_method_unavailable",
    "code_not_valid",
]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that is missing before a cart can become an order."""

    code: NeedCode
    message: Message
    field: str | None = None
    params: Mapping[str, Any] | None = None
    """The facts of the message."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the shopper should know about the cart, or one line of it."""

    code: NoticeCode
    message: Message
    line_id: UUID | None = None
    params: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A cart with everything that is shown of it, as it was at one version."""

    cart: Cart
    version: int
    lines: tuple[CartLine, ...]
    quote: Quote
    sellables: Mapping[UUID, Sellable]
    stock: Mapping[UUID, VariantStock]
    availability: Mapping[UUID, Availability]
    unsellable: frozenset[UUID]
    notices: tuple[Notice, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who completes a cart: the client's network address, the call's Idempotency-Key, and the version of If-Match."""

    ip: str = ""
    key: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """How somebody wants to pay."""

    method: str
    token: str | None = None
    return_url: str = ""
