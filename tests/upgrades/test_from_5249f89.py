"""The shop of commit 5249f89, brought up to date: its clients go on where they were, and its books agree."""

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models import Count
from django.test import Client
from pytest_django import Settings

from shop.orders.models import Order
from shop.payments.models import Refund
from shop.platform.models import Job
from shop.platform.worker import drain
from shop.promotions.models import DiscountCode
from tests.accounts.visitor import OTHER_PASSWORD, Seen, Visitor
from tests.upgrades.conftest import CODES

pytestmark = [pytest.mark.upgrade, pytest.mark.usefixtures("shop")]

NOW = {
    "paid": ("placed", "paid"),
    "unpaid": ("placed", "unpaid"),
    "refunded": ("cancelled", "refunded"),
    "withdrawn": ("cancelled", "voided"),
    "expired": ("expired", "voided"),
    "completed": ("completed", "paid"),
    "authorized": ("placed", "paid"),
    "told-later": ("placed", "paid"),
}
COPIED = ("id", "number", "currency", "email", "shipping_address", "billing_address", "note", "metadata", "placed_at")


def guest(order: Mapping[str, Any]) -> Visitor:
    """Who holds the order's token."""
    return Visitor(headers={"X-Order-Token": order["order_token"]})


def again(order: Mapping[str, Any], cart_id: str, key: str) -> Seen:
    """The completion is sent once more, as it was."""
    return Visitor(headers={"Idempotency-Key": key}).call("POST", f"/carts/{cart_id}/complete", order["body"])


def codes(subject: str) -> list[str]:
    """The codes in all mails with that subject."""
    return [
        code for each in mail.outbox if each.subject == subject for code in re.findall(r"\b\d{6}\b", str(each.body))
    ]


def test_the_books_of_the_stock_agree() -> None:
    call_command("verify_stock", stdout=StringIO())


def test_the_upgrade_says_what_it_did_once_and_each_time_what_is_left(databases: Any) -> None:
    did = ["Discount codes: 1 updated.", "Pictures: queued for the worker."]
    left = "Action needed: the discount codes “AUTUMN 10” and “AUTUMN-10” differ only"
    last = databases.told[-1].splitlines()

    assert [sum(sentence in told.splitlines() for told in databases.told) for sentence in did] == [1, 1]
    assert [told.count(left) for told in databases.told] == [1, 1, 1]
    assert [line.rpartition(": ")[2] for line in last if line.endswith("up to date.")] == ["up to date."] * 7


def test_codes_of_before_are_read_by_todays_rules() -> None:
    keys = dict(DiscountCode.objects.values_list("code", "key"))

    assert {code: keys[code] for code in CODES} == {
        "SUMMER-10": "summer10",
        "AUTUMN 10": "autumn 10",
        "AUTUMN-10": "autumn-10",
    }
    assert {code: key for code, key in keys.items() if code.lower() != key} == {"SUMMER-10": "summer10"}


def test_no_order_was_lost(memory: Any) -> None:
    orders = dict(Order.objects.order_by("status").values_list("status").annotate(number=Count("pk")))

    assert orders == memory["counts"]["orders"]


@pytest.mark.parametrize("name", NOW)
def test_an_order_reads_as_it_was_agreed(name: str, memory: Any) -> None:
    before = memory["orders"][name]

    order = guest(before).get(f"/orders/{before['id']}").data

    assert (order["status"], order["payment_status"]) == NOW[name]
    assert {key: order[key] for key in COPIED} == {key: before[key] for key in COPIED}
    assert order["totals"] | {"amount_due": None} == before["totals"] | {"amount_due": None}
    assert [(line["sku"], line["quantity"], line["total"]) for line in order["lines"]] == [
        (line["sku"], line["quantity"], line["total"]) for line in before["lines"]
    ]


def test_a_repeated_completion_gives_the_answer_of_before(memory: Any, settings: Settings) -> None:
    settings.API_MIDDLEWARE = []  # nothing compares it with today's document: it has its day's shape
    before = memory["orders"]["paid"]

    repeated = again(before, memory["carts"]["paid"], "stored-paid-key-00000000")

    assert (repeated.status, repeated.headers["Idempotent-Replayed"]) == (201, "true")
    assert (repeated.data["id"], repeated.data["number"]) == (before["id"], before["number"])


def test_a_payment_that_waits_for_its_shopper_is_finished(memory: Any) -> None:
    waiting = memory["orders"]["waiting"]
    page = waiting["next_action"]["redirect_to_url"]["url"].removeprefix("http://127.0.0.1:8000")

    Client().post(page, {"answer": "approve"})
    done = again(waiting, memory["carts"]["waiting"], "stored-waiting-key-00000000")

    assert (done.status, done.data["id"], done.data["payment_status"]) == (201, waiting["order_id"], "paid")
    call_command("verify_stock", stdout=StringIO())


def test_a_payment_whose_answer_was_lost_is_found(memory: Any) -> None:
    done = again(memory["orders"]["lost"], memory["carts"]["lost"], "stored-lost-key-00000000")

    assert done.status in (200, 201)
    assert done.data["payment_status"] == "paid"
    assert len(done.data["payments"]) == 1


@pytest.mark.parametrize(("name", "ending"), [("unpaid", "voided"), ("paid", "refunded")])
def test_an_order_is_cancelled_and_gives_everything_back(name: str, ending: str, memory: Any) -> None:
    order = memory["orders"][name]
    refunds = Refund.objects.count()

    seen = guest(order).post(f"/orders/{order['id']}/cancel")
    drain()

    assert (seen.status, seen.data["status"]) == (200, "cancelled")
    assert guest(order).get(f"/orders/{order['id']}").data["payment_status"] == ending
    assert Refund.objects.count() - refunds == (ending == "refunded")
    call_command("verify_stock", stdout=StringIO())


def test_a_cart_that_was_open_is_bought(memory: Any) -> None:
    cart = Visitor().get(f"/carts/{memory['carts']['open']}").data
    payment = {"method": "test", "token": "tok_success"}

    done = Visitor(headers={"Idempotency-Key": "bought-after-the-upgrade"}).post(
        f"/carts/{cart['id']}/complete", expected_total=cart["totals"]["amount_due"], payment=payment
    )

    assert (cart["requirements"], [code["code"] for code in cart["codes"]]) == ([], ["WELCOME10"])
    assert (done.status, done.data["payment_status"]) == (201, "paid")


def test_a_customer_stays_logged_in_and_keeps_cart_and_orders(memory: Any) -> None:
    account = memory["account"]
    customer = Visitor(token=account["access_token"])

    assert customer.get("/me").data["email"] == account["email"]
    assert customer.get("/me/cart").data["id"] == account["cart"]
    assert [order["id"] for order in customer.get("/me/orders").data] == [memory["orders"]["customers"]["id"]]
    assert Visitor().post("/auth/refresh", refresh_token=account["refresh_token"]).status == 200
    assert Visitor().post("/auth/login", email=account["email"], password=account["password"]).status == 200


def test_a_code_that_was_mailed_before_resets_the_password(memory: Any) -> None:
    account = memory["account"]

    reset = Visitor().post(
        "/auth/reset-password", email=account["email"], otp=account["otp"], new_password=OTHER_PASSWORD
    )

    assert reset.status == 200
    assert Visitor().post("/auth/login", email=account["email"], password=OTHER_PASSWORD).status == 200


def test_jobs_that_waited_are_done() -> None:
    assert Job.objects.filter(name="accounts.mail_code").count() == 1

    drain()

    assert len(codes("Confirm your email address")) == 1
    assert not Job.objects.filter(error__gt="").exists()


def test_a_cursor_of_before_leads_to_the_second_page(memory: Any) -> None:
    page = Visitor().get(f"/products?limit=5&sort=price&country=DE&cursor={memory['cursor']}")

    assert [product["id"] for product in page.data] == memory["second_page"]
