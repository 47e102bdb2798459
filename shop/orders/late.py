"""Money that comes for an order that has ended: the order is placed again, or the money goes back."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.db import transaction

from shop.inventory import operations as inventory
from shop.inventory.errors import InsufficientStock
from shop.kernel.ids import uuid7
from shop.kernel.money import Money
from shop.orders import operations as orders
from shop.orders import statuses
from shop.orders.events import OrderPaidLate
from shop.orders.models import Cancellation, Order, OrderRedemption
from shop.payments import operations as payments
from shop.platform import events
from shop.platform.actors import Actor
from shop.platform.clock import now
from shop.platform.records import WrongState
from shop.promotions import operations as promotions
from shop.promotions.errors import CodeUsedUp

MOMENT: Final = timedelta(minutes=1)
ENDED: Final = (Order.Status.EXPIRED, Order.Status.CANCELLED)


def can_be_paid_late(order: Order) -> bool:
    """Whether the order was placed, has ended unpaid, and is paid outside the shop."""
    is_unpaid = order.status in ENDED and order.placed_at is not None and order.bill.captured == 0
    return is_unpaid and order.total > 0 and payments.is_offline(order.payment_method)


def note_late_payment(order: Order, *, actor: Actor) -> bool:
    """Somebody has seen the money. An expired order is placed again if its stock is there; else the money goes back.

    Says whether it is placed again. Raises WrongState when its money came before, or it has not ended.
    """
    try:
        is_placed = _place_again(order, actor)
    except InsufficientStock:
        is_placed = False
    if not is_placed:
        _return_money(order, actor)
    statuses.refresh(order)
    return is_placed


@transaction.atomic
def _place_again(order: Order, actor: Actor) -> bool:
    found = _locked(order)
    if found.status != Order.Status.EXPIRED:
        return False
    key, at = uuid7(), now()
    wanted = inventory.demand_of(found.hold) if found.hold is not None else {}
    order_row = Order.objects.filter(pk=found.pk)
    order_row.moved(Order.Status.PLACED, cancelled_at=None, hold_id=key if wanted else None)
    Cancellation.objects.filter(order=found).delete()
    payments.cover_late(found.bill, method=found.payment_method)
    _redeem_again(found)
    events.record(_event(found, actor, returned=0))
    if wanted:  # hot rows last
        held = inventory.hold(wanted, until=at + MOMENT, key=key)
        if held is None:  # nothing of it is counted any more
            order_row.update(hold=None)
        else:
            inventory.commit(held)
    return True


@transaction.atomic
def _return_money(order: Order, actor: Actor) -> None:
    found = _locked(order)
    returned = payments.return_late(found.bill, method=found.payment_method)
    events.record(_event(found, actor, returned=returned.minor))


def _redeem_again(order: Order) -> None:
    """Its codes count again where they can; the order keeps its price in any case."""
    for kept in OrderRedemption.objects.filter(order=order).select_related("redemption__code").order_by("pk"):
        before = kept.redemption
        with suppress(CodeUsedUp), transaction.atomic():
            amount = Money(before.amount, order.currency)
            used = promotions.redeem(
                before.code,
                customer_key=before.customer_key,
                account_id=order.user_id,
                is_confirmed=order.user_id is not None,
                amount=amount,
            )
            orders.keep(order, redemption=used)
    promotions.confirm(OrderRedemption.objects.filter(order=order).values("redemption_id"), is_proven=True)


def _event(order: Order, actor: Actor, *, returned: int) -> OrderPaidLate:
    return OrderPaidLate(
        aggregate=order.pk,
        number=order.number or "",
        actor=actor.user_id,
        returned=returned,
        currency=order.currency,
    )


def _locked(order: Order) -> Order:
    """The order with its bill and hold, which nobody else ends or revives. Raises WrongState."""
    list(Order.objects.select_for_update(no_key=True).filter(pk=order.pk).values_list("pk"))
    found = Order.objects.select_related("bill", "hold").get(pk=order.pk)
    if not can_be_paid_late(found):
        raise WrongState(now=found.status, wanted=Order.Status.PLACED)
    return found
