"""All money of a closed bill goes back: what is under way is stopped, what was taken is refunded."""

import logging
from uuid import UUID

from shop.kernel.money import Money
from shop.payments import registry
from shop.payments.errors import GatewayUnavailable, PaymentDeclined, RefundTooLarge
from shop.payments.models import Bill, Payment, Refund
from shop.payments.operations import refunds
from shop.payments.operations.record import charge_of, record

_log = logging.getLogger("shop.payments")


def refund_in_full(bill_id: UUID) -> None:
    """Nothing is live on the bill any more, and its refunds are asked for. Repeating changes nothing.

    Leaves a bill alone that is not closed. Raises GatewayUnavailable while a gateway does not answer.
    """
    bill = Bill.objects.get(pk=bill_id)
    if bill.status != Bill.Status.CLOSED:
        return
    for payment in Payment.objects.filter(bill=bill, status__in=Payment.LIVE):
        stopped = _stopped(payment)
        if stopped.status == Payment.Status.CAPTURED:
            _refund_all(stopped)


def left_to_return(bill: Bill) -> Money:
    """So much goes back, beyond what was asked for already, when the bill is closed. While a refund has failed it is
    nothing: that is for somebody to look at, who asks for it again."""
    failed = Refund.objects.filter(payment__bill=bill, status=Refund.Status.FAILED, asked_again=None)
    return Money(0 if failed.exists() else bill.captured - bill.refunded, bill.currency)


def return_stray(payment: Payment) -> None:
    """Money that was taken for an attempt that had ended without any has gone back; no bill ever counted it."""
    gateway = registry.gateway_of(payment.provider)
    try:
        registry.ready(gateway).refund(charge_of(payment), payment.money, key=f"stray-{payment.pk}")
    except PaymentDeclined:
        _log.error("stray money of payment %s was not given back: look at the gateway", payment.pk)


def _stopped(payment: Payment) -> Payment:
    if payment.status not in Payment.UNFINISHED:
        return payment
    gateway = registry.ready(registry.gateway_of(payment.provider))
    stopped = record(payment, gateway.void(charge_of(payment)))
    if stopped.status in Payment.UNFINISHED:
        raise GatewayUnavailable()
    return stopped


def _refund_all(payment: Payment) -> None:
    """Whatever is left is asked for."""
    left = left_to_return(Bill.objects.get(pk=payment.bill_id))
    if left.minor:
        try:
            refunds.ask(payment, amount=left, reason="order cancelled or expired")
        except RefundTooLarge:
            _log.info("somebody else gives back bill %s at the same time", payment.bill_id)
    for each in Refund.objects.filter(payment=payment, status=Refund.Status.REQUESTED):
        refunds.send(each.pk)
