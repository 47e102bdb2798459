"""Registration: a wish first, an account when its address is confirmed."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from pytest_django import Settings

from shop.accounts.models import OneTimePassword, PendingRegistration, Session, User
from shop.accounts.operations import registration
from tests.accounts.visitor import (
    EMAIL,
    OTHER_PASSWORD,
    PASSWORD,
    Seen,
    Visitor,
    account,
    code,
    codes_in,
    deliver,
    wrong,
)

pytestmark = pytest.mark.django_db


def register(visitor: Visitor, email: str = EMAIL, password: str = PASSWORD, **also: str) -> str:
    return str(visitor.post("/auth/register", email=email, password=password, **also).data["registration_token"])


def verify(visitor: Visitor, digits: str, token: str, email: str = EMAIL, **also: str) -> Seen:
    return visitor.post("/auth/verify-email", email=email, otp=digits, registration_token=token, **also)


def test_registering_makes_no_account_but_a_wish(visitor: Visitor) -> None:
    seen = visitor.post("/auth/register", email=EMAIL, password=PASSWORD)

    assert seen.status == 202
    assert seen.data == {
        "registration_token": seen.data["registration_token"],
        "expires_in": 300,
        "resend_after": 30,
    }
    assert seen.data["registration_token"].startswith("srg_")
    assert User.objects.count() == 0
    assert PendingRegistration.objects.get().email == EMAIL


def test_with_the_code_the_account_exists_and_is_logged_in(visitor: Visitor) -> None:
    token = register(visitor, first_name="Ada", last_name="Lovelace", phone="+49 30 901820")

    seen = verify(visitor, code(), token, device_name="Telephone")

    assert seen.status == 200
    assert (seen.data["token_type"], seen.data["expires_in"], seen.data["refresh_expires_in"]) == (
        "Bearer",
        900,
        2_592_000,
    )
    assert seen.data["cart_id"] is None
    me = visitor.holding(seen.data["access_token"]).get("/me")
    assert me.data == seen.data["user"]
    assert {name: me.data[name] for name in ("email", "email_verified", "first_name", "last_name", "phone")} == {
        "email": EMAIL,
        "email_verified": True,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "phone": "+4930901820",
    }
    assert PendingRegistration.objects.count() == 0
    assert Session.objects.get().device_name == "Telephone"


def test_the_new_account_logs_in_with_its_password(visitor: Visitor) -> None:
    token = register(visitor)
    verify(visitor, code(), token)

    assert visitor.post("/auth/login", email=EMAIL, password=PASSWORD).status == 200


@pytest.mark.usefixtures("no_gap")
def test_registering_again_replaces_password_names_code_and_token(visitor: Visitor) -> None:
    first_token = register(visitor, password=PASSWORD, first_name="Eve", phone="+4930901820")
    first_code = code()
    second_token = register(visitor, password=OTHER_PASSWORD, last_name="Lovelace")
    second_code = code()

    by_first_token = verify(visitor, second_code, first_token)
    assert by_first_token.refusal == (422, "invalid_or_expired_otp", None)
    by_first_code = verify(visitor, first_code if first_code != second_code else wrong(second_code), second_token)
    assert by_first_code.refusal == (422, "invalid_or_expired_otp", None)
    assert User.objects.count() == 0

    seen = verify(visitor, second_code, second_token)

    assert seen.status == 200
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.phone) == ("", "Lovelace", "")
    assert user.check_password(OTHER_PASSWORD)
    assert not user.check_password(PASSWORD)


@pytest.mark.usefixtures("no_gap")
def test_a_registration_waits_twenty_four_hours(visitor: Visitor, clock: time_machine.Traveller) -> None:
    token = register(visitor)
    clock.shift(timedelta(hours=24) - timedelta(seconds=1))
    visitor.post("/auth/resend-verification", email=EMAIL, registration_token=token)

    seen = verify(visitor, code(), token)

    assert seen.status == 200


@pytest.mark.usefixtures("no_gap")
def test_after_twenty_four_hours_a_registration_is_dead(visitor: Visitor, clock: time_machine.Traveller) -> None:
    token = register(visitor)
    clock.shift(timedelta(hours=24) - timedelta(seconds=1))
    visitor.post("/auth/resend-verification", email=EMAIL, registration_token=token)
    digits = code()
    clock.shift(timedelta(seconds=1))

    seen = verify(visitor, digits, token)

    assert seen.refusal == (422, "invalid_or_expired_otp", None)
    assert User.objects.count() == 0
    registration.purge()
    assert PendingRegistration.objects.count() == 0


def test_a_registration_that_still_waits_is_not_purged(visitor: Visitor, clock: time_machine.Traveller) -> None:
    register(visitor)
    clock.shift(timedelta(hours=24) - timedelta(seconds=1))

    registration.purge()

    assert PendingRegistration.objects.count() == 1


@pytest.mark.parametrize("token", ["srg_x", "", "x" * 201])
def test_without_its_token_a_code_is_worth_nothing(visitor: Visitor, token: str) -> None:
    register(visitor)
    digits = code()

    seen = verify(visitor, digits, token)

    assert seen.status == 422
    assert User.objects.count() == 0
    assert OneTimePassword.objects.get().tries == 0


def test_a_wrong_code_makes_no_account(visitor: Visitor) -> None:
    token = register(visitor)
    digits = code()

    seen = verify(visitor, wrong(digits), token)

    assert seen.refusal == (422, "invalid_or_expired_otp", None)
    assert User.objects.count() == 0
    assert PendingRegistration.objects.count() == 1
    assert OneTimePassword.objects.get().tries == 1


def test_a_code_confirms_once(visitor: Visitor) -> None:
    token = register(visitor)
    digits = code()
    verify(visitor, digits, token)

    again = verify(visitor, digits, token)

    assert again.refusal == (422, "invalid_or_expired_otp", None)
    assert Session.objects.count() == 1


def test_the_owner_of_a_known_address_is_told_and_nothing_else_happens(visitor: Visitor, ada: User) -> None:
    seen = visitor.post("/auth/register", email="Ada@Example.com", password=OTHER_PASSWORD, first_name="Eve")
    deliver()

    assert seen.status == 202
    (message,) = mail.outbox
    assert message.to == [EMAIL]
    assert message.subject == "You already have an account"
    assert codes_in(message) == []
    assert OneTimePassword.objects.get().code_hash == ""
    assert User.objects.get() == ada
    assert User.objects.get().check_password(PASSWORD)
    assert User.objects.get().first_name == ""


def test_no_code_opens_the_registration_of_a_known_address(visitor: Visitor, ada: User) -> None:
    token = register(visitor, password=OTHER_PASSWORD)
    deliver()

    refused = [verify(visitor, digits, token).code for digits in ("000000", "", " ", "482915")]

    assert refused == ["invalid_or_expired_otp", "too_short", "invalid_or_expired_otp", "invalid_or_expired_otp"]
    assert Session.objects.count() == 0
    entered = visitor.post("/auth/login", email=EMAIL, password=OTHER_PASSWORD)
    assert entered.refusal == (403, "email_not_verified", None)
    assert Session.objects.count() == 0


def test_an_account_made_meanwhile_wins(visitor: Visitor) -> None:
    token = register(visitor, password=OTHER_PASSWORD)
    digits = code()
    made = account(password=PASSWORD)

    seen = verify(visitor, digits, token)

    assert seen.refusal == (422, "invalid_or_expired_otp", None)
    assert User.objects.get() == made
    assert User.objects.get().check_password(PASSWORD)
    assert Session.objects.count() == 0


def test_mails_to_unconfirmed_addresses_carry_no_text_of_a_client(visitor: Visitor) -> None:
    lure = "CLICK http://evil.example/?a=<b>"
    register(visitor, first_name=lure, last_name=lure)

    deliver()

    (message,) = mail.outbox
    whole = message.message().as_string() + str(message.body)
    assert len(codes_in(message)) == 1
    assert "evil" not in whole
    assert "CLICK" not in whole


def test_the_mail_goes_to_the_address_as_it_was_given(visitor: Visitor) -> None:
    register(visitor, email="Ada.Lovelace@Example.COM")

    deliver()

    assert mail.outbox[0].to == ["Ada.Lovelace@Example.COM"]


@pytest.mark.usefixtures("no_gap")
def test_resending_makes_a_new_code_and_the_one_before_is_dead(visitor: Visitor) -> None:
    token = register(visitor)
    before, first_code = OneTimePassword.objects.get(), code()

    again = visitor.post("/auth/resend-verification", email=EMAIL, registration_token=token)

    assert again.status == 202
    assert again.data == {"expires_in": 300, "resend_after": 0}
    assert not OneTimePassword.objects.filter(pk=before.pk).exists()
    assert verify(visitor, first_code, token).status == 422
    assert verify(visitor, code(), token).status == 200


@pytest.mark.usefixtures("no_gap")
def test_resending_without_the_token_leaves_the_code_alive(visitor: Visitor) -> None:
    token = register(visitor)
    digits = code()

    seen = visitor.post("/auth/resend-verification", email=EMAIL, registration_token="srg_guessed")

    assert seen.status == 202
    assert deliver() == 0
    assert verify(visitor, digits, token).status == 200


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("password123", "This password is too common."),
        ("ada@example.com", "Too similar to your email or name."),
        ("Lovelace1815", "Too similar to your email or name."),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(visitor: Visitor, password: str, reason: str) -> None:
    seen = visitor.post("/auth/register", email=EMAIL, password=password, last_name="Lovelace")

    assert seen.refusal == (422, "weak_password", "password")
    assert seen.body["errors"][0]["params"] == {"reasons": [reason]}
    assert PendingRegistration.objects.count() == 0
    assert deliver() == 0


def test_all_mistakes_are_told_at_once(visitor: Visitor) -> None:
    seen = visitor.post("/auth/register", email="nobody", password="short", phone="12", is_staff=True)

    assert seen.status == 422
    assert {(each["field"], each["code"]) for each in seen.body["errors"]} == {
        ("email", "invalid_format"),
        ("password", "too_short"),
        ("phone", "invalid_format"),
        ("is_staff", "unknown_field"),
    }
    assert PendingRegistration.objects.count() == 0


@pytest.mark.parametrize(
    ("password", "names", "reason"),
    [
        ("password12", {}, "This password is too common."),
        ("adalovelace", {"last_name": "Lovelace"}, "Too similar to your email or name."),
        ("x@example.com", {}, "Too similar to your email or name."),
    ],
)
def test_a_weak_password_is_told_together_with_the_other_mistakes(
    visitor: Visitor, password: str, names: dict[str, str], reason: str
) -> None:
    seen = visitor.post("/auth/register", email="x@example.com", password=password, phone="12", **names)

    assert (seen.status, seen.body["errors"]) == (
        422,
        [
            {
                "code": "invalid_format",
                "message": "Enter the number with its country code, for example +49 30 901820.",
                "field": "phone",
                "params": None,
            },
            {
                "code": "weak_password",
                "message": "This password is too easy to guess.",
                "field": "password",
                "params": {"reasons": [reason]},
            },
        ],
    )
    assert PendingRegistration.objects.count() == 0
    assert deliver() == 0


def test_what_is_wrong_itself_makes_no_password_weak(visitor: Visitor) -> None:
    seen = visitor.post("/auth/register", email="nobody", password="nobodyrhubarb", first_name=["rhubarb"], age=7)

    assert {(each["field"], each["code"]) for each in seen.body["errors"]} == {
        ("email", "invalid_format"),
        ("first_name", "invalid_type"),
        ("age", "unknown_field"),
    }
    assert PendingRegistration.objects.count() == 0


class TestWithoutVerification:
    """The setting REQUIRE_EMAIL_VERIFICATION is off."""

    @pytest.fixture(autouse=True)
    def not_required(self, settings: Settings) -> None:
        settings.ACCOUNTS = replace(settings.ACCOUNTS, require_email_verification=False)

    def test_whoever_registered_may_log_in_at_once(self, visitor: Visitor) -> None:
        register(visitor, first_name="Ada")

        seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

        assert seen.status == 200
        assert (seen.data["user"]["first_name"], seen.data["user"]["email_verified"]) == ("Ada", False)
        assert User.objects.get().email_verified_at is None
        assert PendingRegistration.objects.count() == 0

    def test_a_wrong_password_makes_no_account(self, visitor: Visitor) -> None:
        register(visitor)

        seen = visitor.post("/auth/login", email=EMAIL, password=OTHER_PASSWORD)

        assert seen.refusal == (401, "invalid_credentials", None)
        assert User.objects.count() == 0

    def test_a_dead_registration_does_not_log_in(self, visitor: Visitor, clock: time_machine.Traveller) -> None:
        register(visitor)
        clock.shift(timedelta(hours=24))

        seen = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

        assert seen.refusal == (401, "invalid_credentials", None)
        assert User.objects.count() == 0

    def test_the_code_confirms_an_account_that_has_not_logged_in_yet(self, visitor: Visitor) -> None:
        token = register(visitor)

        seen = verify(visitor, code(), token)

        assert seen.data["user"]["email_verified"] is True

    def test_a_known_address_keeps_its_password(self, visitor: Visitor, ada: User) -> None:
        register(visitor, password=OTHER_PASSWORD)

        seen = visitor.post("/auth/login", email=EMAIL, password=OTHER_PASSWORD)

        assert seen.refusal == (401, "invalid_credentials", None)
        assert User.objects.get().check_password(PASSWORD)
