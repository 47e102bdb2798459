from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from pytest_django import Settings

from shop.kernel.money import Money
from shop.payments import operations as payments
from shop.payments.errors import (
    CardNumberRefused,
    GatewayUnavailable,
    InvalidReturnUrl,
    PaymentDeclined,
    PaymentInProgress,
    PaymentTokenRequired,
    UnknownPaymentMethod,
)
from shop.payments.models import Bill, Payment
from shop.payments.ports import Outcome, Receipt, Redirect
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform.models import OutboxEvent
from shop.platform.records import WrongState
from tests.payments.conftest import RETURN_URL, TWENTY, pay, state, statuses
from tests.payments.gateways import Watched

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def events() -> list[tuple[str, object]]:
    """The names of the events, and the status that each tells."""
    return [(each.name, each.payload.get("status")) for each in OutboxEvent.objects.order_by("id")]


def test_a_good_card_covers_the_bill(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)

    stored = Payment.objects.get()
    assert (payment.pk, payment.status, stored.status) == (stored.pk, "captured", "captured")
    assert (stored.method, stored.provider, stored.money) == ("test", "test", TWENTY)
    assert (stored.brand, stored.last4, stored.reference) == ("visa", "4242", str(TestCharge.objects.get().pk))
    assert state(bill) == ("covered", 1999, 0)
    assert events() == [("payment.settled", "captured")]
    assert OutboxEvent.objects.get().aggregate == bill.pk
    assert bank.calls == ["charge"]


def test_a_good_card_costs_twelve_statements(bill: Bill, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(12):  # type: ignore[operator]
        pay(bill)


def test_nothing_of_the_token_is_stored(bill: Bill) -> None:
    payment = pay(bill)

    assert "tok_" not in str(Payment.objects.filter(pk=payment.pk).values())


def test_an_authorized_card_is_captured_by_a_second_call(bill: Bill, bank: Watched) -> None:
    payment = pay(bill, "tok_authorized")

    assert (payment.status, state(bill)) == ("captured", ("covered", 1999, 0))
    assert bank.calls == ["charge", "capture"]


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("tok_decline", "card_declined"),
        ("tok_insufficient_funds", "insufficient_funds"),
        ("tok_expired_card", "expired_card"),
        ("tok_nobody_knows", "invalid_token"),
    ],
)
def test_a_declined_card_leaves_the_bill_open(bill: Bill, token: str, code: str) -> None:
    with pytest.raises(PaymentDeclined) as declined:
        pay(bill, token)

    assert declined.value.decline_code == code
    assert Payment.objects.get().decline_code == code
    assert (statuses(bill), state(bill)) == (["declined"], ("open", 0, 0))
    assert events() == [("payment.settled", "declined")]


def test_after_a_declined_card_another_one_pays(bill: Bill) -> None:
    with pytest.raises(PaymentDeclined):
        pay(bill, "tok_decline")

    pay(bill)

    assert (statuses(bill), state(bill)) == (["declined", "captured"], ("covered", 1999, 0))
    assert list(TestCharge.objects.order_by("id").values_list("status", flat=True)) == ["declined", "captured"]


def test_paying_twice_charges_once(bill: Bill, bank: Watched) -> None:
    first = pay(bill)
    second = pay(bill)
    third = pay(bill, "tok_slow")

    assert first.pk == second.pk == third.pk
    assert (statuses(bill), state(bill), bank.calls) == (["captured"], ("covered", 1999, 0), ["charge"])


def test_a_card_that_asks_waits_for_its_shopper(bill: Bill) -> None:
    payment = pay(bill, "tok_3ds")

    reference = TestCharge.objects.get().pk
    assert payment.status == "requires_action"
    assert Payment.objects.get().next_action == Redirect(
        f"http://127.0.0.1:8000/test-gateway/3ds/{reference}", RETURN_URL
    )
    assert (state(bill), events()) == (("open", 0, 0), [])


def test_the_same_call_resumes_before_the_shopper_has_answered(bill: Bill, bank: Watched) -> None:
    first = pay(bill, "tok_3ds")
    second = pay(bill, "tok_3ds")

    assert (second.pk, second.status, second.next_action) == (first.pk, "requires_action", first.next_action)
    assert bank.calls == ["charge", "fetch"]


def test_the_same_call_resumes_after_the_shopper_has_approved(bill: Bill) -> None:
    pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=True)

    payment = pay(bill, "tok_3ds")

    assert (payment.status, payment.next_action) == ("captured", None)
    assert state(bill) == ("covered", 1999, 0)


def test_the_same_call_is_refused_after_the_shopper_has_declined(bill: Bill) -> None:
    pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=False)

    with pytest.raises(PaymentDeclined) as declined:
        pay(bill, "tok_3ds")

    assert declined.value.decline_code == "authentication_failed"
    assert (statuses(bill), state(bill)) == (["declined"], ("open", 0, 0))


def test_another_card_has_to_wait_while_one_asks(bill: Bill) -> None:
    pay(bill, "tok_3ds")

    with pytest.raises(PaymentInProgress):
        pay(bill)

    assert (statuses(bill), state(bill)) == (["requires_action"], ("open", 0, 0))
    assert TestCharge.objects.count() == 1


def test_another_card_pays_once_the_first_is_known_to_be_dead(bill: Bill) -> None:
    pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=False)

    pay(bill)

    assert (statuses(bill), state(bill)) == (["declined", "captured"], ("covered", 1999, 0))


def test_another_card_is_not_charged_when_the_first_has_paid_meanwhile(bill: Bill) -> None:
    first = pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=True)

    payment = pay(bill)

    assert (payment.pk, payment.status) == (first.pk, "captured")
    assert TestCharge.objects.count() == 1


def test_a_lost_answer_is_found_by_the_same_call(bill: Bill) -> None:
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_lost")
    between = (statuses(bill), state(bill))

    payment = pay(bill, "tok_lost")

    assert between == (["pending"], ("open", 0, 0))
    assert (payment.status, state(bill), TestCharge.objects.count()) == ("captured", ("covered", 1999, 0), 1)


def test_a_lost_answer_is_found_with_another_card_too(bill: Bill) -> None:
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_lost")

    payment = pay(bill, "tok_success")

    assert (payment.status, payment.last4, TestCharge.objects.count()) == ("captured", "1118", 1)


def test_a_call_that_never_arrived_blocks_other_cards_for_two_minutes(bill: Bill, bank: Watched) -> None:
    bank.away.add("charge")
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_slow")
    bank.away.clear()

    with pytest.raises(PaymentInProgress):
        pay(bill)
    with time_machine.travel(LATER, tick=False):
        payment = pay(bill)

    assert (payment.status, statuses(bill)) == ("captured", ["voided", "captured"])
    assert sorted(TestCharge.objects.values_list("status", flat=True)) == ["captured", "voided"]


def test_while_the_bank_is_away_nothing_is_lost(bill: Bill, bank: Watched) -> None:
    bank.away.update(["charge", "fetch"])

    with pytest.raises(GatewayUnavailable):
        pay(bill)
    with pytest.raises(GatewayUnavailable):
        pay(bill)

    assert (statuses(bill), state(bill), TestCharge.objects.count()) == (["pending"], ("open", 0, 0), 0)


def test_a_bank_that_has_still_to_decide_is_no_payment(bill: Bill, bank: Watched) -> None:
    bank.lying["charge"] = Receipt(outcome=Outcome.PENDING, amount=TWENTY)

    with pytest.raises(GatewayUnavailable):
        pay(bill)

    assert (statuses(bill), state(bill)) == (["pending"], ("open", 0, 0))


def test_a_receipt_over_another_amount_is_not_believed(bill: Bill, bank: Watched) -> None:
    bank.lying["charge"] = Receipt(outcome=Outcome.CAPTURED, amount=Money(1, "EUR"), reference="x")

    with pytest.raises(GatewayUnavailable):
        pay(bill)

    assert (statuses(bill), state(bill)) == (["pending"], ("open", 0, 0))


def test_an_offline_method_waits_for_its_money(bill: Bill, bank: Watched) -> None:
    payment = pay(bill, "ignored", method="manual")
    again = pay(bill, "", method="manual")

    assert (payment.status, payment.provider, payment.token_digest, again.pk) == ("pending", "manual", "", payment.pk)
    assert (state(bill), bank.calls) == (("open", 0, 0), [])


def test_a_card_has_to_wait_while_an_offline_payment_is_expected(bill: Bill) -> None:
    pay(bill, method="manual")

    with time_machine.travel(LATER, tick=False), pytest.raises(PaymentInProgress):
        pay(bill)

    assert statuses(bill) == ["pending"]


@pytest.mark.parametrize(
    ("method", "token", "return_url", "refusal"),
    [
        ("cash", "tok_success", RETURN_URL, UnknownPaymentMethod),
        ("", "tok_success", RETURN_URL, UnknownPaymentMethod),
        ("test", None, RETURN_URL, PaymentTokenRequired),
        ("test", "4242424242424242", RETURN_URL, CardNumberRefused),
        ("manual", "4242 4242 4242 4242", "", CardNumberRefused),
        ("test", "tok_success", "https://evil.example/", InvalidReturnUrl),
        ("manual", None, "javascript:alert(1)", InvalidReturnUrl),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    bill: Bill, bank: Watched, method: str, token: str | None, return_url: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        payments.collect(bill, method=method, token=token, return_url=return_url)

    assert (Payment.objects.count(), state(bill), bank.calls) == (0, ("open", 0, 0), [])


def test_a_card_number_is_never_logged(bill: Bill, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"), pytest.raises(CardNumberRefused):
        pay(bill, "4242424242424242")

    assert "4242424242424242" not in caplog.text


def test_a_closed_bill_collects_nothing(bill: Bill, bank: Watched) -> None:
    payments.close(bill)

    with pytest.raises(WrongState) as refused:
        pay(bill)

    assert refused.value.problem.params == {"now": "closed", "wanted": "covered"}
    assert (Payment.objects.count(), bank.calls) == (0, [])


def test_a_paid_and_refunded_bill_collects_nothing_more(bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    payments.refund(payment, amount=TWENTY, reason="returned")

    with pytest.raises(WrongState):
        pay(bill, "tok_slow")

    assert (statuses(bill), bank.calls) == (["refunded"], ["charge", "refund"])


def test_money_is_never_collected_inside_a_transaction(bill: Bill, bank: Watched) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        pay(bill)

    assert (Payment.objects.count(), bank.calls) == (0, [])


def test_a_gateway_that_was_switched_off_is_away(bill: Bill, settings: Settings) -> None:
    pay(bill, "tok_3ds")
    payment = Payment.objects.get()
    settings.PAYMENTS = replace(settings.PAYMENTS, gateways=(), test_gateway_delay=timedelta(0))

    with pytest.raises(GatewayUnavailable):
        payments.settle(payment)

    assert statuses(bill) == ["requires_action"]
