"""An order on one page for whoever works with it: lines, totals, addresses, money, stock and what has happened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from shop.accounts.models import User
from shop.inventory.models import Hold
from shop.orders.models import Order, OrderLine, OrderRedemption
from shop.orders.queries import details_of
from shop.payments.models import Payment, Refund
from shop.payments.operations import method_name
from shop.platform.admin.times import text_of
from shop.platform.amounts import shown
from shop.platform.models import OutboxEvent
from shop.stores.formatting import format_address

MOST_EVENTS: Final = 100
TONES: Final = {
    "placed": "good",
    "completed": "good",
    "paid": "good",
    "fulfilled": "good",
    "delivered": "good",
    "captured": "good",
    "succeeded": "good",
    "reserved": "good",
    "used": "good",
    "reserved for now": "wait",
    "unpaid": "wait",
    "unfulfilled": "wait",
    "expired": "wait",
    "pending": "wait",
    "requires action": "wait",
    "partially paid": "wait",
    "cancelled": "bad",
    "declined": "bad",
    "failed": "bad",
}
HAPPENED: Final = {
    "order.placed": "The order was placed",
    "order.cancelled": "The order was cancelled",
    "order.marked_paid": "Marked as paid",
    "order.paid_late": "Late payment received",
    "order.code_asked": "Confirmation code requested again",
    "payment.settled": "Payment finished",
    "payment.refunded": "Refunded",
    "payment.refund_failed": "A refund failed",
}
EXPIRED: Final = "The order expired"


@dataclass(frozen=True, slots=True)
class Tag:
    """A status and how good it is."""

    said: str
    tone: str


def tag(status: str) -> Tag:
    """The status as a person reads it."""
    said = status.replace("_", " ").lower()
    return Tag(said, TONES.get(said, "plain"))


def page_of(order: Order, *, may: Callable[[str], bool]) -> Mapping[str, Any]:
    """Everything of the order, formatted, with links to what the reader may see. Seven statements at most."""
    details = details_of(order)
    return {
        "order": order,
        "statuses": [tag(each) for each in (order.status, order.payment_status, order.fulfillment_status)],
        "lines": [_line(each, order.currency, may) for each in details.lines],
        "totals": list(_totals(order)),
        "total": shown(order.total, order.currency),
        "customer": _link("accounts_user", order.user_id) if order.user_id and may("accounts.view_user") else "",
        "addresses": _addresses(order),
        "money": [
            *(_payment(each) for each in details.payments),
            *(_refund(each, order.currency, may) for each in details.refunds),
        ],
        "kept": list(_kept(order)),
        "events": list(_events(order)),
    }


def _link(model: str, key: object) -> str:
    return reverse(f"admin:{model}_change", args=[key])


def _line(line: OrderLine, currency: str, may: Callable[[str], bool]) -> Mapping[str, Any]:
    linked = line.product_id and may("catalog.view_product")
    return {
        "name": line.product_name,
        "href": _link("catalog_product", line.product_id) if linked else "",
        "variant": line.name,
        "sku": line.sku or "",
        "quantity": line.quantity,
        "price": shown(line.unit_price, currency),
        "discount": shown(-line.discount, currency) if line.discount else "",
        "tax": shown(line.tax, currency),
        "total": shown(line.total, currency),
    }


def _totals(order: Order) -> Iterator[tuple[str, str]]:
    yield "Subtotal", shown(order.subtotal, order.currency)
    if order.discount_total:
        codes = ", ".join(str(each.get("code", "")) for each in order.codes)
        yield f"Discount {codes}".strip(), shown(-order.discount_total, order.currency)
    method = (order.shipping_method or {}).get("name", "")
    yield f"Shipping {method}".strip(), shown(order.shipping_total, order.currency)
    yield "Tax (included)" if order.prices_include_tax else "Tax", shown(order.tax_total, order.currency)


def _addresses(order: Order) -> Sequence[tuple[str, list[str]]]:
    pairs = (("Ship to", order.shipping_address), ("Bill to", order.billing_address))
    return [
        (title, [*format_address(address), *filter(None, [address.get("phone")])])
        for title, address in pairs
        if address
    ]


def _payment(payment: Payment) -> Mapping[str, Any]:
    card = f"{payment.brand} •••• {payment.last4}" if payment.last4 else payment.brand
    return {
        "at": payment.created_at,
        "how": " · ".join(each for each in (method_name(payment.method), card) if each),
        "note": payment.decline_code or payment.reference or "",
        "status": tag(payment.status),
        "amount": shown(payment.amount, payment.currency),
    }


def _refund(refund: Refund, currency: str, may: Callable[[str], bool]) -> Mapping[str, Any]:
    return {
        "at": refund.created_at,
        "how": "refund",
        "href": _link("payments_refund", refund.pk) if may("payments.view_refund") else "",
        "note": refund.reason,
        "status": tag(refund.status),
        "amount": shown(-refund.amount, currency),
    }


def _kept(order: Order) -> Iterator[tuple[str, Tag, str]]:
    """What the order keeps: what is paid of it, its stock and its discounts."""
    bill, hold = order.bill, order.hold
    paid = f"{shown(bill.captured, bill.currency)} of {shown(bill.amount, bill.currency)} paid"
    back = f", {shown(bill.refunded, bill.currency)} refunded" if bill.refunded else ""
    yield "Payment summary", tag(bill.get_status_display()), paid + back
    if hold is not None:
        until = f"until {text_of(hold.expires_at)}" if hold.status == Hold.Status.HELD else ""
        yield "Reserved stock", tag(hold.get_status_display()), until
    kept = OrderRedemption.objects.filter(order=order).select_related("redemption__code").order_by("pk")
    for each in kept:
        yield "Discount use", tag(each.redemption.get_status_display()), each.redemption.code.code


def _events(order: Order) -> Iterator[tuple[datetime, str, str]]:
    yield order.created_at, "The order was drafted", ""
    rows = list(OutboxEvent.objects.filter(aggregate__in=[order.pk, order.bill_id]).order_by("id")[:MOST_EVENTS])
    actors = [UUID(row.payload["actor"]) for row in rows if row.payload.get("actor")]
    people = dict(User.objects.filter(pk__in=actors).values_list("pk", "email")) if actors else {}
    for row in rows:
        happened = EXPIRED if row.payload.get("has_expired") else HAPPENED.get(row.name, row.name)
        yield row.occurred_at, happened, _noted(row.payload, people)


def _noted(payload: Mapping[str, Any], people: Mapping[UUID, str]) -> str:
    """What an event says besides its name: a status or reason; who, when and under which reference."""
    actor, day = payload.get("actor"), payload.get("received_on")
    notes = (
        str(payload.get("status") or payload.get("reason") or "").replace("_", " "),
        f"by {people.get(UUID(actor), 'a former staff member')}" if actor else "",
        f"received on {text_of(date.fromisoformat(day))}" if day else "",
        f"reference {payload['reference']}" if payload.get("reference") else "",
    )
    return ", ".join(filter(None, notes))
