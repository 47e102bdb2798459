"""Every mail about an order, word for word, in English and in German."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.kernel.money import Money
from shop.notifications import mails as texts
from shop.orders import queries
from shop.orders.models import Order
from shop.platform import worker
from shop.platform.mail.mails import Mail
from shop.platform.translation import in_language_of
from shop.stores.models import Store
from tests.checkout.conftest import bank, market, mug
from tests.checkout.storefront_client import shopper

__all__ = ["bank", "market", "mug"]

ENGLISH_CODE = (
    "Please confirm your email address with this code. Otherwise your order\n"
    "expires 2 hours after it was placed.\n\n    482915\n\n"
    "It is valid for 5 minutes and can be used once. You can request a new\ncode on the order page.\n\n"
)
GERMAN_CODE = (
    "Bitte bestätigen Sie Ihre E-Mail-Adresse mit diesem Code. Andernfalls\n"
    "verfällt Ihre Bestellung 2 Stunden nach ihrem Eingang.\n\n    482915\n\n"
    "Er ist 5 Minuten gültig und kann einmal verwendet werden. Einen neuen\n"
    "Code können Sie auf der Bestellseite anfordern.\n\n"
)


def confirmation(order: Order) -> Mail:
    return texts.confirmation(
        queries.details(order.pk),
        payment_instructions="IBAN CH93 0076",
        address_is_confirmed=True,
        pay_by=date(2026, 12, 4),
        code="482915",
    )


def asking(order: Order, *, contact: str) -> Mail:
    return texts.confirmation(
        queries.details(order.pk), payment_instructions="", contact=contact, address_is_confirmed=False
    )


def cancelled(order: Order) -> Mail:
    order.status = Order.Status.CANCELLED
    return texts.returned_late(order, returned=2489)


EACH: list[tuple[Callable[[Order], Mail], str, str, str, str]] = [
    (
        confirmation,
        "Your order B",
        "Thank you for your order B.\n\n"
        "1 x Mug: €19.99\n\n"
        "Subtotal: €19.99\nShipping: €4.90\nTax included: €3.97\nTotal: €24.89\n\n"
        "Shipping to:\nAda Lovelace\nUnter den Linden 1\n10117 Berlin\nGermany\n\n"
        "This order is not paid yet. We'll prepare it as soon as we receive your\npayment.\n\n"
        "IBAN CH93 0076\n\nPlease use B as the payment reference.\n\nPlease pay by Friday, December 4, 2026.\n\n"
        + ENGLISH_CODE
        + "See your order:\nhttps://kiln.example/B\n\n",
        "Ihre Bestellung B",
        "Vielen Dank für Ihre Bestellung B.\n\n"
        "1 x Mug: 19,99\xa0€\n\n"
        "Zwischensumme: 19,99\xa0€\nVersand: 4,90\xa0€\nEnthaltene Steuer: 3,97\xa0€\nGesamtbetrag: 24,89\xa0€\n\n"
        "Lieferung an:\nAda Lovelace\nUnter den Linden 1\n10117 Berlin\nDeutschland\n\n"
        "Diese Bestellung ist noch nicht bezahlt. Wir bearbeiten sie, sobald Ihre\nZahlung eingegangen ist.\n\n"
        "IBAN CH93 0076\n\nBitte geben Sie B als Verwendungszweck an.\n\n"
        "Bitte bezahlen Sie bis Freitag, 4. Dezember 2026.\n\n"
        + GERMAN_CODE
        + "Bestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
    (
        partial(texts.cancellation, returned=2489),
        "Your order B is cancelled",
        "Your order B is cancelled.\n\nWe are refunding €24.89.\n\nSee your order:\nhttps://kiln.example/B\n\n",
        "Ihre Bestellung B ist storniert",
        "Ihre Bestellung B ist storniert.\n\nWir erstatten Ihnen 24,89\xa0€.\n\n"
        "Bestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
    (
        texts.expiry,
        "Your order B has expired",
        "Your order B has expired because your email address wasn't confirmed in\ntime. No payment is due any more.\n\n"
        "If you have already sent your payment, we will either reactivate your\n"
        "order or refund you when it arrives.\n\n"
        "See your order:\nhttps://kiln.example/B\n\n",
        "Ihre Bestellung B ist verfallen",
        "Ihre Bestellung B ist verfallen, weil Ihre E-Mail-Adresse nicht\nrechtzeitig bestätigt wurde. "
        "Sie müssen nichts mehr bezahlen.\n\n"
        "Falls Sie die Zahlung bereits veranlasst haben, werden wir Ihre\n"
        "Bestellung bei Eingang reaktivieren oder Ihnen den Betrag erstatten.\n\n"
        "Bestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
    (
        partial(texts.order_code, code="482915"),
        "Your code for order B",
        ENGLISH_CODE + "See your order:\nhttps://kiln.example/B\n\n",
        "Ihr Code für Bestellung B",
        GERMAN_CODE + "Bestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
    (
        texts.paid_late,
        "Payment received: order B",
        "Your payment has arrived. Your order B is active again and we are\npreparing it.\n\n"
        "See your order:\nhttps://kiln.example/B\n\n",
        "Zahlung eingegangen: Bestellung B",
        "Ihre Zahlung ist eingegangen. Ihre Bestellung B ist wieder aktiv und\nwird vorbereitet.\n\n"
        "Bestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
    (
        partial(texts.returned_late, returned=2489),
        "Your payment for order B will be refunded",
        "Your payment has arrived, but your order B had already expired.\n\nWe are refunding €24.89.\n\n"
        "See your order:\nhttps://kiln.example/B\n\n",
        "Ihre Zahlung für Bestellung B wird erstattet",
        "Ihre Zahlung ist eingegangen, aber Ihre Bestellung B war bereits\nverfallen.\n\n"
        "Wir erstatten Ihnen 24,89\xa0€.\n\nBestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
    (
        cancelled,
        "Your payment for order B will be refunded",
        "Your payment has arrived, but your order B had already been cancelled.\n\nWe are refunding €24.89.\n\n"
        "See your order:\nhttps://kiln.example/B\n\n",
        "Ihre Zahlung für Bestellung B wird erstattet",
        "Ihre Zahlung ist eingegangen, aber Ihre Bestellung B war bereits\nstorniert.\n\n"
        "Wir erstatten Ihnen 24,89\xa0€.\n\nBestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
    (
        partial(texts.payment_received, amount=Money(2489, "EUR")),
        "Payment received: order B",
        "We have received your payment of €24.89 for order B. Thank you.\n\nSee your order:\nhttps://kiln.example/B\n\n",
        "Zahlung eingegangen: Bestellung B",
        "Wir haben Ihre Zahlung über 24,89\xa0€ für Bestellung B erhalten. Vielen\nDank.\n\n"
        "Bestellung ansehen:\nhttps://kiln.example/B\n\n",
    ),
]


@pytest.fixture
def order(mug: Variant, settings: Settings) -> Order:
    """An unpaid order of one mug with the number B, and a storefront that shows it."""
    settings.SHOP = replace(settings.SHOP, storefront_urls={"order": "https://kiln.example/{number}"})
    shopper(mug).ready().complete("", method="manual")
    Order.objects.update(number="B")
    return Order.objects.get()


@pytest.mark.parametrize(("write", "subject", "text", "betreff", "german"), EACH)
def test_every_mail_exists_word_for_word_in_both_languages(
    order: Order, write: Callable[[Order], Mail], subject: str, text: str, betreff: str, german: str
) -> None:
    with in_language_of("en-GB"):
        first = write(order)
        first_text = first.text
    with in_language_of("de-AT"):
        second = write(order)
        second_text = second.text

    assert (first.subject, first.language) == (subject, "en")
    assert first_text == f"Hello,\n\n{text}Kind regards\nMy store\n"
    assert (second.subject, second.language) == (betreff, "de")
    assert second_text == f"Guten Tag,\n\n{german}Freundliche Grüße\nMy store\n"


@pytest.mark.parametrize(
    ("contact", "sentence"),
    [
        (
            "hello@kiln.example",
            "Bitte erfragen Sie die Zahlungsdaten unter hello@kiln.example und nennen Sie dabei Ihre Bestellnummer B.",
        ),
        ("", "Bitte erfragen Sie die Zahlungsdaten bei uns und nennen Sie dabei Ihre Bestellnummer B."),
    ],
)
def test_whom_to_ask_is_told_in_german_too(order: Order, contact: str, sentence: str) -> None:
    with in_language_of("de"):
        message = asking(order, contact=contact)

    assert sentence in message.parts


@pytest.mark.parametrize(
    ("locale", "subject", "language"),
    [("de", "Ihre Bestellung", "de"), ("de-AT", "Ihre Bestellung", "de"), ("fr", "Your order", "en")],
)
def test_the_locale_of_the_order_decides_the_language_of_its_mails(
    mug: Variant, locale: str, subject: str, language: str
) -> None:
    Store.objects.update(locales=["en", "de", "fr"])
    ada = shopper(mug).ready()
    ada.visitor.patch(ada.path, locale=locale)
    placed = ada.complete()

    worker.drain()

    [message] = mail.outbox

    assert isinstance(message, EmailMultiAlternatives)
    assert message.subject == f"{subject} {placed.data['number']}"
    assert message.extra_headers["Content-Language"] == language
    assert f'<html lang="{language}">' in str(message.alternatives[0][0])
