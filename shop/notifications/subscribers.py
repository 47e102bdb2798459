"""Mails that follow what has happened to orders."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shop.accounts import queries as accounts
from shop.kernel.money import Money
from shop.notifications import mails
from shop.orders import confirming
from shop.orders import queries as orders
from shop.platform.events import listens
from shop.platform.mail.mails import send
from shop.stores import queries as stores


@listens("order.placed")
def mail_confirmation(event: Mapping[str, Any]) -> None:
    """Whoever ordered has the confirmation."""
    details = orders.details(UUID(event["aggregate"]))
    order, store = details.order, stores.store()
    mail = mails.confirmation(
        details,
        payment_instructions=store.payment_instructions,
        contact=store.email,
        pay_by=confirming.pay_until(order).astimezone(ZoneInfo(store.timezone)).date() if order.expires_at else None,
        code=(confirming.new_code(order) or "") if confirming.needs_code(order) else "",
        address_is_confirmed=order.email_confirmed_at is not None
        or accounts.has_confirmed(order.user_id, order.email_key),
    )
    send(mail, details.order.email)


@listens("order.code_asked")
def mail_order_code(event: Mapping[str, Any]) -> None:
    """Whoever ordered has another code, if one is still needed."""
    order = orders.details(UUID(event["aggregate"])).order
    code = confirming.new_code(order) if confirming.needs_code(order) else None
    if code is not None:
        send(mails.order_code(order, code), order.email)


@listens("order.paid_late")
def mail_paid_late(event: Mapping[str, Any]) -> None:
    """Whoever ordered knows whether the late money has revived the order, or goes back."""
    order = orders.details(UUID(event["aggregate"])).order
    returned = event["returned"]
    send(mails.returned_late(order, returned=returned) if returned else mails.paid_late(order), order.email)


@listens("order.marked_paid")
def mail_payment_received(event: Mapping[str, Any]) -> None:
    """Whoever ordered knows that the money has come."""
    order = orders.details(UUID(event["aggregate"])).order
    send(mails.payment_received(order, amount=Money(order.bill.captured, order.currency)), order.email)


@listens("order.cancelled")
def mail_cancellation(event: Mapping[str, Any]) -> None:
    """Whoever ordered knows that the order is cancelled, and how much money goes back, or that it has expired."""
    order = orders.details(UUID(event["aggregate"])).order
    has_expired = event.get("has_expired", False)  # events that were recorded before have no such field
    send(mails.expiry(order) if has_expired else mails.cancellation(order, returned=event["returned"]), order.email)
