"""How a draft ends that does not become an order: its handles and its money go back. The cart's row comes first."""

from django.db import transaction

from shop.checkout.models import Cart
from shop.orders import operations as orders
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform.retries import retry_on_deadlock


@retry_on_deadlock
@transaction.atomic
def abandon(
    order: Order, *, error: str = "", because: str = Order.Status.CANCELLED, unless_paying: bool = False
) -> bool:
    """The draft is no more, its handles are released, its money is on its way back and its cart is open again.

    False, and nothing has changed, when it did not wait for its payment any more; with `unless_paying` also while an
    attempt to pay it is alive, as that of a concurrent request.
    """
    Cart.objects.filter(pk=order.source, order=order).moved(Cart.Status.OPEN, order=None, last_error=error[:50])
    gone = orders.abandon(order, because=because) and not (unless_paying and _is_being_paid(order))
    if not gone:
        transaction.set_rollback(True)
    return gone


def _is_being_paid(order: Order) -> bool:
    return Payment.objects.filter(bill_id=order.bill_id, status__in=Payment.LIVE).exists()
