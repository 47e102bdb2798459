"""Mails that follow what has happened to orders."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shop.notifications import letters
from shop.orders import queries as orders
from shop.platform.events import listens
from shop.platform.mail.letters import send
from shop.stores import queries as stores


@listens("order.placed")
def mail_confirmation(event: Mapping[str, Any]) -> None:
    """Whoever ordered has the confirmation."""
    whole = orders.whole(UUID(event["aggregate"]))
    letter = letters.confirmation(whole, payment_instructions=stores.store().payment_instructions)
    send(letter, whole.order.email)


@listens("order.cancelled")
def mail_cancellation(event: Mapping[str, Any]) -> None:
    """Whoever ordered knows that the order is cancelled, and how much money goes back."""
    order = orders.whole(UUID(event["aggregate"])).order
    send(letters.cancellation(order, returned=event["returned"]), order.email)
