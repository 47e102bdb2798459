from dataclasses import replace

import pytest
from django.db import transaction
from pytest_django import Settings

from shop.kernel.money import Money
from shop.payments import operations as payments
from shop.payments.errors import RefundTooLarge
from shop.payments.models import Bill, Refund
from shop.payments.test_gateway.models import TestCharge, TestRefund
from shop.platform.models import OutboxEvent
from shop.platform.records import WrongState
from tests.payments.conftest import TWENTY, pay, state, statuses, waiting_jobs, work
from tests.payments.gateways import Watched


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_part_goes_back(bill: Bill) -> None:
    payment = pay(bill)

    refund = payments.refund(payment, amount=euros(500), reason="damaged")

    told = OutboxEvent.objects.get(name="payment.refunded")
    assert (refund.status, refund.amount, refund.reason) == ("succeeded", 500, "damaged")
    assert (state(bill), statuses(bill)) == (("covered", 1999, 500), ["captured"])
    assert TestRefund.objects.get().key == str(refund.pk)
    assert (told.aggregate, told.payload["amount"], told.payload["currency"]) == (bill.pk, 500, "EUR")


def test_parts_add_up_to_the_whole_and_no_further(bill: Bill) -> None:
    payment = pay(bill)
    payments.refund(payment, amount=euros(1000))
    payments.refund(payment, amount=euros(999))

    with pytest.raises(RefundTooLarge) as refused:
        payments.refund(payment, amount=euros(1))

    assert refused.value.problem.params == {"refundable": {"amount": 0, "currency": "EUR"}}
    assert (state(bill), statuses(bill), Refund.objects.count()) == (("covered", 1999, 1999), ["refunded"], 2)
    assert TestCharge.objects.get().refunded == 1999


def test_more_than_was_paid_is_refused(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)

    with pytest.raises(RefundTooLarge) as refused:
        payments.refund(payment, amount=euros(2000))

    assert refused.value.problem.params == {"refundable": {"amount": 1999, "currency": "EUR"}}
    assert (state(bill), Refund.objects.count(), bank.calls) == (("covered", 1999, 0), 0, ["charge"])


def test_what_was_not_captured_is_not_refunded(bill: Bill, bank: Watched) -> None:
    payment = pay(bill, "tok_3ds")

    with pytest.raises(RefundTooLarge):
        payments.refund(payment, amount=euros(1))

    assert (state(bill), Refund.objects.count(), bank.calls) == (("open", 0, 0), 0, ["charge"])


@pytest.mark.parametrize("amount", [euros(0), euros(-1), Money(500, "USD")])
def test_nothing_and_other_currencies_are_mistakes(bill: Bill, amount: Money) -> None:
    payment = pay(bill)

    with pytest.raises(ValueError, match="can't be given back"):
        payments.refund(payment, amount=amount)

    assert (state(bill), Refund.objects.count()) == (("covered", 1999, 0), 0)


def test_what_the_bank_refuses_can_be_asked_for_again(bill: Bill) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)

    failed = payments.refund(payment, amount=euros(500))
    between = (failed.status, state(bill))
    TestCharge.objects.update(refunded=0)
    again = payments.refund(payment, amount=euros(500))

    assert between == ("failed", ("covered", 1999, 0))
    assert (again.status, state(bill)) == ("succeeded", ("covered", 1999, 500))
    assert OutboxEvent.objects.filter(name="payment.refund_failed").count() == 1


def test_a_refund_that_failed_is_not_repeated_by_closing(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    payments.refund(payment, amount=TWENTY)

    payments.close(bill)

    assert (state(bill), statuses(bill)) == (("closed", 1999, 0), ["captured"])
    assert (Refund.objects.get().status, bank.calls) == ("failed", ["charge", "refund"])


def test_while_the_bank_is_away_the_refund_waits(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    bank.away.add("refund")

    refund = payments.refund(payment, amount=euros(500))
    between = (refund.status, state(bill))
    bank.away.clear()
    work()

    assert between == ("requested", ("covered", 1999, 500))
    assert (Refund.objects.get().status, waiting_jobs()) == ("succeeded", [])


def test_a_refund_whose_answer_was_lost_is_not_given_twice(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    bank.lying["refund"] = None  # type: ignore[assignment]

    payments.refund(payment, amount=euros(500))
    bank.lying.clear()
    work()

    assert (Refund.objects.get().status, TestCharge.objects.get().refunded) == ("succeeded", 500)
    assert bank.calls == ["charge", "refund", "refund"]


def test_inside_a_transaction_the_bank_is_asked_after_it(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)

    with transaction.atomic():
        refund = payments.refund(payment, amount=euros(500))
        inside = (refund.status, list(bank.calls))

    refund.refresh_from_db()
    assert (inside, refund.status) == (("requested", ["charge"]), "succeeded")


def test_what_a_gateway_has_refused_can_be_paid_back_by_hand(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    failed = payments.refund(payment, amount=euros(500), reason="damaged")

    noted = [payments.confirm_refund(Refund.objects.get(pk=failed.pk)) for _ in range(2)]
    work()

    assert noted == [True, False]
    assert list(Refund.objects.values_list("amount", "status", "reason", "instead_of")) == [
        (500, "failed", "damaged", None),
        (500, "succeeded", "damaged", failed.pk),
    ]
    assert (state(bill), statuses(bill)) == (("covered", 1999, 500), ["captured"])
    assert bank.calls == ["charge", "refund"]
    assert OutboxEvent.objects.filter(name="payment.refunded").count() == 1


def test_of_a_closed_bill_the_rest_follows_what_was_paid_back_by_hand(bill: Bill) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    failed = payments.refund(payment, amount=euros(500))
    TestCharge.objects.update(refunded=0)
    payments.close(bill)

    payments.confirm_refund(failed)
    work()

    assert (state(bill), statuses(bill)) == (("closed", 1999, 1999), ["refunded"])
    assert list(Refund.objects.values_list("amount", "status")) == [
        (500, "failed"),
        (500, "succeeded"),
        (1499, "succeeded"),
    ]
    assert TestCharge.objects.get().refunded == 1499


def test_what_was_asked_for_again_is_not_paid_back_by_hand_as_well(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    failed = payments.refund(payment, amount=euros(500))
    bank.away.add("refund")
    payments.refund_again(failed)

    with pytest.raises(WrongState):
        payments.confirm_refund(failed)

    assert list(Refund.objects.values_list("status", flat=True)) == ["failed", "requested"]
    assert state(bill) == ("covered", 1999, 500)


def test_what_went_back_in_another_way_is_not_paid_back_by_hand(bill: Bill) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    failed = payments.refund(payment, amount=euros(500))
    TestCharge.objects.update(refunded=0)
    payments.refund(payment, amount=TWENTY)

    with pytest.raises(RefundTooLarge):
        payments.confirm_refund(failed)

    assert (Refund.objects.count(), state(bill)) == (2, ("covered", 1999, 1999))


def test_what_has_failed_is_asked_for_again_once(bill: Bill) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    failed = payments.refund(payment, amount=euros(500), reason="damaged")
    TestCharge.objects.update(refunded=0)

    again = [payments.refund_again(failed) for _ in range(2)]
    work()

    assert again == [True, False]
    assert list(Refund.objects.values_list("amount", "status", "reason")) == [
        (500, "failed", "damaged"),
        (500, "succeeded", "damaged"),
    ]
    assert Refund.objects.get(status="succeeded").instead_of == failed
    assert (state(bill), TestCharge.objects.get().refunded) == (("covered", 1999, 500), 500)


def test_if_it_fails_again_that_is_asked_for_again(bill: Bill) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    payments.refund_again(payments.refund(payment, amount=euros(500)))
    TestCharge.objects.update(refunded=0)

    payments.refund_again(Refund.objects.latest("id"))

    assert list(Refund.objects.values_list("status", flat=True)) == ["failed", "failed", "succeeded"]
    assert state(bill) == ("covered", 1999, 500)


@pytest.mark.parametrize("away", ["", "refund"])
def test_only_what_has_failed_is_asked_for_again(bill: Bill, bank: Watched, away: str) -> None:
    payment = pay(bill)
    bank.away.add(away)
    refund = payments.refund(payment, amount=euros(500))

    with pytest.raises(WrongState):
        payments.refund_again(refund)

    assert (Refund.objects.count(), state(bill)) == (1, ("covered", 1999, 500))


def test_what_went_back_in_another_way_is_not_asked_for_again(bill: Bill) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    failed = payments.refund(payment, amount=euros(500))
    TestCharge.objects.update(refunded=0)
    payments.refund(payment, amount=TWENTY)

    with pytest.raises(RefundTooLarge):
        payments.refund_again(failed)

    assert (Refund.objects.count(), state(bill)) == (2, ("covered", 1999, 1999))


def test_of_a_closed_bill_the_rest_follows_what_was_asked_for_again(bill: Bill) -> None:
    payment = pay(bill)
    TestCharge.objects.update(refunded=1999)
    failed = payments.refund(payment, amount=euros(500))
    TestCharge.objects.update(refunded=0)
    payments.close(bill)
    before = state(bill)

    payments.refund_again(failed)
    work()

    assert (before, state(bill), statuses(bill)) == (("closed", 1999, 0), ("closed", 1999, 1999), ["refunded"])
    assert list(Refund.objects.values_list("amount", "status")) == [
        (500, "failed"),
        (500, "succeeded"),
        (1499, "succeeded"),
    ]


def test_what_a_gateway_gives_back_nobody_gives_back_by_hand(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    bank.away.add("refund")
    asked = payments.refund(payment, amount=euros(500))

    with pytest.raises(WrongState):
        payments.confirm_refund(asked)

    assert (payments.is_paid_back_by_hand(asked), Refund.objects.get().status) == (False, "requested")
    assert OutboxEvent.objects.filter(name="payment.refunded").count() == 0


def test_when_a_gateway_was_switched_off_somebody_has_to(bill: Bill, bank: Watched, settings: Settings) -> None:
    payment = pay(bill)
    bank.away.add("refund")
    asked = payments.refund(payment, amount=TWENTY)
    settings.PAYMENTS = replace(settings.PAYMENTS, gateways=("shop.payments.gateways.manual.Manual",))

    noted = [payments.confirm_refund(Refund.objects.get(pk=asked.pk)) for _ in range(2)]

    assert (noted, Refund.objects.get().status, statuses(bill)) == ([True, False], "succeeded", ["refunded"])
    assert OutboxEvent.objects.filter(name="payment.refunded").count() == 1
