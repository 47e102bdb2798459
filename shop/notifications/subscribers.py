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
from shop.platform.translation import in_language_of
from shop.stores import queries as stores


@listens("order.placed", queue_name="mail")
def mail_confirmation(event: Mapping[str, Any]) -> None:
    """Whoever ordered has the confirmation."""
    details = orders.details(UUID(event["aggregate"]))
    order, store = details.order, stores.store()
    expiry = confirming.pay_until(order) if order.expires_at else None
    with in_language_of(order.locale):
        mail = mails.confirmation(
            details,
            payment_instructions=store.payment_instructions,
            contact=store.email,
            pay_by=expiry.astimezone(ZoneInfo(store.timezone)).date() if expiry else None,
            code=(confirming.new_code(order) or "") if confirming.needs_code(order) else "",
            address_is_confirmed=order.email_confirmed_at is not None
            or accounts.has_confirmed(order.user_id, order.email_key),
        )
    send(mail, order.email)


@listens("order.code_asked", queue_name="mail")
def mail_order_code(event: Mapping[str, Any]) -> None:
    """Whoever ordered has another code, if one is still needed."""
    order = orders.details(UUID(event["aggregate"])).order
    code = confirming.new_code(order) if confirming.needs_code(order) else None
    if code is not None:
        with in_language_of(order.locale):
            mail = mails.order_code(order, code)
        send(mail, order.email)


@listens("order.paid_late", queue_name="mail")
def mail_paid_late(event: Mapping[str, Any]) -> None:
    """Whoever ordered knows whether the late money has revived the order, or goes back."""
    order = orders.details(UUID(event["aggregate"])).order
    returned = event["returned"]
    with in_language_of(order.locale):
        mail = mails.returned_late(order, returned=returned) if returned else mails.paid_late(order)
    send(mail, order.email)


@listens("order.marked_paid", queue_name="mail")
def mail_payment_received(event: Mapping[str, Any]) -> None:
    """Whoever ordered knows that the money has come."""
    order = orders.details(UUID(event["aggregate"])).order
    with in_language_of(order.locale):
        mail = mails.payment_received(order, amount=Money(order.bill.captured, order.currency))
    send(mail, order.email)


@listens("order.cancelled", queue_name="mail")
def mail_cancellation(event: Mapping[str, Any]) -> None:
    """Whoever ordered knows that the order is cancelled, and how much money goes back, or that it has expired."""
    order = orders.details(UUID(event["aggregate"])).order
    has_expired = event.get("has_expired", False)  # events that were recorded before have no such field
    with in_language_of(order.locale):
        mail = mails.expiry(order) if has_expired else mails.cancellation(order, returned=event["returned"])
    send(mail, order.email)
