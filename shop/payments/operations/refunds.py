"""Giving money back: reserved on the bill first, then asked of the gateway under one key until it answers.

The sum of what was asked can't exceed what was captured: one guarded UPDATE of the bill, and a constraint below it.
"""

import logging
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from shop.kernel.money import Money
from shop.payments import registry
from shop.payments.errors import PaymentDeclined, RefundTooLarge
from shop.payments.events import PaymentRefunded, RefundFailed
from shop.payments.models import Bill, Payment, Refund
from shop.payments.operations.record import charge_of
from shop.payments.operations.soon import soon
from shop.payments.ports import Outcome
from shop.platform import events
from shop.platform.guards import lock, write_if
from shop.platform.jobs import task_named
from shop.platform.records import WrongState

Status = Refund.Status

_log = logging.getLogger("shop.payments")


def refund(payment: Payment, *, amount: Money, reason: str = "") -> Refund:
    """So much goes back to whoever paid. The gateway is asked when the transaction around this has committed.

    The refund is SUCCEEDED, or still REQUESTED while the gateway is away or somebody pays back by hand, or FAILED.
    Raises RefundTooLarge for more than is left, ValueError for nothing or for another currency.
    """
    with transaction.atomic():
        asked = ask(payment, amount=amount, reason=reason)
        _send_soon(asked)
    asked.refresh_from_db()
    return asked


def refund_again(failed: Refund) -> bool:
    """What a gateway has refused is asked for once more, as a refund of its own; False when it was already.

    Of a closed bill whatever is left follows it. Raises WrongState for a refund that has not failed, RefundTooLarge
    when its money went back in another way.
    """
    with transaction.atomic():
        asked = _instead_of(failed)
        if asked is not None:
            _send_soon(asked)
    return asked is not None


def _instead_of(failed: Refund) -> Refund | None:
    """Another refund, of the same amount; None when there is one already."""
    found = Refund.objects.select_for_update(no_key=True).get(pk=failed.pk)
    if found.status != Status.FAILED:
        raise WrongState(now=found.status, wanted=Status.REQUESTED)
    if Refund.objects.filter(instead_of=found).exists():
        return None
    payment = Payment.objects.get(pk=found.payment_id)
    asked = ask(payment, amount=Money(found.amount, payment.currency), reason=found.reason, instead_of=found)
    task_named("payments.give_back").using(unique_key=str(payment.bill_id)).enqueue(bill=str(payment.bill_id))
    return asked


def _send_soon(asked: Refund) -> None:
    key = str(asked.pk)
    soon(partial(send, asked.pk), otherwise="payments.send_refund", unique_key=key, refund=key)


@transaction.atomic
def ask(payment: Payment, *, amount: Money, reason: str, instead_of: Refund | None = None) -> Refund:
    """The amount is reserved on the bill, and the refund is written down before any gateway is asked."""
    if amount.minor <= 0 or amount.currency != payment.currency:
        raise ValueError(f"{amount} can't be given back of {payment.money}")
    bill = Bill.objects.filter(pk=payment.bill_id)
    refunded = F("refunded") + amount.minor
    taken = Payment.objects.filter(pk=payment.pk, status=Payment.Status.CAPTURED).exists() and write_if(
        bill, Q(captured__gte=refunded), lambda rows: rows.changed(refunded=refunded)
    )
    if not taken:
        current = bill.get()
        raise RefundTooLarge(refundable=Money(current.captured - current.refunded, current.currency))
    return Refund.objects.create(payment=payment, amount=amount.minor, reason=reason[:200], instead_of=instead_of)


def send(refund_id: UUID) -> Refund:
    """The gateway has been asked, under the refund's own key. Raises GatewayUnavailable."""
    asked = Refund.objects.select_related("payment").get(pk=refund_id)
    if asked.status != Status.REQUESTED:
        return asked
    gateway = registry.gateway_of(asked.payment.provider)
    try:
        receipt = registry.ready(gateway).refund(charge_of(asked.payment), asked.money, key=str(asked.pk))
    except PaymentDeclined:
        _log.error("refund %s was refused by its gateway", asked.pk)
        _end(asked, Status.FAILED)
        return asked
    if receipt.outcome == Outcome.REFUNDED:
        _end(asked, Status.SUCCEEDED)
    return asked


def confirm_refund(asked: Refund) -> bool:
    """Somebody has paid it back by hand; False when that was noted already.

    For what a gateway has refused that is a refund of its own, and of a closed bill whatever is left follows it. Raises
    WrongState for one that a gateway gives back, RefundTooLarge when its money went back in another way.
    """
    if asked.status == Status.FAILED:
        return _confirm_failed(asked)
    if is_paid_back_by_hand(asked) and _end(asked, Status.SUCCEEDED):
        return True
    asked.refresh_from_db()
    if asked.status != Status.SUCCEEDED:
        raise WrongState(now=asked.status, wanted=Status.SUCCEEDED)
    return False


@transaction.atomic
def _confirm_failed(failed: Refund) -> bool:
    lock(Payment.objects.filter(pk=failed.payment_id))  # as _end does
    paid = _instead_of(failed)
    if paid is not None:
        return _end(paid, Status.SUCCEEDED)
    other = Refund.objects.get(instead_of=failed)
    if other.status != Status.SUCCEEDED:
        raise WrongState(now=other.status, wanted=Status.SUCCEEDED)
    return False


def is_paid_back_by_hand(asked: Refund) -> bool:
    """Whether nobody but a person can give this back: the money came by hand, or its gateway was switched off since."""
    payment = asked.payment
    return registry.is_offline(payment.method) or registry.is_switched_off(payment.provider)


@transaction.atomic
def _end(asked: Refund, to: str) -> bool:
    """The refund has come to its end; False when it had before. What failed can be asked for again, as a new one."""
    payment = Payment.objects.filter(pk=asked.payment_id)
    lock(payment)  # its refunds end one after the other: the last one sees all
    if not Refund.objects.filter(pk=asked.pk).moved(to, instance=asked):
        asked.refresh_from_db()
        return False
    told = PaymentRefunded if to == Status.SUCCEEDED else RefundFailed
    events.record(
        told(
            aggregate=asked.payment.bill_id,
            payment=asked.payment_id,
            refund=asked.pk,
            amount=asked.amount,
            currency=asked.payment.currency,
        )
    )
    if to == Status.FAILED:
        Bill.objects.filter(pk=asked.payment.bill_id).changed(refunded=F("refunded") - asked.amount)
        return True
    back = Refund.objects.filter(payment=asked.payment_id, status=Status.SUCCEEDED).aggregate(sum=Sum("amount"))["sum"]
    payment.filter(amount__lte=back).moved(Payment.Status.REFUNDED)
    return True
