"""What a person does with an account, from the first visit to the last, over HTTP alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from tests.accounts.visitor import OTHER_PASSWORD, PASSWORD, Visitor, code, deliver, wrong

pytestmark = pytest.mark.django_db

ADA = "ada@example.com"
AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)


def test_from_registration_to_farewell() -> None:
    phone = Visitor()

    with time_machine.travel(AT, tick=False) as clock:
        token = phone.post("/auth/register", email=ADA, password=PASSWORD, first_name="Ada").data["registration_token"]
        assert phone.post("/auth/login", email=ADA, password=PASSWORD).code == "email_not_verified"
        pair = phone.post("/auth/verify-email", email=ADA, otp=code(), registration_token=token).data
        me = phone.holding(pair["access_token"])

        made = me.post(
            "/me/addresses",
            last_name="Lovelace",
            line1="Friedrichstr. 43",
            city="Berlin",
            postal_code="10117",
            country="DE",
        ).data
        assert made["is_default_shipping"]
        assert me.patch("/me", last_name="Lovelace").data["first_name"] == "Ada"

        clock.shift(timedelta(minutes=16))
        assert me.get("/me").refusal == (401, "invalid_token", None)
        pair = phone.post("/auth/refresh", refresh_token=pair["refresh_token"]).data
        me = phone.holding(pair["access_token"])
        assert me.get("/me").data["last_name"] == "Lovelace"

        me.post("/me/change-email", new_email="ada@lovelace.example", current_password=PASSWORD)
        assert me.post("/me/change-email/confirm", otp=code()).data["email"] == "ada@lovelace.example"

        assert me.delete("/me", current_password=PASSWORD).status == 200
        assert me.get("/me").status == 401
        assert phone.post("/auth/register", email="ada@lovelace.example", password=PASSWORD).status == 202


def test_a_forgotten_password_on_one_screen() -> None:
    laptop, phone = Visitor(), Visitor(ip="198.51.100.7")

    with time_machine.travel(AT, tick=False) as clock:
        token = laptop.post("/auth/register", email=ADA, password=PASSWORD).data["registration_token"]
        pair = laptop.post("/auth/verify-email", email=ADA, otp=code(), registration_token=token).data

        first_ask = phone.post("/auth/forgot-password", email=ADA)
        first = code()
        assert (first_ask.status, first_ask.data["resend_after"]) == (202, 30)
        assert phone.post("/auth/forgot-password", email=ADA).status == 429
        clock.shift(timedelta(seconds=30))
        assert phone.post("/auth/forgot-password", email=ADA).status == 202
        second = code()

        reset = {"email": ADA, "new_password": OTHER_PASSWORD}
        assert phone.post("/auth/reset-password", **reset, otp=first).code == "invalid_or_expired_otp"
        assert phone.post("/auth/reset-password", email=ADA, otp=second, new_password="short").code == "too_short"
        assert phone.post("/auth/reset-password", **reset, otp=second).status == 200

        assert laptop.holding(pair["access_token"]).get("/me").status == 401
        assert laptop.post("/auth/login", email=ADA, password=PASSWORD).status == 401
        assert laptop.post("/auth/login", email=ADA, password=OTHER_PASSWORD).status == 200
        deliver()
        assert mail.outbox[-1].subject == "Your password was changed"


def test_a_forgotten_password_on_two_screens() -> None:
    phone = Visitor()
    token = phone.post("/auth/register", email=ADA, password=PASSWORD).data["registration_token"]
    phone.post("/auth/verify-email", email=ADA, otp=code(), registration_token=token)
    phone.post("/auth/forgot-password", email=ADA)
    digits = code()

    typo = phone.post("/auth/verify-otp", email=ADA, otp=wrong(digits), purpose="password_reset")
    right = phone.post("/auth/verify-otp", email=ADA, otp=digits, purpose="password_reset")
    done = phone.post("/auth/reset-password", reset_token=right.data["reset_token"], new_password=OTHER_PASSWORD)

    assert (typo.status, right.status, done.status) == (422, 200, 200)
    assert phone.post("/auth/login", email=ADA, password=OTHER_PASSWORD).status == 200


def test_a_stolen_token_is_found_out() -> None:
    owner, thief = Visitor(), Visitor(ip="198.51.100.66")

    with time_machine.travel(AT, tick=False) as clock:
        token = owner.post("/auth/register", email=ADA, password=PASSWORD).data["registration_token"]
        stolen = owner.post("/auth/verify-email", email=ADA, otp=code(), registration_token=token).data
        clock.shift(timedelta(minutes=10))
        owner.post("/auth/refresh", refresh_token=stolen["refresh_token"])
        clock.shift(timedelta(minutes=10))

        caught = thief.post("/auth/refresh", refresh_token=stolen["refresh_token"])

        assert caught.refusal == (401, "invalid_refresh_token", None)
        deliver()
        assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([ADA], "A device was logged out")
        assert owner.post("/auth/login", email=ADA, password=PASSWORD).status == 200


def test_devices_are_seen_and_logged_out_from_elsewhere() -> None:
    home, lost = Visitor(), Visitor(ip="203.0.113.9")
    token = home.post("/auth/register", email=ADA, password=PASSWORD).data["registration_token"]
    mine = home.post("/auth/verify-email", email=ADA, otp=code(), registration_token=token, device_name="Home").data
    other = lost.post("/auth/login", email=ADA, password=PASSWORD, device_name="Telephone").data
    me = home.holding(mine["access_token"])

    devices = me.get("/me/sessions").data
    gone = me.delete(f"/me/sessions/{devices[0]['id']}")

    assert [(each["device_name"], each["ip"]) for each in devices] == [
        ("Telephone", "203.0.113.9"),
        ("Home", "192.0.2.1"),
    ]
    assert gone.status == 200
    assert lost.holding(other["access_token"]).get("/me").status == 401
    assert me.get("/me").status == 200
