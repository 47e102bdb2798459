"""What a crash, a silent bank or a shopper who left has left behind, brought to an end.

Nothing depends on this running soon: an expired hold counts as nothing by itself, and a client's repetition resumes a
completion without it. Banks that have not said what became of a charge are asked by payments.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from shop.checkout.abandon import abandon
from shop.checkout.finish import finish
from shop.kernel.errors import Refusal, Unavailable
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments import operations as payments
from shop.payments.models import Bill, Payment
from shop.platform.clock import now
from shop.platform.records import WrongState

GRACE = timedelta(minutes=2)

_log = logging.getLogger("shop.checkout")


def recover() -> int:
    """Every draft whose money came is placed, every one whose time is over is abandoned. Says how many ended."""
    at = now()
    ready = Q(expires_at__lte=at) | Q(total=0) | Q(bill__status=Bill.Status.COVERED)
    waiting = Order.objects.filter(ready, status=Order.Status.PENDING_PAYMENT, created_at__lte=at - GRACE)
    return _each(waiting.order_by("id").values_list("pk", flat=True), resume)


def resume(order: Order) -> bool:
    """One draft, looked at: placed, abandoned, or (False) left to wait.

    While a gateway does not answer it waits, but not for one that was switched off: payments keeps asking for what that
    has taken, should it come back.
    """
    bill = Bill.objects.get(pk=order.bill_id)
    try:
        payment = payments.settle_bill(bill)
        if order.total == 0 or (payment is not None and payment.status == Payment.Status.CAPTURED):
            return finish(order)
    except Unavailable:
        if not payments.has_lost_its_gateway(bill):
            return False
    except Refusal:
        return True  # everything was given back
    if order.expires_at is None or order.expires_at > now():
        return False
    return abandon(order, error="expired", because=Order.Status.EXPIRED)


def expire_unpaid() -> int:
    """Placed orders that nobody paid in time are expired and give their stock back. Says how many."""
    late = Order.objects.filter(
        status=Order.Status.PLACED, payment_status=Order.PaymentStatus.UNPAID, expires_at__lte=now()
    )
    return _each(late.order_by("id").values_list("pk", flat=True), orders.expire)


def _each(order_ids: Iterable[UUID], act: Callable[[Order], bool]) -> int:
    """How many of these were brought to an end. One that fails keeps no other from it."""
    ended = 0
    for order_id in list(order_ids):
        try:
            ended += act(Order.objects.get(pk=order_id))
        except WrongState:
            continue  # somebody else has, in this moment
        except Exception:
            _log.exception("order %s is left as it is", order_id)
    return ended
