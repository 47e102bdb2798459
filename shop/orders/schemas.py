"""Schemas of orders, which the routers of other apps show too."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from shop.platform.http.envelope import Facts
from shop.platform.http.schemas import MoneyOut

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T08:43:19Z"])]


class DiscountOut(TypedDict):
    code: str
    name: str
    amount: MoneyOut


class TaxLineOut(TypedDict):
    name: str
    rate: Annotated[str, Field(description="Percent, as a decimal string.", examples=["19.00"])]
    base: MoneyOut
    amount: MoneyOut


class AmountsOut(TypedDict):
    """With tax-inclusive prices every figure is gross and `tax_total` is contained."""

    subtotal: MoneyOut
    discount_total: MoneyOut
    shipping_total: MoneyOut
    tax_total: MoneyOut
    total: MoneyOut


class OrderTotalsOut(AmountsOut):
    gift_card_total: MoneyOut
    amount_due: MoneyOut


class PostalOut(TypedDict):
    first_name: str | None
    last_name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    postal_code: str | None
    state: str | None
    country: str | None
    phone: str | None


class ShippingMethodRefOut(TypedDict):
    id: Annotated[str | None, Field(description="Null in older orders, which stored only the name.")]
    code: str
    name: str


NoticeCode = Literal["unavailable", "insufficient_stock", "price_changed", "code_not_applied", "quantity_clamped"]


class NoticeOut(TypedDict):
    code: NoticeCode
    line_id: Annotated[str | None, Field(description="The line that it is about; null when it is about the cart.")]
    message: str
    params: Facts | None


class OrderedImageOut(TypedDict):
    """The image as it was when the order was placed."""

    id: Annotated[str | None, Field(description="Null in older orders, which stored only `url`.")]
    url: str
    alt: str | None
    width: int | None
    height: int | None
    variant_ids: list[str]
    srcset: str | None


class OrderedProductOut(TypedDict):
    id: str | None
    slug: str
    name: str
    image: OrderedImageOut | None


class OrderLineAmountsOut(TypedDict):
    """A line of an order without what clients keep with it."""

    id: str
    variant_id: str | None
    product: OrderedProductOut
    sku: str | None
    name: str | None
    options: dict[str, str]
    quantity: int
    fulfilled_quantity: int
    returned_quantity: int
    refunded_quantity: int
    unit_price: MoneyOut
    compare_at: MoneyOut | None
    subtotal: MoneyOut
    discount: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    discounts: list[DiscountOut]
    tax_lines: list[TaxLineOut]
    notices: Annotated[list[NoticeOut], Field(description="As at a line of a cart; always empty in an order.")]


class OrderLineOut(OrderLineAmountsOut):
    metadata: dict[str, str]


class ListedOrderLineOut(OrderLineAmountsOut):
    metadata: Annotated[dict[str, str] | None, Field(description="Null in a list of orders: read the order for it.")]


class CardOut(TypedDict):
    brand: str
    last4: str


class OrderPaymentOut(TypedDict):
    id: str
    method: str
    status: str
    amount: MoneyOut
    captured: MoneyOut
    refunded: MoneyOut
    card: CardOut | None


class OrderRefundOut(TypedDict):
    id: str
    payment_id: str
    amount: MoneyOut
    status: str
    reason: str | None


class FulfilledLineOut(TypedDict):
    line_id: Annotated[str, Field(description="The line of the order.")]
    quantity: int


class TrackingOut(TypedDict):
    carrier: str | None
    number: str
    url: str | None


class FulfillmentOut(TypedDict):
    id: str
    status: str
    lines: Annotated[list[FulfilledLineOut], Field(description="The lines that were shipped, and their quantities.")]
    tracking: list[TrackingOut]


Status = Literal["pending_payment", "placed", "completed", "cancelled", "expired"]
PaymentStatus = Literal["unpaid", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided"]
FulfillmentStatus = Literal["unfulfilled", "partially_fulfilled", "fulfilled", "delivered"]


class OrderHeadOut(TypedDict):
    """An order without its lines."""

    id: str
    number: str | None
    status: Status
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    currency: str
    email: str
    email_confirmed: Annotated[
        bool, Field(description="Whether the email address is the customer's: confirmed by a login, or by a code.")
    ]
    totals: OrderTotalsOut
    codes: list[DiscountOut]
    shipping_address: PostalOut | None
    billing_address: PostalOut | None
    shipping_method: ShippingMethodRefOut | None
    payments: list[OrderPaymentOut]
    fulfillments: list[FulfillmentOut]
    refunds: list[OrderRefundOut]
    note: str | None
    metadata: dict[str, str]
    test: bool
    version: int
    created_at: Time
    updated_at: Time
    placed_at: Time | None
    cancelled_at: Time | None
    expires_at: Annotated[
        Time | None, Field(description="When the order expires unless it is paid; null for every other order.")
    ]


class OrderOut(OrderHeadOut):
    lines: list[OrderLineOut]


class ListedOrderOut(OrderHeadOut):
    """An order in a list."""

    lines: list[ListedOrderLineOut]
