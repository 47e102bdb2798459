"""What a gateway has answered becomes what the shop knows: the one place where a payment's status changes.

Every change is one UPDATE that names the statuses it may start from, so a late, repeated or overtaken answer finds
nothing to change. The bill, the event and whatever has to follow commit together with it.
"""

import logging
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from shop.payments.errors import GatewayUnavailable
from shop.payments.events import PaymentSettled
from shop.payments.models import Bill, Payment
from shop.payments.ports import Charge, Outcome, Receipt
from shop.platform import events
from shop.platform.jobs import task_named

Status = Payment.Status
ENDS: Final = (Status.CAPTURED, Status.DECLINED, Status.VOIDED)

_log = logging.getLogger("shop.payments")


def charge_of(payment: Payment) -> Charge:
    """The payment as its gateway knows it."""
    return Charge(key=str(payment.pk), amount=payment.money, reference=payment.reference)


@transaction.atomic
def record(payment: Payment, receipt: Receipt) -> Payment:
    """The payment, and with it its bill, stands as the receipt says, unless it has gone further already.

    Raises GatewayUnavailable, and changes nothing, for a receipt over another amount: that answers another question.
    """
    if receipt.amount != payment.money:
        _log.error("payment %s: its gateway speaks of another amount", payment.pk)
        raise GatewayUnavailable()
    to = Status(receipt.outcome)
    if to == Status.PENDING:
        payment.refresh_from_db()
        return payment
    values = {
        "reference": receipt.reference or payment.reference,
        "next_action": receipt.next_action if to == Status.REQUIRES_ACTION else None,
        "decline_code": receipt.decline_code,
        "brand": receipt.brand or payment.brand,
        "last4": receipt.last4 or payment.last4,
    }
    if not Payment.objects.filter(pk=payment.pk).moved(to, instance=payment, **values):
        payment.refresh_from_db()
        _renew_action(payment, receipt)
        _notice_stray(payment, to)
        return payment
    if to in ENDS:
        events.record(PaymentSettled(aggregate=payment.bill_id, payment=payment.pk, status=to))
    if to == Status.CAPTURED:
        _credit(payment.bill_id, payment.amount)
    return payment


def _renew_action(payment: Payment, receipt: Receipt) -> None:
    """A payment that still waits for its shopper has what the gateway says now: another page, or a secret that could
    not be decrypted any more."""
    action = receipt.next_action
    waits = receipt.outcome == Outcome.REQUIRES_ACTION and payment.status == Status.REQUIRES_ACTION
    if not waits or action is None or action == payment.next_action:
        return
    Payment.objects.filter(pk=payment.pk, status=Status.REQUIRES_ACTION).changed(next_action=action, instance=payment)


def _credit(bill_id: UUID, amount: int) -> None:
    """The bill knows of the money; if it was closed meanwhile, the money goes back."""
    bill, captured = Bill.objects.filter(pk=bill_id), F("captured") + amount
    if bill.filter(status=Bill.Status.OPEN).moved(Bill.Status.COVERED, captured=captured):
        return
    bill.changed(captured=captured)
    task_named("payments.give_back").using(unique_key=str(bill_id)).enqueue(bill=str(bill_id))


def _notice_stray(payment: Payment, to: str) -> None:
    """Money that came after the gateway had said that none would: it is not the bill's, it goes back at once."""
    if to == Status.CAPTURED and payment.status in (Status.DECLINED, Status.VOIDED):
        _log.error("payment %s is %s here and captured at its gateway; it is given back", payment.pk, payment.status)
        task_named("payments.return_stray").using(unique_key=str(payment.pk)).enqueue(payment=str(payment.pk))
