"""A shopper who confirms the payment in the storefront, by the gateway's script and the payment's client secret."""

import logging
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout.models import Cart
from shop.orders.models import Order
from shop.payments.test_gateway.models import TestCharge
from shop.platform.models import IdempotencyRecord, OutboxEvent
from tests.accounts.visitor import Seen
from tests.admins import root
from tests.checkout.storefront_client import Shopper, level, shopper

CONFIRM = "/test-gateway/confirm"


def answer(waiting: Seen, reply: str) -> str:
    """What the charge has become, now that the storefront has sent the shopper's answer to the gateway."""
    form = {"client_secret": waiting.data["payment"]["client_secret"], "answer": reply}
    return str(Client().post(CONFIRM, form).json()["status"])


@pytest.fixture
def ada(mug: Variant, settings: Settings) -> Shopper:
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True, gateways=())
    return shopper(mug).ready()


def test_the_shopper_confirms_in_the_storefront_and_the_same_call_goes_on(mug: Variant, ada: Shopper) -> None:
    total = ada.total()

    waiting, again = ada.complete("tok_3ds_sdk", total=total), ada.complete("tok_3ds_sdk", total=total)
    charge = answer(waiting, "approve")
    done = ada.complete("tok_3ds_sdk", total=total)

    assert (waiting.status, again.status, charge, done.status) == (202, 202, "captured", 201)
    assert waiting.data["next_action"] == {"type": "use_stripe_sdk"}
    assert waiting.data["payment"]["client_secret"].startswith(f"pi_{TestCharge.objects.get().pk.hex}_secret_")
    assert waiting.data["payment"] == again.data["payment"]
    assert (done.data["id"], done.data["payment_status"]) == (waiting.data["order_id"], "paid")
    assert level(mug) == (10, 0, 1)


def test_a_shopper_who_declines_has_an_open_cart_again(mug: Variant, ada: Shopper) -> None:
    total = ada.total()
    answer(ada.complete("tok_3ds_sdk", total=total), "decline")

    refused = ada.complete("tok_3ds_sdk", total=total)

    assert (refused.status, refused.code) == (402, "payment_declined")
    assert refused.body["errors"][0]["params"] == {"decline_code": "authentication_failed", "retryable": True}
    assert (Cart.objects.get().status, Order.objects.get().status, level(mug)) == ("open", "cancelled", (10, 0, 0))


def test_a_redirect_has_no_client_secret(ada: Shopper) -> None:
    waiting = ada.complete("tok_3ds", return_url="http://localhost:3000/done")

    assert waiting.data["payment"]["client_secret"] is None
    assert waiting.data["next_action"]["type"] == "redirect_to_url"


def test_the_secret_is_in_no_log_event_stored_answer_or_page(ada: Shopper, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    total = ada.total()
    waiting = ada.complete("tok_3ds_sdk", total=total)
    secret = waiting.data["payment"]["client_secret"]
    stored_answers = IdempotencyRecord.objects.exclude(answer=None).count()
    answer(waiting, "approve")
    done = ada.complete("tok_3ds_sdk", total=total)

    page = root().get(f"/admin/orders/order/{Order.objects.get().pk}/change/")
    rows = [*IdempotencyRecord.objects.values_list(), *OutboxEvent.objects.values_list(), *Order.objects.values_list()]

    assert (stored_answers, page.status_code) == (0, 200)
    assert secret not in f"{caplog.text} {rows} {done.body} {page.content.decode()}"
