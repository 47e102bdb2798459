"""What may be bound without being paid: by orders that wait for their money, by payments that wait for their shopper.

They are counted for each address, account and client while nobody else counts, and together they have no more than a
share of the stock. Attempts that are under way at a gateway never count.
"""

from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.db.models import Q

from shop.checkout.errors import TooManyUnpaid
from shop.checkout.settings import checkout_settings
from shop.inventory import operations as inventory
from shop.inventory.models import Hold
from shop.orders.models import Order
from shop.platform.clock import now
from shop.platform.keys import keyed_hash
from shop.platform.locks import advisory_lock
from shop.platform.retries import retry_on_deadlock

LOCK: Final = "unpaid orders"
UNPAID: Final = Q(status=Order.Status.PLACED, payment_status=Order.PaymentStatus.UNPAID)
PENDING: Final = Q(status=Order.Status.PENDING_PAYMENT)


def client_key(ip: str) -> str:
    """What a client's network address is stored as; nothing of nothing."""
    return keyed_hash(ip, purpose="client of an order") if ip else ""


def refuse_more_unpaid(order: Order) -> None:
    """The order is one of so many that wait for their money as its address, its account and its client may have.

    Called in the transaction that has just made it. Raises TooManyUnpaid.
    """
    drafts = PENDING & Q(payment_method=order.payment_method)
    _refuse_more(order, UNPAID | drafts, most=checkout_settings().most_unpaid_orders)


@retry_on_deadlock
@transaction.atomic
def bind(order: Order) -> None:
    """The order's payment waits for its shopper: its stock is provisional from now on. Repeating changes nothing.

    Raises TooManyUnpaid, InsufficientStock when such payments have their share already, WrongState when its hold is
    gone.
    """
    hold = Hold.objects.filter(pk=order.hold_id).first() if order.hold_id else None
    if hold is None or hold.is_provisional:
        return
    _refuse_more(order, PENDING & Q(hold__is_provisional=True), most=checkout_settings().most_waiting_payments)
    if not inventory.make_provisional(hold):
        raise inventory.beyond_share(inventory.demand_of(hold))


def _refuse_more(order: Order, waiting: Q, *, most: int) -> None:
    """One subject after the other has its turn; whoever counts sees everybody who was before."""
    subjects = sorted(_subjects(order))
    for name, value in subjects:
        advisory_lock(LOCK, f"{name}:{value}")
    others = Order.objects.filter(waiting, expires_at__gt=now()).exclude(pk=order.pk)
    for name, value in subjects:
        if others.filter(**{name: value}).count() >= most:
            raise TooManyUnpaid(params={"max": most})


def _subjects(order: Order) -> Iterator[tuple[str, str]]:
    """Whose orders are counted. A confirmed address is not: strangers who type it would use up its owner's orders."""
    if order.user_id is not None:
        yield "user_id", str(order.user_id)
    if order.email_confirmed_at is None:
        yield "email_key", order.email_key
    if order.client_key:
        yield "client_key", order.client_key
