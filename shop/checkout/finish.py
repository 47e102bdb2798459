"""Phase 3: how a draft becomes an order. The cart's row comes first, as where it is abandoned."""

from datetime import timedelta

from django.db import transaction

from shop.checkout.abandon import abandon
from shop.checkout.errors import PaymentAbandoned
from shop.checkout.models import Cart
from shop.inventory import operations as inventory
from shop.inventory.errors import InsufficientStock
from shop.inventory.models import Hold
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.orders.settings import orders_settings
from shop.payments import operations as payments
from shop.payments.models import Bill
from shop.platform.clock import now
from shop.platform.records import WrongState
from shop.platform.retries import retry_on_deadlock

HOLD_FOR = timedelta(minutes=15)


def finish(order: Order) -> bool:
    """Phase 3: the order is placed; False when it was already.

    What its hold has lost is held once more. Raises InsufficientStock when somebody else has it by now: then everything
    goes back, money included. Raises PaymentAbandoned when the order was abandoned meanwhile.
    """
    try:
        return _place(order)
    except WrongState:  # its hold ran out and somebody needed the stock, or it was abandoned
        pass
    try:
        return _place_again(order)
    except InsufficientStock as refusal:
        if not abandon(order, error=refusal.code):
            return finish(order)  # somebody has brought it to an end in this moment
        raise
    except WrongState:
        raise PaymentAbandoned() from None


@retry_on_deadlock
@transaction.atomic
def _place(order: Order) -> bool:
    Cart.objects.filter(pk=order.source, order=order).moved(Cart.Status.COMPLETED)
    [bill] = Bill.objects.filter(pk=order.bill_id)
    if bill.amount == 0 and bill.status == Bill.Status.OPEN:
        payments.cover(bill)
    is_paid = bill.status == Bill.Status.COVERED
    if not is_paid and not payments.is_offline(order.payment_method):
        raise WrongState(now=bill.status, wanted=Bill.Status.COVERED)
    placed = orders.place(order, bill=bill, unpaid_until=None if is_paid else _unpaid_for(order))
    order.bill = bill
    return placed


@retry_on_deadlock
@transaction.atomic
def _place_again(order: Order) -> bool:
    """Placed after all, with a new hold in the place of one that was taken away."""
    list(Cart.objects.select_for_update(no_key=True).filter(pk=order.source).values_list("pk"))  # nobody else ends it
    current = Order.objects.select_related("hold").get(pk=order.pk)
    waits = current.status == Order.Status.PENDING_PAYMENT
    if waits and current.hold is not None and current.hold.status == Hold.Status.RELEASED:
        orders.keep(order, hold=inventory.hold(inventory.demand_of(current.hold), until=now() + HOLD_FOR))
    return _place(order)


def _unpaid_for(order: Order) -> timedelta:
    settings = orders_settings()
    return settings.unpaid_for if order.email_confirmed_at else min(settings.unconfirmed_for, settings.unpaid_for)
