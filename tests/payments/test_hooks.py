import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from shop.kernel.money import Money
from shop.payments import operations as payments
from shop.payments.errors import GatewayUnavailable
from shop.payments.models import Bill, InboundWebhook, Payment, Refund
from shop.payments.ports import Outcome, Receipt
from shop.payments.test_gateway import gateway as test_gateway
from shop.payments.test_gateway.models import TestCharge
from shop.platform.clock import now
from shop.platform.models import OutboxEvent
from tests.payments.conftest import pay, state, statuses
from tests.payments.gateways import Watched


@pytest.fixture
def asked(bill: Bill) -> Payment:
    """A payment whose shopper has approved, of which the shop knows nothing yet."""
    pay(bill, "tok_3ds")
    test_gateway.answer(TestCharge.objects.get(), approved=True)
    return Payment.objects.get()


def payload(payment: Payment, **other: object) -> dict[str, object]:
    """What the bank tells about the payment."""
    return {
        "id": "evt_1",
        "type": "charge.captured",
        "key": str(payment.pk),
        "reference": payment.reference,
        "amount": 1999,
        "currency": "EUR",
        **other,
    }


def deliver(
    client: Client, event: Mapping[str, object], *, provider: str = "test", signature: str | None = None
) -> int:
    """The bank calls, with a right signature unless another one is given. Says the status of the answer."""
    body = json.dumps(event).encode()
    headers = {test_gateway.SIGNATURE: test_gateway.sign(body, at=now()) if signature is None else signature}
    response = client.post(f"/hooks/payments/{provider}", body, content_type="application/json", headers=headers)
    assert response.content == b"" or response.status_code == 404
    assert response["Cache-Control"] == "no-store"
    return response.status_code


def test_an_event_settles_its_payment(client: Client, asked: Payment, bill: Bill) -> None:
    status = deliver(client, payload(asked))

    recorded = InboundWebhook.objects.get()
    assert (status, statuses(bill), state(bill)) == (200, ["captured"], ("covered", 1999, 0))
    assert (recorded.provider, recorded.event_id, recorded.kind) == ("test", "evt_1", "charge.captured")
    assert recorded.payment == asked
    assert [each.name for each in OutboxEvent.objects.all()] == ["payment.settled"]


def test_an_event_settles_the_refunds_of_its_payment(client: Client, bill: Bill, bank: Watched) -> None:
    payment = pay(bill)
    bank.lying["refund"] = Receipt(outcome=Outcome.PENDING, amount=Money(500, "EUR"))
    refund = payments.refund(payment, amount=Money(500, "EUR"))
    bank.lying.clear()

    status = deliver(client, payload(payment, type="charge.refunded"))

    assert (status, refund.status, Refund.objects.get().status) == (200, "requested", "succeeded")
    assert TestCharge.objects.get().refunded == 500
    assert OutboxEvent.objects.filter(name="payment.refunded").count() == 1


def test_an_event_about_a_refund_is_wanted_again_while_the_bank_is_away(
    client: Client, bill: Bill, bank: Watched
) -> None:
    payment = pay(bill)
    bank.away.add("refund")
    payments.refund(payment, amount=Money(500, "EUR"))

    status = deliver(client, payload(payment, type="charge.refunded"))

    assert (status, Refund.objects.get().status, InboundWebhook.objects.count()) == (503, "requested", 0)


def test_the_same_event_again_is_thanked_for_and_does_nothing(
    client: Client, asked: Payment, bill: Bill, bank: Watched
) -> None:
    deliver(client, payload(asked))
    calls = list(bank.calls)

    status = deliver(client, payload(asked))

    assert (status, InboundWebhook.objects.count(), bank.calls) == (200, 1, calls)
    assert OutboxEvent.objects.count() == 1


def test_events_in_the_wrong_order_do_no_harm(client: Client, asked: Payment, bill: Bill) -> None:
    deliver(client, payload(asked, id="evt_2", type="charge.captured"))

    status = deliver(client, payload(asked, id="evt_1", type="charge.requires_action"))

    assert (status, statuses(bill), InboundWebhook.objects.count()) == (200, ["captured"], 2)


def test_an_event_that_says_more_than_the_bank_knows_is_not_believed(client: Client, bill: Bill) -> None:
    payment = pay(bill, "tok_3ds")

    status = deliver(client, payload(payment))

    assert (status, statuses(bill), state(bill)) == (200, ["requires_action"], ("open", 0, 0))


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 1998},
        {"currency": "USD"},
        {"reference": "somebody-elses"},
        {"key": str(uuid4())},
        {"key": "no-uuid"},
    ],
)
def test_an_event_that_does_not_fit_is_recorded_without_effect(
    client: Client, asked: Payment, bill: Bill, bank: Watched, other: dict[str, object]
) -> None:
    calls = list(bank.calls)

    status = deliver(client, payload(asked, **other))

    assert (status, InboundWebhook.objects.get().payment) == (200, None)
    assert (statuses(bill), state(bill), bank.calls) == (["requires_action"], ("open", 0, 0), calls)


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "nonsense"])
def test_a_forged_event_learns_nothing(client: Client, asked: Payment, bill: Bill, signature: str) -> None:
    status = deliver(client, payload(asked), signature=signature)

    assert (status, InboundWebhook.objects.count(), statuses(bill)) == (400, 0, ["requires_action"])


@pytest.mark.parametrize("provider", ["manual", "stripe", "x" * 200])
def test_a_provider_that_is_not_configured_is_not_there(client: Client, bank: Watched, provider: str) -> None:
    response = client.post(f"/hooks/payments/{provider}", b"{}", content_type="application/json")

    assert response.status_code == 404


def test_outside_test_mode_the_test_gateway_is_not_there(
    client: Client, asked: Payment, bill: Bill, settings: Settings
) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=False, gateways=())

    status = deliver(client, payload(asked))

    assert (status, statuses(bill), InboundWebhook.objects.count()) == (404, ["requires_action"], 0)


def test_while_the_bank_is_away_it_is_asked_to_repeat(
    client: Client, asked: Payment, bill: Bill, bank: Watched
) -> None:
    bank.away.add("fetch")
    first = deliver(client, payload(asked))
    between = (statuses(bill), InboundWebhook.objects.count())
    bank.away.clear()

    second = deliver(client, payload(asked))

    assert (first, between) == (503, (["requires_action"], 0))
    assert (second, statuses(bill), InboundWebhook.objects.count()) == (200, ["captured"], 1)


def test_an_event_finds_a_charge_whose_answer_was_lost(client: Client, bill: Bill) -> None:
    with pytest.raises(GatewayUnavailable):
        pay(bill, "tok_lost")

    status = deliver(client, payload(Payment.objects.get(), reference=str(TestCharge.objects.get().pk)))

    assert (status, statuses(bill), state(bill)) == (200, ["captured"], ("covered", 1999, 0))


def test_reading_is_not_telling(client: Client, bank: Watched) -> None:
    response = client.get("/hooks/payments/test")

    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_a_flood_is_not_read(client: Client, bank: Watched, transactional_db: None) -> None:
    response = client.post("/hooks/payments/test", b"x" * 300_000, content_type="application/json")

    assert (response.status_code, InboundWebhook.objects.count()) == (413, 0)


def test_no_cookie_and_no_page_comes_with_the_answer(client: Client, asked: Payment) -> None:
    browser = Client(enforce_csrf_checks=True)

    status = deliver(browser, payload(asked))

    assert (status, dict(browser.cookies)) == (200, {})
