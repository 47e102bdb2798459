"""What orders learn of their money."""

from collections.abc import Mapping
from typing import Any

from shop.orders import statuses
from shop.orders.models import Order
from shop.platform.events import listens


@listens("payment.settled")
@listens("payment.refunded")
@listens("payment.refund_failed")
def follow_the_money(event: Mapping[str, Any]) -> None:
    """The payment status of the bill's order is right, once the order is placed or abandoned."""
    order = Order.objects.filter(bill_id=event["aggregate"]).exclude(status=Order.Status.PENDING_PAYMENT).first()
    if order is not None:
        statuses.refresh(order)
