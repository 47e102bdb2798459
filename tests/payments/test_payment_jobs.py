from datetime import UTC, datetime

import pytest
import time_machine

from shop.payments import jobs
from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable
from shop.payments.jobs import reconcile
from shop.payments.models import Bill, Payment, Refund
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform.models import Job
from tests.payments.conftest import TWENTY, pay, state, statuses
from tests.payments.gateways import Watched

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def reconcile_later() -> None:
    with time_machine.travel(LATER, tick=False):
        reconcile()


def test_an_answer_that_was_lost_is_found_without_the_shopper(bill: Bill) -> None:
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_lost")

    reconcile()
    at_once = statuses(bill)
    reconcile_later()

    assert (at_once, statuses(bill), state(bill)) == (["pending"], ["captured"], ("covered", 1999, 0))


def test_an_approval_of_which_nobody_told_is_found(bill: Bill) -> None:
    pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=True)

    reconcile_later()

    assert (statuses(bill), state(bill)) == (["captured"], ("covered", 1999, 0))


def test_a_charge_that_was_authorized_only_is_captured(bill: Bill, bank: Watched) -> None:
    bank.away.add("capture")
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_authorized")
    between = statuses(bill)
    bank.away.clear()

    reconcile_later()

    assert (between, statuses(bill), state(bill)) == (["authorized"], ["captured"], ("covered", 1999, 0))


def test_a_bank_that_takes_back_its_word_ends_the_attempt(bill: Bill, bank: Watched) -> None:
    bank.away.add("capture")
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_authorized")
    bank.away.clear()
    TestCharge.objects.update(status="voided")

    payments.settle(Payment.objects.get())

    assert (statuses(bill), state(bill)) == (["voided"], ("open", 0, 0))


def test_what_closing_could_not_stop_is_stopped_later(bill: Bill, bank: Watched) -> None:
    pay(bill, "tok_3ds")
    bank.away.add("void")
    payments.close(bill)
    between = statuses(bill)
    Job.objects.all().delete()
    bank.away.clear()

    reconcile_later()

    assert (between, statuses(bill), TestCharge.objects.get().status) == (["requires_action"], ["voided"], "voided")


def test_refunds_that_were_not_sent_are_sent_later(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    bank.away.add("refund")
    payments.refund(payment, amount=TWENTY)
    Job.objects.all().delete()
    bank.away.clear()

    reconcile_later()

    assert (Refund.objects.get().status, statuses(bill)) == ("succeeded", ["refunded"])


def test_a_bank_that_is_away_keeps_nobody_else_waiting(bill: Bill, bank: Watched) -> None:
    pay(bill, "tok_3ds")
    bank.away.add("fetch")

    reconcile_later()

    assert (statuses(bill), bank.calls) == (["requires_action"], ["charge", "fetch"])


def test_offline_payments_are_left_to_people(bill: Bill, bank: Watched) -> None:
    pay(bill, method="manual")

    reconcile_later()

    assert (statuses(bill), bank.calls) == (["pending"], [])


def test_payments_of_a_gateway_that_was_switched_off_do_not_fill_the_batch(
    bill: Bill, bank: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 1)
    for_ever = payments.open_bill(TWENTY)
    pay(for_ever, "tok_3ds")
    Payment.objects.update(provider="gone", method="gone")
    pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.latest("created_at"), approved=True)

    reconcile_later()

    assert (statuses(for_ever), statuses(bill)) == (["requires_action"], ["captured"])
    assert state(bill) == ("covered", 1999, 0)


def test_refunds_of_a_gateway_that_was_switched_off_do_not_fill_the_batch(
    bill: Bill, bank: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 1)
    for_ever = payments.open_bill(TWENTY)
    bank.away.add("refund")
    payments.refund(pay(for_ever), amount=TWENTY)
    Payment.objects.update(provider="gone", method="gone")
    payments.refund(pay(bill), amount=TWENTY)
    Job.objects.all().delete()
    bank.away.clear()

    reconcile_later()

    assert list(Refund.objects.values_list("status", flat=True)) == ["requested", "succeeded"]
    assert (statuses(for_ever), statuses(bill)) == (["captured"], ["refunded"])


def test_an_unexpected_error_at_one_payment_keeps_no_other_waiting(
    bill: Bill, bank: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    other = payments.open_bill(TWENTY)
    first = pay(other, "tok_3ds")
    pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.latest("created_at"), approved=True)
    bank.broken.add(str(first.pk))

    reconcile_later()

    assert (statuses(other), statuses(bill), state(bill)) == (["requires_action"], ["captured"], ("covered", 1999, 0))
    assert f"payment {first.pk} is left as it is" in caplog.text
