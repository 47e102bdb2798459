"""A shopper who is asked in the storefront: the client secret is theirs alone, and stored only while they are asked."""

from dataclasses import replace
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.test import Client
from pytest_django import Settings

from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable, PaymentDeclined
from shop.payments.models import Bill, Payment
from shop.payments.ports import ClientSecret, Outcome, Receipt, Redirect
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform.models import OutboxEvent
from tests.payments.conftest import TWENTY, pay, state, statuses
from tests.payments.gateways import Watched

SECRET = ClientSecret("pi_1_secret_2")
CONFIRM = "/test-gateway/confirm"


def secret_of(payment: Payment) -> str:
    """What the shopper's browser was given."""
    assert isinstance(payment.next_action, ClientSecret)
    return payment.next_action.client_secret


def stored() -> str:
    """The column as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_action FROM payments_payment")
        return str(cursor.fetchone()[0])


def test_a_card_may_ask_by_a_client_secret(bill: Bill) -> None:
    payment = pay(bill, "tok_3ds_sdk")

    reference = TestCharge.objects.get().pk
    assert payment.status == "requires_action"
    assert secret_of(payment).startswith(f"pi_{reference.hex}_secret_")
    assert Payment.objects.get().next_action == payment.next_action
    assert state(bill) == ("open", 0, 0)


def test_a_client_secret_is_stored_encrypted(bill: Bill) -> None:
    payment = pay(bill, "tok_3ds_sdk")

    assert "_secret_" not in stored().replace("encrypted_client_secret", "")
    assert secret_of(payment) not in serializers.serialize("json", Payment.objects.all())


def test_a_serialized_payment_is_read_again(bill: Bill) -> None:
    payment = pay(bill, "tok_3ds_sdk")

    [read] = serializers.deserialize("json", serializers.serialize("json", Payment.objects.all()))

    assert vars(read.object)["next_action"] == payment.next_action


def test_a_client_secret_is_in_no_representation() -> None:
    receipt = Receipt(outcome=Outcome.REQUIRES_ACTION, amount=TWENTY, next_action=SECRET)

    shown = f"{receipt!r} {SECRET!r} {SECRET}"

    assert "pi_1" not in shown


@pytest.mark.parametrize(
    ("approved", "ending"), [(True, "captured"), (False, "declined")], ids=["approved", "declined"]
)
def test_a_client_secret_is_forgotten_when_the_payment_ends(bill: Bill, approved: bool, ending: str) -> None:
    payment = pay(bill, "tok_3ds_sdk")
    test_gateway.answer(TestCharge.objects.get(), approved=approved)

    ended = payments.settle(payment)

    assert (ended.status, ended.next_action, stored()) == (ending, None, "None")
    assert "secret" not in str(list(OutboxEvent.objects.values()))


def test_a_client_secret_is_forgotten_when_the_payment_is_cancelled(bill: Bill) -> None:
    pay(bill, "tok_3ds_sdk")

    payments.close(bill)

    assert (statuses(bill), stored()) == (["voided"], "None")


def test_the_same_call_gives_the_same_secret_and_goes_on_after_the_answer(bill: Bill, bank: Watched) -> None:
    first, again = pay(bill, "tok_3ds_sdk"), pay(bill, "tok_3ds_sdk")
    test_gateway.answer(TestCharge.objects.get(), approved=True)

    done = pay(bill, "tok_3ds_sdk")

    assert (again.pk, again.next_action) == (first.pk, first.next_action)
    assert (done.pk, done.status, state(bill)) == (first.pk, "captured", ("covered", 1999, 0))
    assert bank.calls == ["charge", "fetch", "fetch"]


def test_the_same_call_is_refused_after_the_shopper_has_declined(bill: Bill) -> None:
    pay(bill, "tok_3ds_sdk")
    test_gateway.answer(TestCharge.objects.get(), approved=False)

    with pytest.raises(PaymentDeclined) as declined:
        pay(bill, "tok_3ds_sdk")

    assert declined.value.decline_code == "authentication_failed"
    assert (statuses(bill), state(bill)) == (["declined"], ("open", 0, 0))


def test_a_secret_under_a_former_key_is_read_with_the_fallback(bill: Bill, settings: Settings) -> None:
    payment = pay(bill, "tok_3ds_sdk")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]

    assert Payment.objects.get().next_action == payment.next_action


def test_the_same_call_goes_on_across_a_change_of_the_key(bill: Bill, settings: Settings) -> None:
    payment = pay(bill, "tok_3ds_sdk")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    test_gateway.answer(TestCharge.objects.get(), approved=True)

    done = pay(bill, "tok_3ds_sdk")

    assert (done.pk, done.status, state(bill)) == (payment.pk, "captured", ("covered", 1999, 0))


def test_a_secret_that_can_not_be_decrypted_is_asked_for_again(bill: Bill, settings: Settings) -> None:
    payment = pay(bill, "tok_3ds_sdk")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, []
    unreadable = Payment.objects.get().next_action

    settled = payments.settle(Payment.objects.get())

    assert (unreadable, settled.status) == (None, "requires_action")
    assert secret_of(settled).startswith(f"pi_{TestCharge.objects.get().pk.hex}_secret_")
    assert Payment.objects.get().next_action == settled.next_action
    assert Payment.objects.get().version == payment.version + 1


def test_while_the_gateway_does_not_say_how_it_asks_the_outcome_is_unknown(bill: Bill, bank: Watched) -> None:
    bank.lying["charge"] = Receipt(outcome=Outcome.REQUIRES_ACTION, amount=TWENTY, reference="ch_1")

    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_3ds_sdk")

    assert (statuses(bill), state(bill)) == (["requires_action"], ("open", 0, 0))


def test_another_page_of_the_gateway_replaces_the_first(bill: Bill, bank: Watched) -> None:
    pay(bill, "tok_3ds")
    page = Redirect("https://bank.example.com/another", None)
    bank.lying["fetch"] = Receipt(outcome=Outcome.REQUIRES_ACTION, amount=TWENTY, next_action=page)

    again = pay(bill, "tok_3ds")

    assert (again.next_action, Payment.objects.get().next_action) == (page, page)


@pytest.fixture
def waiting(bill: Bill, settings: Settings) -> str:
    """The secret of a payment of 19.99 EUR that waits for its shopper."""
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True, gateways=())
    return secret_of(pay(bill, "tok_3ds_sdk"))


@pytest.mark.parametrize(("answer", "ending"), [("approve", "captured"), ("decline", "declined")])
def test_the_storefront_answers_with_the_secret(client: Client, waiting: str, answer: str, ending: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    response = browser.post(CONFIRM, {"client_secret": waiting, "answer": answer}, HTTP_ORIGIN="http://localhost:3000")
    second = browser.post(CONFIRM, {"client_secret": waiting, "answer": "approve"})

    assert (response.status_code, response.json(), second.json()) == (200, {"status": ending}, {"status": ending})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "no-store" in response["Cache-Control"]
    assert TestCharge.objects.get().status == ending


@pytest.mark.parametrize(
    "form",
    [
        {"answer": "approve"},
        {"answer": "approve", "client_secret": ""},
        {"answer": "approve", "client_secret": "pi_1_secret_2"},
        {"answer": "approve", "client_secret": f"pi_{'0' * 32}_secret_{'0' * 32}"},
        {"answer": "approve", "client_secret": "\u0661" * 80},
    ],
)
def test_another_secret_answers_nothing(client: Client, waiting: str, form: dict[str, str]) -> None:
    response = client.post(CONFIRM, form)

    assert (response.status_code, TestCharge.objects.get().status) == (404, "requires_action")


def test_a_wrong_proof_answers_nothing(client: Client, waiting: str) -> None:
    response = client.post(CONFIRM, {"answer": "approve", "client_secret": waiting[:-32] + "0" * 32})

    assert (response.status_code, TestCharge.objects.get().status) == (404, "requires_action")


@pytest.mark.parametrize("answer", ["", "APPROVE", "captured"])
def test_another_answer_is_none(client: Client, waiting: str, answer: str) -> None:
    response = client.post(CONFIRM, {"answer": answer, "client_secret": waiting})

    assert (response.status_code, TestCharge.objects.get().status) == (400, "requires_action")


def test_outside_test_mode_nothing_is_confirmed(client: Client, waiting: str, settings: Settings) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=False)

    response = client.post(CONFIRM, {"answer": "approve", "client_secret": waiting})

    assert (response.status_code, TestCharge.objects.get().status) == (404, "requires_action")


def test_nobody_is_asked_on_a_page_meanwhile(client: Client, waiting: str) -> None:
    response: Any = client.get(f"/test-gateway/3ds/{TestCharge.objects.get().pk}")

    assert response.status_code == 404
