"""The one writer of an order's payment status."""

from django.db import transaction
from django.db.models import Sum

from shop.orders.models import Order
from shop.payments.models import Bill, Payment, Refund

Status = Order.PaymentStatus


def payment_status(*, amount: int, captured: int, refunded: int, authorized: bool, closed: bool) -> str:
    """What the money says (minor units), as one word; `refunded` has gone back, and is not only on its way."""
    if refunded:
        return Status.REFUNDED if refunded >= captured else Status.PARTIALLY_REFUNDED
    if captured:
        return Status.PAID if captured >= amount else Status.PARTIALLY_PAID
    if closed:
        return Status.VOIDED
    if amount == 0:
        return Status.PAID
    return Status.AUTHORIZED if authorized else Status.UNPAID


def of(bill: Bill, *, authorized: bool) -> str:
    """What a bill as it is now says."""
    return payment_status(
        amount=bill.amount,
        captured=bill.captured,
        refunded=_gone_back(bill),
        authorized=authorized,
        closed=bill.status == Bill.Status.CLOSED,
    )


@transaction.atomic
def refresh(order: Order) -> None:
    """The order's payment status is what its bill says, and its version another one: payments are shown with it."""
    row = Order.objects.filter(pk=order.pk)
    row.changed()  # holds the row: whoever comes last has seen everything
    bill = Bill.objects.get(pk=order.bill_id)
    authorized = Payment.objects.filter(bill=bill, status=Payment.Status.AUTHORIZED).exists()
    row.update(payment_status=of(bill, authorized=authorized))
    order.refresh_from_db()


def _gone_back(bill: Bill) -> int:
    """The sum of the refunds that have succeeded; the bill itself counts those that were asked for."""
    if not bill.refunded:
        return 0
    gone = Refund.objects.filter(payment__bill=bill, status=Refund.Status.SUCCEEDED)
    return gone.aggregate(sum=Sum("amount"))["sum"] or 0
