"""Many shoppers, tabs, webhooks and workers at the same bill, on either database."""

from functools import partial
from uuid import UUID

import pytest
from django.db.models import F, Sum

from shop.kernel.money import Money
from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable, PaymentInProgress, RefundTooLarge
from shop.payments.models import Bill, Payment, Refund
from shop.payments.operations.refund_in_full import refund_in_full
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge, TestRefund
from shop.platform.models import OutboxEvent
from shop.platform.records import WrongState
from tests.payments.conftest import bank, bill, pay, state, statuses, work
from tests.payments.gateways import Watched
from tests.races.together import together

pytestmark = pytest.mark.race

__all__ = ["bank", "bill"]


def at_the_bank() -> int:
    """What the bank has taken and not given back."""
    taken = TestCharge.objects.filter(status="captured").aggregate(left=Sum(F("amount") - F("refunded")))
    return taken["left"] or 0


def ended(outcomes: list[object]) -> list[str]:
    """How each call ended, sorted: a status, an answer or the name of a refusal."""
    return sorted(
        str(each.status)
        if isinstance(each, Payment)
        else type(each).__name__
        if isinstance(each, Exception)
        else str(each)
        for each in outcomes
    )


@pytest.fixture(params=range(5))
def again(request: pytest.FixtureRequest) -> int:
    """Races are run a few times."""
    found: int = request.param
    return found


def test_one_card_in_ten_tabs_is_charged_once(bill: Bill, again: int) -> None:
    outcomes = together(*[partial(pay, bill)] * 10)

    assert ended([*outcomes]) == ["captured"] * 10
    assert len({each.pk for each in outcomes if isinstance(each, Payment)}) == 1
    assert (statuses(bill), state(bill), at_the_bank()) == (["captured"], ("covered", 1999, 0), 1999)
    assert OutboxEvent.objects.count() == 1


def test_two_cards_at_once_are_one_charge(bill: Bill, again: int) -> None:
    outcomes = together(partial(pay, bill, "tok_success"), partial(pay, bill, "tok_slow"))

    assert set(ended([*outcomes])) <= {"captured", "PaymentInProgress"}
    assert "captured" in ended([*outcomes])
    assert (statuses(bill), state(bill), at_the_bank()) == (["captured"], ("covered", 1999, 0), 1999)
    assert TestCharge.objects.count() == 1


def test_ten_cards_at_once_are_one_live_payment(bill: Bill) -> None:
    tokens = ["tok_success", "tok_slow", "tok_3ds", "tok_authorized", "tok_lost"] * 2

    outcomes = together(*[partial(pay, bill, token) for token in tokens])

    refusals = {type(each) for each in outcomes if isinstance(each, Exception)}
    assert refusals <= {PaymentInProgress, GatewayUnavailable}
    assert Payment.objects.count() == TestCharge.objects.count() == 1
    assert at_the_bank() in (0, 1999)


def test_a_bad_and_a_good_card_at_once_never_charge_twice(bill: Bill, again: int) -> None:
    together(partial(pay, bill, "tok_decline"), partial(pay, bill, "tok_success"))

    pay(bill)

    assert (state(bill), at_the_bank()) == (("covered", 1999, 0), 1999)
    assert sorted(statuses(bill))[0] == "captured"
    assert statuses(bill).count("captured") == 1


@pytest.mark.parametrize("token", ["tok_success", "tok_slow", "tok_authorized", "tok_3ds"])
def test_paying_and_giving_up_at_once_leaves_no_money_behind(bill: Bill, token: str, again: int) -> None:
    outcomes = together(partial(pay, bill, token), partial(payments.close, bill))

    work()

    assert isinstance(outcomes[0], Payment | WrongState | GatewayUnavailable)
    assert outcomes[1] is True
    assert (at_the_bank(), Bill.objects.get().status) == (0, "closed")
    assert set(statuses(bill)) <= {"voided", "refunded"}


def test_five_ways_of_learning_of_an_approval_are_one_capture(bill: Bill, again: int) -> None:
    payment = pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=True)

    outcomes = together(
        *[partial(pay, bill, "tok_3ds")] * 2,
        *[partial(payments.settle, Payment.objects.get(pk=payment.pk)) for _ in range(3)],
    )

    assert ended([*outcomes]) == ["captured"] * 5
    assert (state(bill), OutboxEvent.objects.count()) == (("covered", 1999, 0), 1)


def test_approving_and_giving_up_at_once_agree(bill: Bill, again: int) -> None:
    pay(bill, "tok_3ds")
    charge = TestCharge.objects.get()

    together(partial(test_gateway.answer, charge, approved=True), partial(payments.close, bill))
    work()

    assert (at_the_bank(), Bill.objects.get().status) == (0, "closed")
    assert set(statuses(bill)) <= {"voided", "refunded"}


def test_refunds_at_once_never_exceed_what_was_paid(bill: Bill, again: int) -> None:
    payment = pay(bill)

    outcomes = together(*[partial(payments.refund, payment, amount=Money(500, "EUR"))] * 8)

    done = [each for each in outcomes if isinstance(each, Refund)]
    assert len(done) == 3
    assert {type(each) for each in outcomes if not isinstance(each, Refund)} == {RefundTooLarge}
    assert (state(bill), at_the_bank()) == (("covered", 1999, 1500), 499)


def test_refunds_that_add_up_end_the_payment(bill: Bill, again: int) -> None:
    payment = pay(bill)

    together(*[partial(payments.refund, payment, amount=Money(amount, "EUR")) for amount in (500, 500, 500, 499)])

    assert (statuses(bill), state(bill), at_the_bank()) == (["refunded"], ("covered", 1999, 1999), 0)


def test_closing_in_many_places_gives_back_once(bill: Bill, again: int) -> None:
    pay(bill)
    key: UUID = bill.pk

    together(*[partial(payments.close, Bill.objects.get(pk=key)) for _ in range(4)])
    together(*[partial(refund_in_full, key)] * 4)

    assert (state(bill), statuses(bill), at_the_bank()) == (("closed", 1999, 1999), ["refunded"], 0)
    assert (Refund.objects.count(), TestRefund.objects.count()) == (1, 1)


def test_a_refund_and_a_closing_at_once_give_back_all_and_no_more(bill: Bill, again: int) -> None:
    payment = pay(bill)

    together(partial(payments.refund, payment, amount=Money(700, "EUR")), partial(payments.close, bill))
    work()

    assert (state(bill), statuses(bill), at_the_bank()) == (("closed", 1999, 1999), ["refunded"], 0)


def test_the_same_event_in_four_deliveries_is_recorded_once(bill: Bill, bank: Watched, again: int) -> None:
    payment = pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=True)
    body = (
        f'{{"id": "evt_1", "type": "charge.captured", "key": "{payment.pk}", "reference": "{payment.reference}", '
        '"amount": 1999, "currency": "EUR"}'
    ).encode()
    headers = {test_gateway.SIGNATURE: test_gateway.sign(body, at=bill.created_at)}

    outcomes = together(*[partial(payments.handle_webhook, "test", body=body, headers=headers)] * 4)

    assert outcomes == [True] * 4
    assert (payment.webhooks.count(), statuses(bill), state(bill)) == (1, ["captured"], ("covered", 1999, 0))
