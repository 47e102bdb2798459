"""What the worker does for payments: money on its way back, and attempts that had no result yet."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from shop.payments import registry
from shop.payments.errors import GatewayUnavailable
from shop.payments.models import Bill, Payment, Refund
from shop.payments.operations import refund_in_full as refunding
from shop.payments.operations import refunds
from shop.payments.operations.settle import settle
from shop.platform.clock import now
from shop.platform.jobs import RetryLater, every, task

GRACE: Final = timedelta(minutes=2)
PAUSE: Final = timedelta(minutes=1)
BATCH: Final = 100

_log = logging.getLogger("shop.payments")


@task("payments.give_back")
def refund_in_full(bill: str) -> None:
    """All money of a closed bill is on its way back."""
    with _until_it_answers():
        refunding.refund_in_full(UUID(bill))


@task("payments.send_refund")
def send_refund(refund: str) -> None:
    """The gateway has been asked for this refund."""
    with _until_it_answers():
        refunds.send(UUID(refund))


@task("payments.return_stray")
def return_stray(payment: str) -> None:
    """Money that belongs to no bill has gone back."""
    with _until_it_answers():
        refunding.return_stray(Payment.objects.get(pk=payment))


@every(PAUSE)
def reconcile() -> None:
    """Attempts and refunds that had no result yet for two minutes have been asked about.

    Those of a gateway that this installation doesn't have now wait outside the batch: nobody can be asked about them.
    """
    since = now() - GRACE
    gateways = registry.configured()
    providers = [gateway.provider for gateway in gateways]
    by_hand = [method.code for gateway in gateways for method in gateway.methods if method.kind == "offline"]
    attempts = Payment.objects.filter(
        status__in=Payment.UNFINISHED, created_at__lte=since, provider__in=providers
    ).exclude(method__in=by_hand)
    for payment in attempts.select_related("bill").order_by("created_at")[:BATCH]:
        if payment.bill.status == Bill.Status.CLOSED:
            _try(partial(refunding.refund_in_full, payment.bill_id), payment)
        else:
            _try(partial(settle, payment), payment)
    asked = Refund.objects.filter(
        status=Refund.Status.REQUESTED, created_at__lte=since, payment__provider__in=providers
    )
    for refund in asked.exclude(payment__method__in=by_hand).order_by("created_at")[:BATCH]:
        _try(partial(refunds.send, refund.pk), refund)


@contextmanager
def _until_it_answers() -> Iterator[None]:
    """A gateway that is away uses up no attempt: a refund is never abandoned."""
    try:
        yield
    except GatewayUnavailable:
        raise RetryLater(PAUSE) from None


def _try(act: Callable[[], object], row: Payment | Refund) -> None:
    """Act on the row. One that fails keeps no other from its turn."""
    try:
        act()
    except GatewayUnavailable:
        _log.warning("a gateway is away: asking again in a minute")
    except Exception:
        _log.exception("%s %s is left as it is", row._meta.verbose_name, row.pk)
