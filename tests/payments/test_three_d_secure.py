import re
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from shop.payments import operations as payments
from shop.payments.models import Bill
from shop.payments.test_gateway.models import TestCharge
from tests.payments.conftest import RETURN_URL, pay, state, statuses


@pytest.fixture
def page(bill: Bill, settings: Settings) -> str:
    """The address to which the shopper of a 19.99 EUR cart is sent."""
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True, gateways=("shop.payments.gateways.manual.Manual",))
    pay(bill, "tok_3ds")
    return f"/test-gateway/3ds/{TestCharge.objects.get().pk}"


def test_the_page_says_what_is_to_be_confirmed(client: Client, page: str) -> None:
    response = client.get(page)

    text = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Confirm the payment</h1>" in text
    assert '<dd class="amount">€19.99</dd>' in text
    assert "Visa ending in 3155" in text
    assert "Test mode" in text
    assert "<script" not in text
    assert "style=" not in text
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_the_page_may_do_nothing_but_send_the_shopper_back(client: Client, page: str) -> None:
    response = client.get(page)

    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self' http://localhost:3000"
    )
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("answer", "fate", "heading"),
    [("approve", "captured", "The payment is approved"), ("decline", "declined", "The payment was not made")],
)
def test_the_answer_is_kept_and_the_shopper_sent_back(
    client: Client, page: str, bill: Bill, answer: str, fate: str, heading: str
) -> None:
    response = client.post(page, {"answer": answer})

    assert (response.status_code, response["Location"]) == (303, RETURN_URL)
    assert TestCharge.objects.get().status == fate
    assert (statuses(bill), state(bill)) == (["requires_action"], ("open", 0, 0))
    assert f"<h1>{heading}</h1>" in client.get(page).content.decode()
    assert "<form" not in client.get(page).content.decode()


def test_the_first_answer_counts(client: Client, page: str) -> None:
    client.post(page, {"answer": "decline"})

    response = client.post(page, {"answer": "approve"})

    assert (response.status_code, response["Location"], TestCharge.objects.get().status) == (
        303,
        RETURN_URL,
        "declined",
    )


@pytest.mark.parametrize("form", [{}, {"answer": ""}, {"answer": "APPROVE"}, {"answer": "captured"}])
def test_another_answer_is_none(client: Client, page: str, form: dict[str, str]) -> None:
    response = client.post(page, form)

    assert (response.status_code, TestCharge.objects.get().status) == (400, "requires_action")


def test_only_the_page_itself_can_answer(page: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    foreign = browser.post(page, {"answer": "approve"})
    between = TestCharge.objects.get().status
    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).content.decode())
    assert token is not None
    ours = browser.post(page, {"answer": "approve", "csrfmiddlewaretoken": token[1]})

    assert (foreign.status_code, between) == (403, "requires_action")
    assert (ours.status_code, TestCharge.objects.get().status) == (303, "captured")


def test_without_an_address_to_go_back_to_the_page_stays(client: Client, page: str) -> None:
    TestCharge.objects.update(return_url="")

    answered = client.post(page, {"answer": "approve"}, follow=True)

    assert answered.redirect_chain == [(page, 303)]
    assert b"The payment is approved" in answered.content
    assert answered["Content-Security-Policy"].endswith("form-action 'self'")


def test_a_payment_that_was_given_up_can_not_be_confirmed(client: Client, page: str, bill: Bill) -> None:
    payments.close(bill)

    shown = client.get(page).content.decode()
    client.post(page, {"answer": "approve"})

    assert "<h1>The payment was not made</h1>" in shown
    assert (TestCharge.objects.get().status, statuses(bill)) == ("voided", ["voided"])


@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_test_mode_there_is_no_page(client: Client, page: str, settings: Settings, method: str) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=False)

    response = getattr(client, method)(page, {"answer": "approve"})

    assert (response.status_code, TestCharge.objects.get().status) == (404, "requires_action")


@pytest.mark.parametrize("reference", ["5e9c3f8a-0f6a-4c0e-9d59-1f0f5a3f7a11", "1", "..%2F..", "x" * 300])
def test_an_address_of_no_charge_is_not_found(client: Client, page: str, reference: str) -> None:
    response = client.get(f"/test-gateway/3ds/{reference}")

    assert response.status_code == 404


def test_a_charge_that_nobody_is_asked_about_has_no_page(client: Client, bill: Bill, settings: Settings) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)
    pay(bill)

    response = client.get(f"/test-gateway/3ds/{TestCharge.objects.get().pk}")

    assert response.status_code == 404
