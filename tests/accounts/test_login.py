"""Logging in: the same refusal for whatever is wrong, and what the right password opens."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from shop.accounts.models import PendingRegistration, Session, User
from tests.accounts.visitor import EMAIL, OTHER_PASSWORD, PASSWORD, UNKNOWN, Visitor, account, code

pytestmark = pytest.mark.django_db

WRONG = (401, "invalid_credentials", None)


def test_the_right_password_gives_a_pair_of_tokens_and_the_account(visitor: Visitor, ada: User) -> None:
    seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD, device_name="Ada's telephone")

    assert seen.status == 200
    assert list(seen.data) == [
        "access_token",
        "refresh_token",
        "token_type",
        "expires_in",
        "refresh_expires_in",
        "user",
        "cart_id",
    ]
    assert seen.data["access_token"].startswith("sat_")
    assert seen.data["refresh_token"].startswith("srt_")
    assert len(seen.data["access_token"]) == len(seen.data["refresh_token"]) == 4 + 43
    assert (seen.data["expires_in"], seen.data["refresh_expires_in"]) == (900, 2_592_000)
    assert seen.data["user"]["email"] == EMAIL
    assert seen.headers["Cache-Control"] == "private, no-store"


def test_a_login_is_a_device(visitor: Visitor, ada: User) -> None:
    agent = replace(visitor, headers={"User-Agent": "Browser/1.0\x00\x7f (thing)"}, ip="2001:db8:1:2:3::4")

    agent.post("/auth/login", email=EMAIL, password=PASSWORD, device_name="Kitchen")

    session = Session.objects.get()
    assert (session.device_name, session.user_agent, session.ip) == ("Kitchen", "Browser/1.0 (thing)", "2001:db8:1:2::")
    assert User.objects.get().last_login == session.last_seen_at


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "not the password"),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, f"{PASSWORD} "),
        (UNKNOWN, PASSWORD),
    ],
)
def test_whatever_is_wrong_the_refusal_is_the_same(visitor: Visitor, ada: User, email: str, password: str) -> None:
    seen = visitor.post("/auth/login", email=email, password=password)

    assert seen.refusal == WRONG
    assert seen.body["message"] == "The email or password is wrong."
    assert seen.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert Session.objects.count() == 0
    assert User.objects.get().last_login is None


def test_an_account_that_is_switched_off_is_refused_like_an_unknown_one(visitor: Visitor, ada: User) -> None:
    User.objects.update(is_active=False)

    seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert seen.refusal == WRONG
    assert Session.objects.count() == 0


def test_an_account_without_a_password_is_refused_like_an_unknown_one(visitor: Visitor) -> None:
    User.objects.create_user(EMAIL)

    seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert seen.refusal == WRONG
    assert Session.objects.count() == 0


def test_a_registration_that_waits_is_told_what_to_do(visitor: Visitor) -> None:
    visitor.post("/auth/register", email=EMAIL, password=PASSWORD)

    seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert seen.refusal == (403, "email_not_verified", None)
    assert "confirm your email address" in seen.body["message"]
    assert User.objects.count() == 0
    assert PendingRegistration.objects.count() == 1


def test_a_registration_that_waits_tells_nothing_to_whoever_has_not_its_password(visitor: Visitor) -> None:
    visitor.post("/auth/register", email=EMAIL, password=PASSWORD)

    seen = visitor.post("/auth/login", email=EMAIL, password=OTHER_PASSWORD)

    assert seen.refusal == WRONG


def test_an_account_that_was_never_confirmed_is_refused_and_a_reset_confirms_it(visitor: Visitor) -> None:
    account(email_verified_at=None)

    before = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)
    visitor.post("/auth/forgot-password", email=EMAIL)
    visitor.post("/auth/reset-password", email=EMAIL, otp=code(), new_password=OTHER_PASSWORD)
    after = visitor.post("/auth/login", email=EMAIL, password=OTHER_PASSWORD)

    assert before.refusal == (403, "email_not_verified", None)
    assert (after.status, after.data["user"]["email_verified"]) == (200, True)


def test_where_addresses_need_not_be_confirmed_it_logs_in(visitor: Visitor, settings: Settings) -> None:
    settings.ACCOUNTS = replace(settings.ACCOUNTS, require_email_verification=False)
    account(email_verified_at=None)

    seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert (seen.status, seen.data["user"]["email_verified"]) == (200, False)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (422, "required", "email")),
        ({"email": EMAIL}, (422, "required", "password")),
        ({"email": EMAIL, "password": ""}, (422, "too_short", "password")),
        ({"email": EMAIL, "password": "x" * 129}, (422, "too_long", "password")),
        ({"email": EMAIL, "password": 1234567890}, (422, "invalid_type", "password")),
        ({"email": [EMAIL], "password": PASSWORD}, (422, "invalid_type", "email")),
        ({"email": EMAIL, "password": PASSWORD, "remember": True}, (422, "unknown_field", "remember")),
        ({"email": EMAIL, "password": f"{PASSWORD}\0"}, (422, "invalid_text", "password")),
        ({"email": EMAIL, "password": PASSWORD, "device_name": "x" * 101}, (422, "too_long", "device_name")),
    ],
)
def test_a_body_of_another_form_is_refused(
    visitor: Visitor, ada: User, body: dict[str, object], refusal: tuple[int, str, str]
) -> None:
    seen = visitor.post("/auth/login", **body)

    assert seen.refusal == refusal
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic YWRhOnB3", "Bearer sat_unknown", "sat_unknown", "Bearer é", f"Bearer {'x' * 201}"],
)
def test_any_invalid_authorization_header_is_refused_also_where_none_is_needed(ada: User, header: str) -> None:
    visitor = Visitor(headers={"Authorization": header})

    seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert seen.refusal == (401, "invalid_token", None)
    assert seen.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert Session.objects.count() == 0


def test_tokens_are_kept_as_digests_only(visitor: Visitor, ada: User) -> None:
    tokens = visitor.post("/auth/login", email=EMAIL, password=PASSWORD).data

    kept = str(list(Session.objects.values())) + str(list(Session.objects.values("refresh_tokens__digest")))

    assert tokens["access_token"][4:] not in kept
    assert tokens["refresh_token"][4:] not in kept
