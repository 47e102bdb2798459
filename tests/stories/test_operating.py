"""What the guide to operating says of a new SECRET_KEY."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings
from zeal import zeal_ignore  # type: ignore[import-untyped]

from shop.accounts.models import Address, Session
from shop.platform.worker import drain
from shop.project import upgrade
from tests.checkout.storefront_client import open_shop, sell, shopper

OLD, NEW = "old-" + "k" * 60, "new-" + "k" * 60
ADA = {"email": "ada@example.com", "password": "correct horse battery"}
HOME = {
    "first_name": "Mary",
    "line1": "12 St James Square",
    "city": "London",
    "postal_code": "SW1Y 4JH",
    "country": "GB",
}


@pytest.fixture
def tokens(transactional_db: None, client: Client, settings: Settings) -> dict[str, str]:
    """Ada's, logged in under the old key."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    registered = client.post("/api/v1/auth/register", ADA, "application/json").json()["data"]
    proof = {"email": ADA["email"], "otp": code(), "registration_token": registered["registration_token"]}
    data: dict[str, str] = client.post("/api/v1/auth/verify-email", proof, "application/json").json()["data"]
    return data


def code() -> str:
    """The code in the mail that the worker has just sent."""
    drain()
    return str(re.findall(r"^ {4}(\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)[0])


def bearer(tokens: dict[str, str], **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}", **headers}


def change_key(settings: Settings, *, fallbacks: list[str]) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, fallbacks


def test_tokens_stay_valid(client: Client, settings: Settings, tokens: dict[str, str]) -> None:
    change_key(settings, fallbacks=[])

    me = client.get("/api/v1/me", headers=bearer(tokens))
    body = {"refresh_token": tokens["refresh_token"]}
    refreshed = client.post("/api/v1/auth/refresh", body, "application/json")

    assert (me.status_code, refreshed.status_code) == (200, 200)


def test_a_racing_tab_across_the_change_ends_the_session(
    client: Client, settings: Settings, tokens: dict[str, str]
) -> None:
    body = {"refresh_token": tokens["refresh_token"]}
    client.post("/api/v1/auth/refresh", body, "application/json")
    change_key(settings, fallbacks=[OLD])

    again = client.post("/api/v1/auth/refresh", body, "application/json")

    assert again.status_code == 401
    assert Session.objects.live().count() == 0


def test_a_code_that_waits_is_dead(client: Client, settings: Settings, tokens: dict[str, str]) -> None:
    client.post("/api/v1/auth/forgot-password", {"email": ADA["email"]}, "application/json")
    body = {"email": ADA["email"], "otp": code(), "new_password": "staple battery horse"}
    change_key(settings, fallbacks=[OLD])

    refused = client.post("/api/v1/auth/reset-password", body, "application/json")

    assert refused.json()["errors"][0]["code"] == "invalid_or_expired_otp"
    assert Session.objects.live().count() == 1


def test_a_repeated_post_gets_its_answer_with_the_fallback(
    client: Client, settings: Settings, tokens: dict[str, str]
) -> None:
    headers = bearer(tokens, **{"Idempotency-Key": "my-first-address"})
    first = client.post("/api/v1/me/addresses", HOME, "application/json", headers=headers)
    change_key(settings, fallbacks=[OLD])

    again = client.post("/api/v1/me/addresses", HOME, "application/json", headers=headers)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["data"] == first.json()["data"]
    assert Address.objects.count() == 1


def test_a_repeated_post_acts_again_without_the_fallback(
    client: Client, settings: Settings, tokens: dict[str, str]
) -> None:
    headers = bearer(tokens, **{"Idempotency-Key": "my-first-address"})
    client.post("/api/v1/me/addresses", HOME, "application/json", headers=headers)
    change_key(settings, fallbacks=[])

    again = client.post("/api/v1/me/addresses", HOME, "application/json", headers=headers)

    assert again.status_code == 201
    assert Address.objects.count() == 2


def test_a_cart_keeps_its_id_with_the_fallback(client: Client, settings: Settings, tokens: dict[str, str]) -> None:
    open_shop()
    opened = client.post("/api/v1/carts", {"country": "DE"}, "application/json").json()["data"]["id"]
    change_key(settings, fallbacks=[OLD])

    seen = client.get(f"/api/v1/carts/{opened}")

    assert (seen.status_code, seen.json()["data"]["id"]) == (200, opened)


def test_after_an_upgrade_a_cart_and_an_order_need_no_fallback(settings: Settings, transactional_db: None) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    open_shop()
    mug = sell()
    bought, waiting = shopper(mug).ready(), shopper(mug)
    total = bought.total()
    order = bought.complete("", method="manual", total=total).data
    versions = waiting.cart()["version"]
    change_key(settings, fallbacks=[OLD])

    said = [upgrade.encryption().said for _ in range(2)]
    change_key(settings, fallbacks=[])

    again = bought.complete("", key="key-2", method="manual", total=total).data
    assert said == ["Encryption: 3 updated.", "Encryption: up to date."]
    assert (waiting.cart()["id"], waiting.cart()["version"]) == (waiting.cart_id, versions)
    assert (again["id"], again["order_token"]) == (order["id"], order["order_token"])


def test_a_cursor_is_refused(client: Client, settings: Settings, tokens: dict[str, str]) -> None:
    client.post("/api/v1/me/addresses", HOME, "application/json", headers=bearer(tokens))
    client.post("/api/v1/me/addresses", HOME, "application/json", headers=bearer(tokens))
    page = client.get("/api/v1/me/addresses?limit=1", headers=bearer(tokens)).json()["meta"]["pagination"]
    change_key(settings, fallbacks=[OLD])

    refused = client.get(f"/api/v1/me/addresses?limit=1&cursor={page['next']}", headers=bearer(tokens))

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "invalid_cursor")


@pytest.mark.django_db
@pytest.mark.parametrize(("fallbacks", "status"), [([OLD], 200), ([], 302)])
def test_a_login_of_the_back_office_needs_the_fallback(
    fallbacks: list[str], status: int, client: Client, settings: Settings, django_user_model: type
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    client.force_login(django_user_model._default_manager.create_superuser("root@example.com", "correct horse"))  # type: ignore[attr-defined]
    change_key(settings, fallbacks=fallbacks)

    with zeal_ignore():  # Django reads the session a second time when it gives it the new key
        answer = client.get("/admin/")

    assert answer.status_code == status
