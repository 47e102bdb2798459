"""The e-mail address of an order that waits for its money, confirmed by a code that is mailed to it.

Until then the order waits for hours, not days, and what it has of the stock is provisional.
"""

from datetime import datetime

from django.db import transaction

from shop.accounts.models import OneTimePassword
from shop.accounts.operations import one_time_passwords
from shop.inventory import operations as inventory
from shop.inventory.models import Hold
from shop.kernel.ids import Prefix, public
from shop.kernel.messages import gettext_noop
from shop.orders import operations as orders
from shop.orders.events import OrderCodeAsked
from shop.orders.models import Order
from shop.orders.settings import orders_settings
from shop.platform import events
from shop.platform.clock import now
from shop.platform.records import WrongState

PURPOSE = OneTimePassword.Purpose.ORDER_EMAIL


def needs_code(order: Order) -> bool:
    """Whether the order waits for its money and nobody has confirmed its address."""
    is_waiting = order.status == Order.Status.PLACED and order.payment_status == Order.PaymentStatus.UNPAID
    return is_waiting and order.email_confirmed_at is None and order.expires_at is not None


def new_code(order: Order) -> str | None:
    """A fresh code for the mail that is being written; every code before is dead. None when somebody else asks now."""
    return one_time_passwords.issue_code(one_time_passwords.ask(subject=_subject(order), purpose=PURPOSE))


def ask_again(order: Order, *, ip: str) -> None:
    """Another code is on its way to the address. Raises WrongState when none is needed, TooManyRequests."""
    if order.email_confirmed_at is not None:
        raise WrongState(
            now="confirmed",
            wanted="unconfirmed",
            message=gettext_noop("The email address of this order is already confirmed."),
        )
    _refuse_unless_waiting(order)
    one_time_passwords.allow_asking(order.email_key, purpose=PURPOSE, ip=ip)
    with transaction.atomic():
        one_time_passwords.forget(subjects=[_subject(order)])
        events.record(OrderCodeAsked(aggregate=order.pk, number=order.number or ""))


def confirm(order: Order, *, code: str, ip: str) -> bool:
    """The address is confirmed: the order waits as long as any, its stock is firm; False when it was already.

    Raises InvalidOrExpiredOtp, and WrongState when the order does not wait for its money any more.
    """
    if order.email_confirmed_at is not None:
        return False
    _refuse_unless_waiting(order)
    row = one_time_passwords.check(subject=_subject(order), purpose=PURPOSE, code=code, ip=ip)
    with transaction.atomic():
        one_time_passwords.consume(row)
        waiting = Order.objects.filter(
            pk=order.pk, status=Order.Status.PLACED, payment_status=Order.PaymentStatus.UNPAID
        )
        if not waiting.changed(email_confirmed_at=now(), expires_at=pay_until(order)):
            _refuse_unless_waiting(Order.objects.get(pk=order.pk))
        orders.prove_codes(order)
        if order.hold_id is not None:
            inventory.make_firm(Hold(pk=order.hold_id))
    return True


def pay_until(order: Order) -> datetime:
    """Until when the order waits for its money, once its address is confirmed."""
    return (order.placed_at or now()) + orders_settings().unpaid_for


def _refuse_unless_waiting(order: Order) -> None:
    if not needs_code(order):
        is_placed = order.status == Order.Status.PLACED
        raise WrongState(now=order.payment_status if is_placed else order.status, wanted=Order.PaymentStatus.UNPAID)


def _subject(order: Order) -> str:
    return public(Prefix.ORDER, order.pk)
