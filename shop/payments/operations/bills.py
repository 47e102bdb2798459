"""What is owed: opened with an order, covered by a payment, closed when the order is abandoned."""

from functools import partial

from django.db import transaction
from django.db.models import F

from shop.kernel.money import Money
from shop.payments import registry
from shop.payments.events import PaymentSettled
from shop.payments.models import Bill, Payment
from shop.payments.operations.record import charge_of, record
from shop.payments.operations.refund_in_full import refund_in_full
from shop.payments.operations.soon import soon
from shop.payments.ports import Outcome, Receipt
from shop.platform import events
from shop.platform.records import StatefulRecords, WrongState

Status = Bill.Status


def open_bill(amount: Money) -> Bill:
    """So much is owed. One INSERT."""
    return Bill.objects.create(amount=amount.minor, currency=amount.currency)


@transaction.atomic
def cover(bill: Bill) -> bool:
    """What is owed has come, and an offline attempt is captured; False when the bill was covered already.

    A payment through a gateway covers its bill by itself; this is for nothing to pay, and for money that somebody has
    seen. Raises WrongState for a closed bill, and while nothing has come: no attempt, or one that its gateway has not
    captured.
    """
    covered = _cover_by_hand(bill) if bill.amount else _cover_nothing(bill)
    bill.refresh_from_db()
    if bill.status != Status.COVERED:
        raise WrongState(now=bill.status, wanted=Status.COVERED)
    return covered


def _cover_nothing(bill: Bill) -> bool:
    return bool(Bill.objects.filter(pk=bill.pk, status=Status.OPEN).moved(Status.COVERED))


def _cover_by_hand(bill: Bill) -> bool:
    waiting = Payment.objects.filter(bill=bill, status=Payment.Status.PENDING).first()
    if waiting is None or not registry.is_offline(waiting.method):
        return False
    return record(waiting, Receipt(outcome=Outcome.CAPTURED, amount=waiting.money)).status == Payment.Status.CAPTURED


@transaction.atomic
def close(bill: Bill) -> bool:
    """Nothing can be collected on the bill any more, and all its money goes back; False when it was closed already.

    Nothing is expected by hand from here on. Gateways behind a network are asked when the transaction around this has
    committed, and again by a job until it is done.
    """
    _expect_nothing_by_hand(bill)
    closed = Bill.objects.filter(pk=bill.pk).moved(Status.CLOSED, instance=bill)
    if Payment.objects.filter(bill=bill, status__in=Payment.LIVE).exists():
        key = str(bill.pk)
        soon(partial(refund_in_full, bill.pk), otherwise="payments.give_back", unique_key=key, bill=key)
    return bool(closed)


def _expect_nothing_by_hand(bill: Bill) -> None:
    """An attempt that waits for money to come by itself is voided. First the payment, then its bill, as in `record`."""
    for waiting in Payment.objects.filter(bill=bill, status=Payment.Status.PENDING):
        gateway = registry.find(waiting.provider)
        if gateway is not None and not gateway.is_remote and registry.is_offline(waiting.method):
            record(waiting, gateway.void(charge_of(waiting)))


@transaction.atomic
def cover_late(bill: Bill, *, method: str) -> None:
    """Somebody has seen the money of a bill that was closed unpaid, and it is covered after all.

    Raises WrongState when it is not closed, or money came on it before.
    """
    _note_late(bill, method, written=_closed_unpaid(bill).moved(Status.COVERED, captured=F("amount")))


@transaction.atomic
def return_late(bill: Bill, *, method: str) -> Money:
    """Somebody has seen the money of a bill that was closed unpaid: it stays closed, and the money goes back.

    Says how much. Raises WrongState when it is not closed, or money came on it before.
    """
    _note_late(bill, method, written=_closed_unpaid(bill).changed(captured=F("amount")))
    key = str(bill.pk)
    soon(partial(refund_in_full, bill.pk), otherwise="payments.give_back", unique_key=key, bill=key)
    return bill.money


def _closed_unpaid(bill: Bill) -> StatefulRecords[Bill]:
    return Bill.objects.filter(pk=bill.pk, status=Status.CLOSED, captured=0)


def _note_late(bill: Bill, method: str, *, written: int) -> None:
    """The payment that the money came with, once the bill is written. Raises WrongState where it was not."""
    if not written:
        raise WrongState(now=Bill.objects.get(pk=bill.pk).status, wanted=Status.COVERED)
    payment = Payment.objects.create(
        bill=bill,
        method=method,
        provider=registry.method_of(method).provider,
        status=Payment.Status.CAPTURED,
        amount=bill.amount,
        currency=bill.currency,
    )
    events.record(PaymentSettled(aggregate=bill.pk, payment=payment.pk, status=Payment.Status.CAPTURED))
    bill.refresh_from_db()
