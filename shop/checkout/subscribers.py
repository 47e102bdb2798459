"""What checkout learns of money that has come."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shop.checkout.recover import resume
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform.clock import now
from shop.platform.events import listens
from shop.platform.jobs import RetryLater

GRACE: Final = timedelta(seconds=10)
"""So long the shopper's own call has to place the order."""


@listens("payment.settled")
def place_what_is_paid(event: Mapping[str, Any]) -> None:
    """An order whose money came while nobody was there, as by a webhook, is placed."""
    if event["status"] != Payment.Status.CAPTURED:
        return
    order = Order.objects.filter(bill_id=event["aggregate"], status=Order.Status.PENDING_PAYMENT).first()
    if order is None:
        return
    if Payment.objects.get(pk=event["payment"]).updated_at > now() - GRACE:
        raise RetryLater(GRACE)
    resume(order)
