"""The process ends before its n-th statement, for every n: what the bank took is counted in the end, or given back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F, Sum

from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable
from shop.payments.jobs import reconcile
from shop.payments.models import Bill, Refund
from shop.payments.ports import Outcome
from shop.payments.test_gateway.models import TestCharge
from tests.payments.conftest import pay, state, statuses, work
from tests.payments.gateways import Killed, Watched

pytestmark = pytest.mark.exhaustive

LATER = datetime(2100, 1, 1, tzinfo=UTC)
STATEMENTS = range(1, 25)
"""More than any of these operations has: a kill that comes too late is none."""


@contextmanager
def killed_before(nth: int) -> Iterator[list[str]]:
    """The process ends where its n-th statement would begin. Gives the statements that it has seen."""
    seen: list[str] = []

    def count(execute: Callable[..., object], sql: str, *arguments: Any) -> object:
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(sql)
        if len(seen) == nth:
            raise Killed(sql)
        return execute(sql, *arguments)

    with suppress(Killed), connection.execute_wrapper(count):
        yield seen


def at_the_bank() -> int:
    """What the bank has taken and not given back."""
    taken = TestCharge.objects.filter(status=Outcome.CAPTURED).aggregate(left=Sum(F("amount") - F("refunded")))
    return taken["left"] or 0


def in_the_books(bill: Bill) -> int:
    """What the shop believes to have."""
    row = Bill.objects.get(pk=bill.pk)
    return row.captured - row.refunded


def test_no_statement_is_left_out(bill: Bill) -> None:
    other = payments.open_bill(bill.money)

    with killed_before(STATEMENTS.stop) as paying:
        pay(bill)
    with killed_before(STATEMENTS.stop) as paying_in_two_steps:
        pay(other, "tok_authorized")
    with killed_before(STATEMENTS.stop) as closing:
        payments.close(bill)

    assert statuses(bill) + statuses(other) == ["refunded", "captured"]
    assert 8 <= len(paying) < len(paying_in_two_steps) < len(closing) < STATEMENTS.stop


@pytest.mark.parametrize("nth", STATEMENTS)
def test_a_shopper_who_repeats_has_paid_once(bill: Bill, nth: int) -> None:
    with killed_before(nth):
        pay(bill)

    payment = pay(bill)

    assert (payment.status, statuses(bill), state(bill)) == ("captured", ["captured"], ("covered", 1999, 0))
    assert (TestCharge.objects.count(), at_the_bank()) == (1, 1999)


@pytest.mark.parametrize("nth", STATEMENTS)
def test_so_has_one_whose_card_is_captured_in_two_steps(bill: Bill, nth: int) -> None:
    with killed_before(nth):
        pay(bill, "tok_authorized")

    payment = pay(bill, "tok_authorized")

    assert (payment.status, statuses(bill), state(bill)) == ("captured", ["captured"], ("covered", 1999, 0))
    assert (TestCharge.objects.count(), at_the_bank()) == (1, 1999)


@pytest.mark.parametrize("nth", STATEMENTS)
def test_when_nobody_repeats_the_books_agree_with_the_bank(bill: Bill, nth: int) -> None:
    with killed_before(nth):
        pay(bill, "tok_authorized")

    with time_machine.travel(LATER, tick=False):
        reconcile()

    assert at_the_bank() == in_the_books(bill)


@pytest.mark.parametrize("nth", STATEMENTS)
def test_giving_up_leaves_nothing_at_the_bank(bill: Bill, nth: int) -> None:
    with killed_before(nth):
        pay(bill, "tok_authorized")

    payments.close(bill)
    work()

    assert (at_the_bank(), in_the_books(bill), Bill.objects.get().status) == (0, 0, "closed")
    assert set(statuses(bill)) <= {"voided", "refunded"}


@pytest.mark.parametrize("nth", STATEMENTS)
def test_closing_that_is_killed_is_finished_by_a_repetition_or_the_worker(bill: Bill, nth: int) -> None:
    pay(bill)
    with killed_before(nth):
        payments.close(bill)

    work()
    payments.close(bill)

    assert (state(bill), statuses(bill)) == (("closed", 1999, 1999), ["refunded"])
    assert list(Refund.objects.values_list("status", "amount")) == [("succeeded", 1999)]
    assert at_the_bank() == 0


def test_closing_under_which_the_worker_dies_too_is_finished_by_the_next(bill: Bill, bank: Watched) -> None:
    pay(bill)
    bank.away.add("refund")
    payments.close(bill)
    bank.away.clear()
    bank.deadly.add("refund")
    with pytest.raises(Killed):
        work()
    bank.deadly.clear()

    work()

    assert (state(bill), statuses(bill), Refund.objects.count()) == (("closed", 1999, 1999), ["refunded"], 1)
    assert at_the_bank() == 0


def test_a_kill_between_the_answer_and_the_commit_is_found_by_asking(bill: Bill, bank: Watched) -> None:
    bank.deadly.add("charge")
    with pytest.raises(Killed):
        pay(bill)
    between = (statuses(bill), state(bill), at_the_bank())

    payment = payments.settle_bill(bill)

    assert between == (["pending"], ("open", 0, 0), 1999)
    assert payment is not None
    assert (payment.status, state(bill)) == ("captured", ("covered", 1999, 0))


def test_a_lost_answer_and_a_kill_charge_once(bill: Bill, bank: Watched) -> None:
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_lost")
    bank.deadly.add("charge")
    with pytest.raises(Killed):
        pay(bill, "tok_lost")
    bank.deadly.clear()

    pay(bill, "tok_lost")

    assert (TestCharge.objects.count(), at_the_bank(), in_the_books(bill)) == (1, 1999, 1999)
