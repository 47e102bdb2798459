"""Collecting a bill, in phases, so that no lock is held and no transaction open while a bank thinks.

    phase 1   one attempt is written down, or the live one is found      one transaction, or the one that opens the bill
    phase 2   its gateway is asked, under the attempt's own key          no transaction
    phase 3   the answer is recorded, together with the bill             one transaction

After a crash in any gap the same call finds the live attempt and asks under the same key, so nothing is charged twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from shop.payments import registry, return_urls, tokens
from shop.payments.errors import GatewayUnavailable, PaymentDeclined, PaymentInProgress
from shop.payments.models import Bill, Payment
from shop.payments.operations.record import charge_of, record
from shop.payments.operations.settle import advance, settle
from shop.payments.ports import Outcome, Receipt
from shop.payments.types import Method
from shop.platform.clock import now
from shop.platform.records import WrongState

LOST_AFTER: Final = timedelta(minutes=2)
"""An attempt of which its gateway knows nothing for so long never got there."""

Status = Payment.Status


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """How somebody wants to pay, looked through."""

    method: Method
    token: str
    return_url: str

    def is_meant_by(self, payment: Payment) -> bool:
        return payment.method == self.method.code and tokens.is_digest(payment.token_digest, self.token)


def begin(bill: Bill, *, method: str, token: str | None, return_url: str = "") -> Payment:
    """The first attempt on a bill is written down, for `collect` to go on with. One INSERT.

    Called in the transaction that opens the bill: nobody else knows it yet, so there is nothing to hold and no live
    attempt to look for. Raises what `refuse_unfit` raises.
    """
    return _written(bill, refuse_unfit(method=method, token=token, return_url=return_url))


def collect(
    bill: Bill, *, method: str, token: str | None, return_url: str = "", begun: Payment | None = None
) -> Payment:
    """The bill's money is CAPTURED, or PENDING with an offline method, or REQUIRES_ACTION: `next_action` says what.

    `begun` is what `begin` has just given for the same. The same call again resumes; so does any, once the money is
    captured. Called outside any transaction. Raises PaymentDeclined; GatewayUnavailable, to be repeated;
    PaymentInProgress while the live attempt is another one; WrongState when the bill is closed; and what
    `refuse_unfit` raises, before anything is written.
    """
    request = refuse_unfit(method=method, token=token, return_url=return_url)
    payment = begun or _attempt(bill, request)
    if not request.is_meant_by(payment) and _is_dead(payment):
        payment = _attempt(bill, request)
    if payment.status != Status.CAPTURED and not request.is_meant_by(payment):
        raise PaymentInProgress()
    return _accepted(_carried_on(payment, request))


def refuse_unfit(*, method: str, token: str | None, return_url: str) -> PaymentRequest:
    """What was given can be tried. Raises UnknownPaymentMethod, PaymentTokenRequired, CardNumberRefused and
    InvalidReturnUrl."""
    found = registry.method_of(method)
    return PaymentRequest(found, tokens.accepted(token, method=found), return_urls.accepted(return_url))


def _attempt(bill: Bill, request: PaymentRequest) -> Payment:
    """Phase 1: the live attempt, or else a new one. The bill's row is held, so that it can't be closed in between."""
    with transaction.atomic(durable=True):
        held = Bill.objects.select_for_update(no_key=True).filter(pk=bill.pk)
        [status] = held.values_list("status", flat=True)
        live = Payment.objects.filter(bill=bill, status__in=Payment.LIVE).first()
        if status == Bill.Status.CLOSED or (status == Bill.Status.COVERED and live is None):
            raise WrongState(now=status, wanted=Bill.Status.COVERED)
        return live or _written(bill, request)


def _written(bill: Bill, request: PaymentRequest) -> Payment:
    return Payment.objects.create(
        bill=bill,
        method=request.method.code,
        provider=request.method.provider,
        amount=bill.amount,
        currency=bill.currency,
        token_digest=tokens.digest(request.token),
        return_url=request.return_url,
    )


def _is_dead(payment: Payment) -> bool:
    """Whether the live attempt has come to an end without money, or never got to its gateway; asks there."""
    stands = settle(payment)
    is_lost = stands.status == Status.PENDING and stands.created_at < now() - LOST_AFTER
    if is_lost and not registry.is_offline(stands.method):
        gateway = registry.ready(registry.gateway_of(stands.provider))
        stands = record(stands, gateway.void(charge_of(stands)))
    return stands.status not in Payment.LIVE


def _carried_on(payment: Payment, request: PaymentRequest) -> Payment:
    """Phases 2 and 3, from wherever the attempt stands."""
    if payment.status != Status.PENDING:
        return settle(payment)
    gateway = registry.gateway_of(payment.provider)
    charge = charge_of(payment)
    try:
        receipt = registry.ready(gateway).charge(charge, token=request.token, return_url=payment.return_url)
    except PaymentDeclined as declined:
        receipt = Receipt(outcome=Outcome.DECLINED, amount=charge.amount, decline_code=declined.decline_code)
    return advance(record(payment, receipt), gateway=gateway)


def _accepted(payment: Payment) -> Payment:
    """The payment, unless it ended without money, or its gateway has still to say how it stands."""
    if payment.status in (Status.DECLINED, Status.VOIDED) and payment.decline_code:
        raise PaymentDeclined(payment.decline_code)
    if payment.status not in Payment.LIVE:
        raise WrongState(now=payment.status, wanted=Status.CAPTURED)
    is_unknown = payment.status in (Status.PENDING, Status.AUTHORIZED) and not registry.is_offline(payment.method)
    if is_unknown or (payment.status == Status.REQUIRES_ACTION and payment.next_action is None):
        raise GatewayUnavailable()
    return payment
