import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import pytest
import time_machine
from pytest_django import Settings

from shop.kernel.money import Money
from shop.payments.errors import PaymentDeclined
from shop.payments.ports import Charge, ClientSecret, Gateway, Outcome, WebhookEvent
from shop.payments.test_gateway.gateway import SIGNATURE, Bank, sign
from shop.payments.test_gateway.models import TestCharge
from shop.payments.testing import GatewayContract

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOLD = {
    "id": "evt_1",
    "type": "charge.captured",
    "key": "0193a5c0-0000-7000-8000-000000000001",
    "reference": "ch_1",
    "amount": 1999,
    "currency": "EUR",
}


@pytest.mark.usefixtures("transactional_db")
class TestTestGateway(GatewayContract):
    @pytest.fixture
    def gateway(self, settings: Settings) -> Gateway:
        settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True, test_gateway_delay=timedelta(milliseconds=50))
        return Bank()

    @pytest.mark.parametrize(
        ("token", "code", "retryable"),
        [
            ("tok_decline", "card_declined", True),
            ("tok_insufficient_funds", "insufficient_funds", True),
            ("tok_expired_card", "expired_card", False),
            ("tok_unheard_of", "invalid_token", False),
            ("x" * 500, "invalid_token", False),
            ("tok_\u00fc", "invalid_token", False),
        ],
    )
    def test_bad_cards_say_why(self, gateway: Gateway, charge: Charge, token: str, code: str, retryable: bool) -> None:
        with pytest.raises(PaymentDeclined) as declined:
            gateway.charge(charge, token=token, return_url="")

        assert declined.value.problem.params == {"decline_code": code, "retryable": retryable}

    def test_a_token_that_is_not_known_is_not_kept(self, gateway: Gateway, charge: Charge) -> None:
        with pytest.raises(PaymentDeclined):
            gateway.charge(charge, token="sk_live_somebodys_secret", return_url="")

        assert TestCharge.objects.get(key=charge.key).token == ""

    def test_the_slow_card_takes_its_time_once(self, gateway: Gateway, charge: Charge) -> None:
        started = perf_counter()
        slow = gateway.charge(charge, token="tok_slow", return_url="")
        took = perf_counter() - started

        assert slow.outcome == Outcome.CAPTURED
        assert took >= 0.05


class TestTestGatewayWithClientSecrets(TestTestGateway):
    asking = "tok_3ds_sdk"
    asks_by = ClientSecret


def signed(told: object, *, at: datetime = NOON, body: bytes | None = None) -> WebhookEvent | None:
    """What the bank makes of a webhook that was signed at this time and arrives at noon."""
    sent = json.dumps(told).encode()
    with time_machine.travel(NOON, tick=False):
        return Bank().parse_webhook(body or sent, {SIGNATURE: sign(sent, at=at)})


def test_a_signed_webhook_is_read() -> None:
    notice = signed(TOLD)

    assert notice == WebhookEvent(
        event_id="evt_1",
        kind="charge.captured",
        key="0193a5c0-0000-7000-8000-000000000001",
        reference="ch_1",
        amount=Money(1999, "EUR"),
    )


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_of_delay_are_borne(seconds: int) -> None:
    assert signed(TOLD, at=NOON + timedelta(seconds=seconds)) is not None


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_an_old_or_future_signature_is_none(seconds: int) -> None:
    assert signed(TOLD, at=NOON + timedelta(seconds=seconds)) is None


def test_a_body_that_was_changed_is_none() -> None:
    changed = json.dumps(TOLD | {"amount": 1}).encode()

    assert signed(TOLD, body=changed) is None


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "t=1", "v1=00", "t=x,v1=y", "t=-5,v1=00", "t=99999999999999999999,v1=00", "t=1,v1=\u00fc"]
)
def test_a_broken_signature_is_none(header: str) -> None:
    assert Bank().parse_webhook(b"{}", {SIGNATURE: header}) is None


@pytest.mark.parametrize(
    "told",
    [
        [],
        None,
        {},
        TOLD | {"amount": "1999"},
        TOLD | {"amount": 1999.5},
        TOLD | {"amount": 2**60},
        TOLD | {"currency": "XXX"},
        TOLD | {"currency": "eur"},
        TOLD | {"id": ""},
        TOLD | {"id": "x" * 101},
        TOLD | {"id": "evt\u0000"},
        TOLD | {"key": None},
    ],
)
def test_a_signed_webhook_that_makes_no_sense_is_none(told: object) -> None:
    assert signed(told) is None


@pytest.mark.usefixtures("transactional_db")
def test_another_currency_is_not_refunded() -> None:
    charge = Charge(key=str(uuid4()), amount=Money(1999, "EUR"))
    Bank().charge(charge, token="tok_success", return_url="")

    with pytest.raises(PaymentDeclined):
        Bank().refund(charge, Money(1000, "USD"), key=str(uuid4()))

    assert TestCharge.objects.get(key=charge.key).refunded == 0
