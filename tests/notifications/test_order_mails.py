"""Mails about orders: what was bought, for how much, where it goes, and that it is cancelled."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout.recover import expire_unpaid, recover
from shop.kernel.money import Money
from shop.notifications import mails as texts
from shop.orders import operations as orders
from shop.orders import queries
from shop.orders.models import Order
from shop.payments import operations as payments
from shop.payments.models import Payment
from shop.payments.test_gateway.models import TestCharge
from shop.platform import worker
from shop.platform.actors import Actor
from shop.platform.mail.mails import Link, Mail
from shop.platform.models import OutboxEvent
from shop.stores.models import Market, Store
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.conftest import bank, market, mug
from tests.checkout.kills import HOLD_OVER, later
from tests.checkout.storefront_client import ADDRESS, EMAIL, code, open_shop, sell, shopper
from tests.payments.gateways import Watched

__all__ = ["bank", "market", "mug"]


def sent_mails() -> list[EmailMultiAlternatives]:
    """What was mailed after the worker did what was due."""
    worker.drain()
    return [each for each in mail.outbox if isinstance(each, EmailMultiAlternatives)]


def cancel(placed: Seen) -> Seen:
    guest = Visitor(headers={"X-Order-Token": placed.data["order_token"]})
    return guest.post(f"/orders/{placed.data['id']}/cancel")


def test_the_confirmation_says_what_was_bought_for_how_much_and_where_it_goes(mug: Variant) -> None:
    code()
    ada = shopper(mug, sell("cup", price=500), quantity=2).ready()
    ada.visitor.post(f"{ada.path}/codes", code="welcome10")

    placed = ada.complete()
    [message] = sent_mails()

    text = str(message.body)
    assert (message.to, message.subject) == ([EMAIL], f"Your order {placed.data['number']}")
    assert "2 x Mug: €39.98" in text
    assert "2 x Cup: €10.00" in text
    assert "Subtotal: €49.98" in text
    assert "Discount: -€5.00" in text
    assert "Shipping: €4.90" in text
    assert "Tax included: €7.96" in text
    assert "Total: €49.88" in text
    assert "Lovelace" not in text
    assert "Your payment has been received." in text
    assert "This was a test order" in text


def test_whoever_has_confirmed_the_address_is_told_where_it_goes(mug: Variant) -> None:
    account()
    ada = shopper(mug, visitor=login(Visitor())).ready()
    ada.visitor.patch(ada.path, email="ada@example.com")
    ada.complete()

    [message] = sent_mails()

    assert "Ada Lovelace\nUnter den Linden 1\n10117 Berlin\nGermany" in str(message.body)


HOSTILE = "Your account is locked www.evil.example"
WRITTEN = dict.fromkeys(("first_name", "last_name", "company", "line1", "line2", "city"), HOSTILE)


@pytest.mark.parametrize("customer", [False, True])
def test_nothing_that_a_client_wrote_goes_to_an_address_that_nobody_has_confirmed(mug: Variant, customer: bool) -> None:
    account()
    ada = shopper(mug, visitor=login(Visitor()) if customer else Visitor()).ready()
    [line] = ada.cart()["lines"]
    address = {**ADDRESS, **WRITTEN}
    ada.visitor.patch(f"{ada.path}/lines/{line['id']}", metadata={"engraving": HOSTILE})
    ada.visitor.patch(
        ada.path,
        email="victim@example.com",
        shipping_address=address,
        billing_address=address,
        note=HOSTILE,
        metadata={"gift": HOSTILE},
    )
    placed = ada.complete("", method="manual")
    orders.mark_paid(Order.objects.get(), actor=Actor())
    orders.cancel(Order.objects.get(), actor_id=None, reason=HOSTILE)

    sent = sent_mails()

    assert (placed.status, [each.to for each in sent]) == (201, [["victim@example.com"]] * 3)
    assert [each for each in sent if "evil" in each.message().as_string() or "locked" in str(each.body)] == []
    assert "1 x Mug: €19.99" in str(sent[0].body)


def test_whoever_pays_by_transfer_is_told_that_the_money_has_come(mug: Variant) -> None:
    placed = shopper(mug).ready().complete("", method="manual")
    sent_mails()

    orders.mark_paid(Order.objects.get(), actor=Actor())
    orders.mark_paid(Order.objects.get(), actor=Actor())

    [_, message] = sent_mails()
    number = placed.data["number"]
    assert (message.to, message.subject) == ([EMAIL], f"Payment received: order {number}")
    assert f"your payment of €24.89 for order {number}." in " ".join(str(message.body).split())


def test_mails_lead_into_the_storefront_where_its_addresses_are_known(mug: Variant, settings: Settings) -> None:
    front = "https://kiln.example"
    settings.SHOP = replace(
        settings.SHOP,
        storefront_urls={"order": front + "/orders/{id}?number={number}", "payment": front + "/pay/{number}"},
    )
    placed = shopper(mug).ready().complete("", method="manual")
    cancel(placed)

    confirmed, cancelled = sent_mails()[:2]

    order = f"{front}/orders/{placed.data['id']}?number={placed.data['number']}"
    assert f"See your order:\n{order}\n" in str(confirmed.body)
    assert f'href="{order}"' in str(confirmed.alternatives[0][0])
    assert f"See your order:\n{order}\n" in str(cancelled.body)
    assert placed.data["order_token"] not in confirmed.message().as_string()


def test_an_unpaid_order_leads_to_where_it_is_paid(mug: Variant, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, storefront_urls={"payment": "https://kiln.example/pay/{number}"})
    placed = shopper(mug).ready().complete("", method="manual")

    [message] = sent_mails()

    assert f"Pay your order:\nhttps://kiln.example/pay/{placed.data['number']}\n" in str(message.body)


def test_without_its_addresses_mails_carry_no_link(mug: Variant) -> None:
    shopper(mug).ready().complete("", method="manual")

    [message] = sent_mails()

    assert "http" not in message.message().as_string().replace("http-equiv", "")


def test_the_html_says_the_same(mug: Variant) -> None:
    placed = shopper(mug).ready().complete()

    [message] = sent_mails()

    html, kind = message.alternatives[0]
    assert (kind, placed.data["number"] in str(html), "€24.89" in str(html)) == ("text/html", True, True)


def test_names_can_not_bring_html_into_it(market: Market) -> None:
    trick = sell("trick")
    trick.product.name = "<script>alert(1)</script>"
    trick.product.save()
    shopper(trick).ready().complete()

    [message] = sent_mails()

    assert "<script>" not in str(message.alternatives[0][0])
    assert "&lt;script&gt;" in str(message.alternatives[0][0])


def test_an_unpaid_order_says_so(mug: Variant) -> None:
    shopper(mug).ready().complete("", method="manual")

    [message] = sent_mails()

    assert "This order is not paid yet. We'll prepare it as soon as we receive" in str(message.body)
    assert "Your payment has been received." not in str(message.body)


def test_and_where_to_pay_when_the_store_says_it(mug: Variant) -> None:
    Store.objects.update(payment_instructions="Bicycles GmbH, IBAN CH93 0076 2011 6238 5295 7\r\nBank <of> Zürich")
    placed = shopper(mug).ready().complete("", method="manual")

    [message] = sent_mails()

    assert (
        "payment.\n\n"
        "Bicycles GmbH, IBAN CH93 0076 2011 6238 5295 7\n"
        "Bank <of> Zürich\n\n"
        f"Please use {placed.data['number']} as the payment reference.\n"
    ) in str(message.body)
    assert "Bank &lt;of&gt; Zürich" in str(message.alternatives[0][0])


@pytest.mark.parametrize(("contact", "asked"), [("hello@kiln.example", " at hello@kiln.example"), ("", "")])
def test_without_payment_instructions_the_mail_says_whom_to_ask(mug: Variant, contact: str, asked: str) -> None:
    Store.objects.update(payment_instructions="", email=contact)
    placed = shopper(mug).ready().complete("", method="manual")

    [message] = sent_mails()

    text = " ".join(str(message.body).split())
    number = placed.data["number"]
    assert f"Please contact us{asked} for the payment details and mention your order number {number}." in text
    assert "as the payment reference" not in text


def test_nobody_is_to_be_asked_where_the_storefront_has_a_page_to_pay_on(mug: Variant, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, storefront_urls={"payment": "https://kiln.example/pay/{number}"})
    shopper(mug).ready().complete("", method="manual")

    [message] = sent_mails()

    assert ("Pay your order" in str(message.body), "contact us" in str(message.body)) == (True, False)


def test_whoever_has_paid_is_not_told_where_to(mug: Variant) -> None:
    Store.objects.update(payment_instructions="IBAN CH93 0076 2011 6238 5295 7")
    shopper(mug).ready().complete()

    [message] = sent_mails()

    assert ("Your payment has been received." in str(message.body), "IBAN" in str(message.body)) == (True, False)


def test_an_order_that_is_cancelled_before_the_mail_is_neither_paid_nor_to_be_paid(mug: Variant) -> None:
    Store.objects.update(payment_instructions="IBAN CH93 0076 2011 6238 5295 7")
    cancel(shopper(mug).ready().complete("", method="manual"))

    [message, _] = sent_mails()

    assert "Thank you for your order" in str(message.body)
    assert [each for each in ("paid", "IBAN") if each in str(message.body)] == []


def test_prices_without_tax_name_it_beside_them(market: Market) -> None:
    open_shop(prices_include_tax=False)
    shopper(sell("net", price=1000)).ready().complete()

    [message] = sent_mails()

    assert "Tax: €2.83" in str(message.body)
    assert "Total: €17.73" in str(message.body)


def test_an_order_is_confirmed_once_however_often_it_is_completed(mug: Variant) -> None:
    ada = shopper(mug).ready()
    total = ada.total()

    answers = [ada.complete(key=f"key-{n}", total=total).status for n in range(3)]

    assert (answers, len(sent_mails())) == ([201, 200, 200], 1)


@pytest.mark.parametrize("token", ["tok_decline", "tok_3ds"])
def test_what_was_not_placed_is_not_confirmed(mug: Variant, token: str) -> None:
    shopper(mug).ready().complete(token, return_url="http://localhost:3000/done")

    assert sent_mails() == []


def test_a_cancellation_is_told_with_the_money_that_goes_back(mug: Variant) -> None:
    placed = shopper(mug).ready().complete()
    sent_mails()

    cancel(placed)
    cancel(placed)

    [_, message] = sent_mails()
    assert (message.to, message.subject) == ([EMAIL], f"Your order {placed.data['number']} is cancelled")
    assert "We are refunding €24.89." in str(message.body)


@pytest.mark.parametrize("away", ["", "refund"])
def test_that_does_not_depend_on_the_bank_which_is_asked_later(mug: Variant, bank: Watched, away: str) -> None:
    placed = shopper(mug).ready().complete()
    sent_mails()
    bank.away.add(away)

    cancel(placed)

    [_, message] = sent_mails()
    assert "We are refunding €24.89." in str(message.body)


def test_nor_on_who_pays_it_back(mug: Variant) -> None:
    placed = shopper(mug).ready().complete("", method="manual")
    orders.mark_paid(Order.objects.get(), actor=Actor())
    sent_mails()

    cancel(placed)

    [_, _, message] = sent_mails()
    assert "We are refunding €24.89." in str(message.body)


def test_what_had_gone_back_before_does_not_go_back_again(mug: Variant) -> None:
    placed = shopper(mug).ready().complete()
    payments.refund(Payment.objects.get(), amount=Money(489, "EUR"))
    sent_mails()

    cancel(placed)

    [_, message] = sent_mails()
    assert "We are refunding €20.00." in str(message.body)


def test_of_money_that_the_bank_has_refused_to_give_back_nothing_is_promised(mug: Variant) -> None:
    placed = shopper(mug).ready().complete()
    TestCharge.objects.update(refunded=2489)
    payments.refund(Payment.objects.get(), amount=Money(489, "EUR"))
    sent_mails()

    cancel(placed)

    [_, message] = sent_mails()
    assert "refunding" not in str(message.body)


def test_of_an_unpaid_one_no_money_goes_back(mug: Variant) -> None:
    placed = shopper(mug).ready().complete("", method="manual")
    sent_mails()

    cancel(placed)

    [_, message] = sent_mails()
    assert "is cancelled" in message.subject
    assert "refunding" not in str(message.body)


def test_an_order_that_is_not_paid_in_time_is_told_to_have_expired_once(mug: Variant, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, storefront_urls={"order": "https://kiln.example/orders/{id}"})
    Store.objects.update(name="Kiln & Co")
    account()
    ada = shopper(mug, visitor=login(Visitor())).ready()
    ada.visitor.patch(ada.path, email="ada@example.com")
    placed = ada.complete("", method="manual")
    sent_mails()

    with later(timedelta(hours=72, seconds=1)):
        ended = [expire_unpaid(), expire_unpaid()]
        [_, message] = sent_mails()

    text = " ".join(str(message.body).split())
    number = placed.data["number"]
    assert ended == [1, 0]
    assert (message.to, message.subject) == (["ada@example.com"], f"Your order {number} has expired")
    assert "Kiln & Co" in message.from_email
    assert text.startswith(
        f"Hello, Your order {number} has expired because we didn't receive your payment in time. "
        "No payment is due any more. "
        "If you have already sent your payment, we will either reactivate your order or refund you when it arrives. "
        f"See your order: https://kiln.example/orders/{placed.data['id']} "
    )
    assert text.endswith("Kiln & Co")


def test_an_order_whose_address_is_not_confirmed_in_time_is_told_why_it_has_expired(mug: Variant) -> None:
    placed = shopper(mug).ready().complete("", method="manual")
    sent_mails()

    with later(timedelta(hours=2, seconds=1)):
        ended = expire_unpaid()
        [_, message] = sent_mails()

    text = " ".join(str(message.body).split())
    number = placed.data["number"]
    assert (ended, message.to, message.subject) == (1, [EMAIL], f"Your order {number} has expired")
    assert f"Your order {number} has expired because your email address wasn't confirmed in time." in text
    assert "cancelled" not in text


def test_a_payment_that_its_shopper_left_was_never_an_order_to_be_told_of(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ada.complete("tok_3ds", return_url="http://localhost:3000/done")

    with later(HOLD_OVER):
        ended = recover()
        sent = sent_mails()

    assert (ended, Order.objects.get().status, ada.cart()["status"]) == (1, "expired", "open")
    assert sent == []


def test_an_expired_order_of_before_is_told_as_the_event_was_recorded(mug: Variant) -> None:
    placed = shopper(mug).ready().complete("", method="manual")
    sent_mails()
    cancel(placed)
    event = OutboxEvent.objects.get(name="order.cancelled")
    event.payload.pop("has_expired")
    event.save()

    [_, message] = sent_mails()

    assert message.subject == f"Your order {placed.data['number']} is cancelled"


EVERY_MAIL: dict[str, Callable[[Order], Mail]] = {
    "confirmation": lambda order: texts.confirmation(
        queries.details(order.pk), payment_instructions="", address_is_confirmed=False
    ),
    "cancellation": partial(texts.cancellation, returned=0),
    "expiry": texts.expiry,
    "order_code": partial(texts.order_code, code="482915"),
    "paid_late": texts.paid_late,
    "returned_late": partial(texts.returned_late, returned=100),
    "payment_received": partial(texts.payment_received, amount=Money(100, "EUR")),
}


WRITERS = [
    name
    for name, each in inspect.getmembers(texts, inspect.isfunction)
    if each.__module__ == texts.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("name", WRITERS)
def test_every_mail_about_an_order_leads_to_it(mug: Variant, settings: Settings, name: str) -> None:
    settings.SHOP = replace(settings.SHOP, storefront_urls={"order": "https://kiln.example/orders/{id}"})
    placed = shopper(mug).ready().complete("", method="manual")

    message = EVERY_MAIL[name](Order.objects.get())

    assert Link("See your order", f"https://kiln.example/orders/{placed.data['id']}") in message.parts
