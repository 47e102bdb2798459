"""An answer is in one language, and names it."""

import pytest
from django.test import Client

from shop.catalog.models import Variant
from tests.accounts.visitor import Visitor
from tests.checkout.conftest import bank, market, mug
from tests.checkout.storefront_client import shopper

pytestmark = pytest.mark.django_db

__all__ = ["bank", "market", "mug"]

ENGLISH = ("en", "Store retrieved.", "Not found.", "limit: Must be at least 1.")
GERMAN = ("de", "Shop abgerufen.", "Nicht gefunden.", "limit: Muss mindestens 1 sein.")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("de", GERMAN),
        ("de-DE,de;q=0.9,en;q=0.8", GERMAN),
        ("de-AT", GERMAN),
        ("DE-ch", GERMAN),
        ("fr, de;q=0.5, en;q=0.1", GERMAN),
        ("de;q=0.5, en", ENGLISH),
        ("en-GB, de", ENGLISH),
        ("fr", ENGLISH),
        ("fr, en;q=0.1", ENGLISH),
        ("de;q=0", ENGLISH),
        ("*", ENGLISH),
        ("xx", ENGLISH),
        ("", ENGLISH),
        ("\u00e4, ;;q=", ENGLISH),
    ],
)
def test_an_answer_is_in_the_language_that_is_preferred_and_names_it(asked: str, answered: tuple[str, ...]) -> None:
    visitor = Visitor(headers={"Accept-Language": asked})

    answers = [visitor.get(path) for path in ("/store", "/products/prd_of_nobody", "/products?limit=0")]

    assert [each.headers["Content-Language"] for each in answers] == [answered[0]] * 3
    assert tuple(each.body["message"] for each in answers) == answered[1:]


def test_codes_fields_and_facts_are_the_same_in_every_language() -> None:
    body = {"email": "ada@example.com", "password": "x", "age": 1}

    english = Visitor().post("/auth/register", **body)
    german = Visitor(headers={"Accept-Language": "de"}).post("/auth/register", **body)

    assert [(each["code"], each["field"]) for each in german.body["errors"]] == [
        (each["code"], each["field"]) for each in english.body["errors"]
    ]
    assert [each["message"] for each in german.body["errors"]] == [
        "Muss mindestens 10 Zeichen lang sein.",
        "Unbekanntes Feld.",
    ]
    assert german.body["message"] == "Bitte prüfen Sie einige Felder."


def test_why_a_password_is_refused_is_told_in_the_same_language() -> None:
    german = Visitor(headers={"Accept-Language": "de"})

    answer = german.post("/auth/register", email="ada.lovelace@example.com", password="ada.lovelace")

    assert answer.body["errors"] == [
        {
            "code": "weak_password",
            "message": "Dieses Passwort ist zu leicht zu erraten.",
            "field": "password",
            "params": {"reasons": ["Ähnelt Ihrer E-Mail-Adresse oder Ihrem Namen zu sehr."]},
        }
    ]


def test_no_cookie_chooses_the_language() -> None:
    visitor = Visitor(headers={"Accept-Language": "en", "Cookie": "django_language=de"})

    answer = visitor.get("/store")

    assert (answer.headers["Content-Language"], answer.body["message"]) == ("en", "Store retrieved.")


def test_languages_have_different_etags() -> None:
    english = Visitor().get("/store")

    german = Visitor(headers={"Accept-Language": "de", "If-None-Match": english.headers["ETag"]}).get("/store")

    assert (german.status, german.headers["Content-Language"]) == (200, "de")


@pytest.mark.parametrize(
    ("first", "again", "message"), [("de", "en", "Warenkorb angelegt."), ("", "de", "Cart created.")]
)
def test_a_repeated_answer_names_the_language_that_it_was_given_in(first: str, again: str, message: str) -> None:
    key = "a-key-of-at-least-22-characters"
    Visitor(headers={"Accept-Language": first, "Idempotency-Key": key}).post("/carts")

    answer = Visitor(headers={"Accept-Language": again, "Idempotency-Key": key}).post("/carts")

    assert (answer.headers["Idempotent-Replayed"], answer.body["message"]) == ("true", message)
    assert answer.headers["Content-Language"] == (first or "en")


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_tag_names_the_same_version_in_every_language(mug: Variant, language: str) -> None:
    ada = shopper(mug)
    read = Visitor(headers={"Accept-Language": language}).get(ada.path).headers["ETag"]

    changed = Visitor(headers={"If-Match": read}).patch(ada.path, note="Ring twice")
    stale = Visitor(headers={"If-Match": read, "Accept-Language": "de"}).patch(ada.path, note="Ring once")

    assert (changed.status, stale.status) == (200, 412)
    assert ada.cart()["note"] == "Ring twice"


def test_what_a_cart_needs_is_told_in_german(mug: Variant) -> None:
    ada = shopper(mug)
    german = Visitor(headers={"Accept-Language": "de"})

    cart = german.get(ada.path).data

    assert [each["message"] for each in cart["requirements"]] == [
        "Geben Sie eine E-Mail-Adresse ein.",
        "Geben Sie eine Lieferadresse ein.",
        "Wählen Sie eine Versandart.",
    ]


@pytest.mark.parametrize(
    ("asked", "language", "lead"),
    [
        ("de-AT", "de", "Der Shop läuft. Seine API antwortet unter <code>/api/v1</code>, in einheitlicher JSON-Form."),
        ("fr", "en", "The shop is running. Its API answers below <code>/api/v1</code>, in one JSON envelope."),
        ("", "en", "The shop is running. Its API answers below <code>/api/v1</code>, in one JSON envelope."),
    ],
)
def test_the_home_page_is_in_the_language_that_it_names(client: Client, asked: str, language: str, lead: str) -> None:
    page = client.get("/", headers={"Accept-Language": asked})

    assert f'<html lang="{language}">' in page.content.decode()
    assert f'<p class="lead">{lead}</p>' in page.content.decode()
    assert (page["Content-Language"], page["Vary"]) == (language, "Accept, Accept-Language")


def test_an_error_page_is_in_german(client: Client) -> None:
    page = client.get("/nowhere", headers={"Accept-Language": "de"})
    data = client.get("/nowhere", headers={"Accept-Language": "de", "Accept": "application/json"})

    assert (page.status_code, page["Content-Language"]) == (404, "de")
    assert "<h1>Nicht gefunden</h1>" in page.content.decode()
    assert "Diese Seite wurde nicht gefunden." in page.content.decode()
    assert data.json() == {"title": "Nicht gefunden", "status": 404, "detail": "Diese Seite wurde nicht gefunden."}


def test_a_guide_is_in_english_and_says_so(client: Client) -> None:
    page = client.get("/docs/buying/", headers={"Accept-Language": "de"})

    assert '<html lang="en">' in page.content.decode()
