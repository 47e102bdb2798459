import pytest
from django.db import IntegrityError, transaction

from shop.kernel.money import Money
from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable
from shop.payments.models import Bill, Payment, Refund
from shop.payments.operations.record import record
from shop.payments.ports import Outcome, Receipt
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform.records import WrongState
from tests.payments.conftest import TWENTY, pay, state, statuses, waiting_jobs, work
from tests.payments.gateways import Watched


def test_a_bill_of_nothing_is_covered_once(bank: Watched, transactional_db: None) -> None:
    nothing = payments.open_bill(Money(0, "EUR"))

    answers = [payments.cover(nothing), payments.cover(nothing)]

    assert (answers, state(nothing), nothing.status) == ([True, False], ("covered", 0, 0), "covered")


def test_an_offline_payment_covers_its_bill_when_somebody_has_seen_the_money(bill: Bill) -> None:
    pay(bill, method="manual")

    answers = [payments.cover(bill), payments.cover(bill)]

    assert (answers, state(bill), statuses(bill)) == ([True, False], ("covered", 1999, 0), ["captured"])


def test_a_captured_card_has_covered_its_bill_by_itself(bill: Bill) -> None:
    pay(bill)

    assert (payments.cover(bill), state(bill)) == (False, ("covered", 1999, 0))


def test_a_bill_without_any_money_is_not_covered(bill: Bill) -> None:
    with pytest.raises(WrongState):
        payments.cover(bill)

    assert state(bill) == ("open", 0, 0)


def test_a_card_that_has_not_paid_covers_nothing(bill: Bill) -> None:
    pay(bill, "tok_3ds")

    with pytest.raises(WrongState):
        payments.cover(bill)

    assert (state(bill), statuses(bill)) == (("open", 0, 0), ["requires_action"])


def test_a_closed_bill_is_not_covered(bill: Bill) -> None:
    payments.close(bill)

    with pytest.raises(WrongState):
        payments.cover(bill)

    assert state(bill) == ("closed", 0, 0)


def test_closing_a_paid_bill_gives_its_money_back(bill: Bill) -> None:
    pay(bill)

    closed = payments.close(bill)

    assert (closed, state(bill), statuses(bill)) == (True, ("closed", 1999, 1999), ["refunded"])
    assert list(Refund.objects.values_list("status", "amount")) == [("succeeded", 1999)]
    assert list(TestCharge.objects.values_list("status", "refunded")) == [("captured", 1999)]


def test_closing_gives_back_what_a_refund_has_left(bill: Bill) -> None:
    payment = pay(bill)
    payments.refund(payment, amount=Money(500, "EUR"), reason="damaged")

    payments.close(bill)

    assert (state(bill), statuses(bill)) == (("closed", 1999, 1999), ["refunded"])
    assert list(Refund.objects.order_by("id").values_list("amount", flat=True)) == [500, 1499]


@pytest.mark.parametrize("token", ["tok_3ds", "tok_lost"])
def test_closing_stops_what_is_under_way(bill: Bill, bank: Watched, token: str) -> None:
    bank.away.add("charge")
    with pytest.raises(GatewayUnavailable):
        pay(bill, token)

    payments.close(bill)

    assert (state(bill), statuses(bill)) == (("closed", 0, 0), ["voided"])
    assert TestCharge.objects.get().status == "voided"


def test_a_page_of_the_bank_that_is_answered_after_closing_takes_no_money(bill: Bill) -> None:
    pay(bill, "tok_3ds")
    payments.close(bill)

    approved = test_gateway.answer(TestCharge.objects.get(), approved=True)

    assert (approved, TestCharge.objects.get().status, statuses(bill)) == (False, "voided", ["voided"])


def test_closing_finds_money_whose_answer_was_lost(bill: Bill) -> None:
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_lost")

    payments.close(bill)

    assert (state(bill), statuses(bill)) == (("closed", 1999, 1999), ["refunded"])
    assert TestCharge.objects.get().refunded == 1999


def test_closing_an_unpaid_offline_bill_expects_nothing_any_more(bill: Bill) -> None:
    pay(bill, method="manual")

    payments.close(bill)

    assert (state(bill), statuses(bill)) == (("closed", 0, 0), ["voided"])


def test_nothing_is_expected_by_hand_as_soon_as_a_bill_is_closed(bill: Bill) -> None:
    pay(bill, method="manual")

    with transaction.atomic():  # nothing that waits for the commit has run
        payments.close(bill)
        at_once = statuses(bill)
        payments.cover_late(bill, method="manual")

    assert (at_once, sorted(statuses(bill)), state(bill)) == (["voided"], ["captured", "voided"], ("covered", 1999, 0))


def test_what_a_gateway_has_to_stop_waits_for_the_commit(bill: Bill, bank: Watched) -> None:
    pay(bill, "tok_3ds")

    with transaction.atomic():
        payments.close(bill)
        asked = list(bank.calls)

    assert (asked, statuses(bill)) == (["charge"], ["voided"])


def test_closing_a_paid_offline_bill_asks_somebody_to_pay_it_back(bill: Bill) -> None:
    pay(bill, method="manual")
    payments.cover(bill)
    payments.close(bill)
    refund = Refund.objects.get()

    answers = [refund.status, payments.confirm_refund(refund), payments.confirm_refund(refund)]

    assert (answers, state(bill), statuses(bill)) == (["requested", True, False], ("closed", 1999, 1999), ["refunded"])


def test_closing_twice_gives_back_once(bill: Bill, bank: Watched) -> None:
    pay(bill)

    answers = [payments.close(bill), payments.close(bill)]
    work()

    assert (answers, state(bill), Refund.objects.count()) == ([True, False], ("closed", 1999, 1999), 1)
    assert bank.calls == ["charge", "refund"]


def test_closing_a_bill_on_which_nothing_was_tried_leaves_no_job(bill: Bill) -> None:
    payments.close(bill)

    assert (state(bill), waiting_jobs()) == (("closed", 0, 0), [])


def test_a_bank_that_is_away_is_asked_again_until_all_is_back(bill: Bill, bank: Watched) -> None:
    pay(bill)
    bank.away.add("refund")
    payments.close(bill)
    between = (state(bill), statuses(bill), Refund.objects.get().status)
    work()
    waiting = waiting_jobs()

    bank.away.clear()
    work()

    assert between == (("closed", 1999, 1999), ["captured"], "requested")
    assert waiting == [("payments.give_back", 0)]
    assert (statuses(bill), Refund.objects.get().status, waiting_jobs()) == (["refunded"], "succeeded", [])
    assert TestCharge.objects.get().refunded == 1999


def test_closing_inside_a_transaction_asks_the_bank_after_it(bill: Bill, bank: Watched) -> None:
    pay(bill)

    with transaction.atomic():
        payments.close(bill)
        inside = list(bank.calls)

    assert (inside, bank.calls) == (["charge"], ["charge", "refund"])
    assert statuses(bill) == ["refunded"]


def test_closing_that_is_rolled_back_asks_nobody(bill: Bill, bank: Watched) -> None:
    pay(bill)

    with transaction.atomic():
        payments.close(bill)
        transaction.set_rollback(True)

    assert (state(bill), bank.calls, waiting_jobs()) == (("covered", 1999, 0), ["charge"], [])


def test_a_bank_that_breaks_does_not_break_the_closing(bill: Bill, bank: Watched) -> None:
    pay(bill)
    bank.lying["refund"] = None  # type: ignore[assignment]

    closed = payments.close(bill)

    assert (closed, state(bill), waiting_jobs()) == (True, ("closed", 1999, 1999), [("payments.give_back", 0)])


def test_a_charge_that_is_answered_after_closing_is_given_back(bill: Bill) -> None:
    pay(bill, "tok_3ds")
    payment = Payment.objects.get()
    test_gateway.answer(TestCharge.objects.get(), approved=True)
    Bill.objects.update(status=Bill.Status.CLOSED)

    payments.settle(payment)
    between = (state(bill), statuses(bill))
    work()

    assert between == (("closed", 1999, 0), ["captured"])
    assert (state(bill), statuses(bill)) == (("closed", 1999, 1999), ["refunded"])
    assert TestCharge.objects.get().refunded == 1999


def test_money_that_comes_after_a_bank_had_declined_is_given_back_beside_the_books(bill: Bill, bank: Watched) -> None:
    pay(bill, "tok_3ds")
    payment = Payment.objects.get()
    record(payment, Receipt(outcome=Outcome.DECLINED, amount=TWENTY, decline_code="card_declined"))
    test_gateway.answer(TestCharge.objects.get(), approved=True)

    record(payment, Receipt(outcome=Outcome.CAPTURED, amount=TWENTY))
    work()

    assert (state(bill), statuses(bill)) == (("open", 0, 0), ["declined"])
    assert TestCharge.objects.get().refunded == 1999


@pytest.mark.parametrize(
    ("before", "late"),
    [
        ("captured", Outcome.DECLINED),
        ("captured", Outcome.REQUIRES_ACTION),
        ("captured", Outcome.VOIDED),
        ("captured", Outcome.CAPTURED),
        ("captured", Outcome.PENDING),
        ("declined", Outcome.REQUIRES_ACTION),
        ("voided", Outcome.AUTHORIZED),
        ("refunded", Outcome.CAPTURED),
    ],
)
def test_an_answer_that_comes_late_changes_nothing(bill: Bill, before: str, late: Outcome) -> None:
    pay(bill, method="manual")
    payment = Payment.objects.get()
    Payment.objects.update(status=before)

    now = record(payment, Receipt(outcome=late, amount=TWENTY))

    assert (now.status, statuses(bill), state(bill)) == (before, [before], ("open", 0, 0))
    assert waiting_jobs() == []


@pytest.mark.parametrize(
    "nonsense",
    [
        {"captured": 2000},
        {"captured": 1999, "refunded": 2000},
        {"refunded": 1},
        {"status": "covered", "captured": 1998},
        {"status": "lost"},
    ],
)
def test_the_database_refuses_a_bill_that_can_not_be(bill: Bill, nonsense: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        Bill.objects.filter(pk=bill.pk).update(**nonsense)

    assert state(bill) == ("open", 0, 0)


def test_the_database_refuses_a_second_live_payment(bill: Bill) -> None:
    first = pay(bill)

    with pytest.raises(IntegrityError):
        Payment.objects.create(bill=bill, method="test", provider="test", amount=1999, currency="EUR")

    assert Payment.objects.get() == first
