"""How orders look from outside."""

from collections.abc import Iterable, Mapping
from typing import Any, cast
from uuid import UUID

from shop.kernel.ids import Prefix, public
from shop.orders.models import Order, OrderLine
from shop.orders.schemas import (
    DiscountOut,
    FulfillmentStatus,
    ListedOrderLineOut,
    ListedOrderOut,
    OrderedImageOut,
    OrderHeadOut,
    OrderLineAmountsOut,
    OrderLineOut,
    OrderOut,
    OrderPaymentOut,
    OrderRefundOut,
    OrderTotalsOut,
    PaymentStatus,
    PostalOut,
    ShippingMethodRefOut,
    Status,
    TaxLineOut,
)
from shop.orders.types import OrderDetails
from shop.payments.models import Payment, Refund
from shop.platform.clock import stamp
from shop.platform.http.envelope import ContextOut
from shop.platform.http.schemas import money, money_or_none

POSTAL = (
    "first_name", "last_name", "company", "line1", "line2", "city", "postal_code", "state", "country", "phone",
)  # fmt: skip


def order(details: OrderDetails) -> OrderOut:
    """The whole order."""
    lines: list[OrderLineOut] = [
        {**_line(each, details.order.currency), "metadata": each.metadata} for each in details.lines
    ]
    return {**_head(details), "lines": lines}


def listed_order(details: OrderDetails) -> ListedOrderOut:
    """The order in a list: without the metadata of its lines."""
    lines: list[ListedOrderLineOut] = [
        {**_line(each, details.order.currency), "metadata": None} for each in details.lines
    ]
    return {**_head(details), "lines": lines}


def _head(details: OrderDetails) -> OrderHeadOut:
    found = details.order
    return {
        "id": public(Prefix.ORDER, found.pk),
        "number": found.number,
        "status": cast(Status, found.status),
        "payment_status": cast(PaymentStatus, found.payment_status),
        "fulfillment_status": cast(FulfillmentStatus, found.fulfillment_status),
        "currency": found.currency,
        "email": found.email,
        "email_confirmed": found.email_confirmed_at is not None,
        "totals": _totals(found),
        "codes": discounts(found.codes, found.currency),
        "shipping_address": postal(found.shipping_address),
        "billing_address": postal(found.billing_address),
        "shipping_method": _method(found.shipping_method),
        "payments": [_payment(each, details.refunds) for each in details.payments],
        "fulfillments": [],
        "refunds": [_refund(each, found.currency) for each in details.refunds],
        "note": found.note or None,
        "metadata": found.metadata,
        "test": found.is_test,
        "version": found.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "placed_at": stamp(found.placed_at) if found.placed_at else None,
        "cancelled_at": stamp(found.cancelled_at) if found.cancelled_at else None,
        "expires_at": stamp(found.expires_at) if found.expires_at else None,
    }


def context(found: Order) -> ContextOut:
    """For whom the prices of an order are."""
    return {
        "market": found.market.code,
        "country": found.country,
        "currency": found.currency,
        "locale": found.locale,
        "prices_include_tax": found.prices_include_tax,
    }


def _method(stored: Mapping[str, Any] | None) -> ShippingMethodRefOut | None:
    if stored is None:
        return None
    key = stored.get("id")
    return {
        "id": public(Prefix.SHIPPING_METHOD, UUID(key)) if key else None,
        "code": stored["code"],
        "name": stored["name"],
    }


def postal(stored: Mapping[str, Any] | None) -> PostalOut | None:
    if stored is None:
        return None
    return {name: stored.get(name) or None for name in POSTAL}  # type: ignore[return-value]


def discounts(stored: Iterable[Mapping[str, Any]], currency: str) -> list[DiscountOut]:
    return [{"code": each["code"], "name": each["name"], "amount": money(each["amount"], currency)} for each in stored]


def taxes(stored: Iterable[Mapping[str, Any]], currency: str) -> list[TaxLineOut]:
    return [
        {
            "name": each["name"],
            "rate": each["rate"],
            "base": money(each["base"], currency),
            "amount": money(each["amount"], currency),
        }
        for each in stored
    ]


def _totals(found: Order) -> OrderTotalsOut:
    currency, bill = found.currency, found.bill
    return {
        "subtotal": money(found.subtotal, currency),
        "discount_total": money(found.discount_total, currency),
        "shipping_total": money(found.shipping_total, currency),
        "tax_total": money(found.tax_total, currency),
        "total": money(found.total, currency),
        "gift_card_total": money(0, currency),
        "amount_due": money(bill.due if found.cancelled_at is None else 0, currency),
    }


def _line(found: OrderLine, currency: str) -> OrderLineAmountsOut:
    return {
        "id": public(Prefix.LINE, found.pk),
        "variant_id": public(Prefix.VARIANT, found.variant_id) if found.variant_id else None,
        "product": {
            "id": public(Prefix.PRODUCT, found.product_id) if found.product_id else None,
            "slug": found.product_slug,
            "name": found.product_name,
            "image": _image(found) if found.image_url else None,
        },
        "sku": found.sku,
        "name": found.name or None,
        "options": found.options,
        "quantity": found.quantity,
        "fulfilled_quantity": found.fulfilled_quantity,
        "returned_quantity": found.returned_quantity,
        "refunded_quantity": found.refunded_quantity,
        "unit_price": money(found.unit_price, currency),
        "compare_at": money_or_none(found.compare_at, currency),
        "subtotal": money(found.subtotal, currency),
        "discount": money(found.discount, currency),
        "tax": money(found.tax, currency),
        "total": money(found.total, currency),
        "discounts": discounts(found.discounts, currency),
        "tax_lines": taxes(found.tax_lines, currency),
        "notices": [],
    }


def _image(found: OrderLine) -> OrderedImageOut:
    kept = found.image or {}
    return {
        "id": public(Prefix.IMAGE, UUID(kept["id"])) if kept else None,
        "url": found.image_url,
        "alt": kept.get("alt") or None,
        "width": kept.get("width"),
        "height": kept.get("height"),
        "variant_ids": [public(Prefix.VARIANT, UUID(each)) for each in kept.get("variant_ids", ())],
        "srcset": None,
    }


def _payment(found: Payment, refunds: Iterable[Refund]) -> OrderPaymentOut:
    currency = found.currency
    captured = found.amount if found.status in (Payment.Status.CAPTURED, Payment.Status.REFUNDED) else 0
    back = sum(each.amount for each in refunds if each.payment_id == found.pk and each.status == "succeeded")
    return {
        "id": public(Prefix.PAYMENT, found.pk),
        "method": found.method,
        "status": found.status,
        "amount": money(found.amount, currency),
        "captured": money(captured, currency),
        "refunded": money(back, currency),
        "card": {"brand": found.brand, "last4": found.last4} if found.last4 else None,
    }


def _refund(found: Refund, currency: str) -> OrderRefundOut:
    return {
        "id": public(Prefix.REFUND, found.pk),
        "payment_id": public(Prefix.PAYMENT, found.payment_id),
        "amount": money(found.amount, currency),
        "status": found.status,
        "reason": found.reason or None,
    }
