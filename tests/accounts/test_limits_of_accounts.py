"""How often accounts may be tried, and that limits neither tell who exists nor lock anybody out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from pytest_django import Settings

from shop.accounts.models import OneTimePassword, PendingRegistration, Session, User
from shop.platform.models import Job
from tests.accounts.visitor import (
    EMAIL,
    OTHER_PASSWORD,
    PASSWORD,
    UNKNOWN,
    Seen,
    Visitor,
    account,
    code,
    deliver,
    login,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LIMIT_HEADERS = ("Retry-After", "RateLimit", "RateLimit-Policy")


def told(seen: Seen) -> tuple[Any, ...]:
    """What an answer gives away, but for tokens and the request's id."""
    headers = {name: value for name, value in seen.headers.items() if name not in ("X-Request-Id", "Content-Length")}
    return seen.status, seen.body["message"], seen.body["errors"], headers


def forgot(visitor: Visitor, email: str = EMAIL) -> Seen:
    return visitor.post("/auth/forgot-password", email=email)


def register(email: str) -> Seen:
    return Visitor().post("/auth/register", email=email, password=PASSWORD)


def move(mover: Visitor, to: str) -> Seen:
    return mover.post("/me/change-email", new_email=to, current_password=PASSWORD)


def wrong_login(visitor: Visitor, email: str = EMAIL) -> Seen:
    return visitor.post("/auth/login", email=email, password="not the password")


@pytest.mark.usefixtures("ada")
def test_asking_within_thirty_seconds_is_refused_and_changes_nothing(
    visitor: Visitor, clock: time_machine.Traveller
) -> None:
    forgot(visitor)
    before = OneTimePassword.objects.get()
    clock.shift(timedelta(seconds=29))

    refused = forgot(visitor)

    assert refused.refusal == (429, "rate_limited", None)
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit"] == '"otp-gap";r=0;t=1'
    assert refused.headers["RateLimit-Policy"] == '"otp-gap";q=1;w=30'
    assert OneTimePassword.objects.get() == before
    assert Job.objects.count() == 1
    assert len(code()) == 6


@pytest.mark.usefixtures("ada")
def test_after_thirty_seconds_one_may_ask_again(visitor: Visitor, clock: time_machine.Traveller) -> None:
    forgot(visitor)

    clock.shift(timedelta(seconds=30))

    assert forgot(visitor).status == 202


@pytest.mark.usefixtures("ada")
def test_asking_is_refused_alike_for_an_unknown_address(visitor: Visitor) -> None:
    forgot(visitor, EMAIL)
    forgot(visitor, UNKNOWN)

    known, unknown = forgot(visitor, EMAIL), forgot(visitor, UNKNOWN)

    assert known.status == 429
    assert told(known) == told(unknown)


@pytest.mark.usefixtures("ada", "no_gap")
@pytest.mark.parametrize("email", [EMAIL, UNKNOWN])
def test_five_codes_an_hour_for_an_address(email: str, clock: time_machine.Traveller) -> None:
    asked = [forgot(Visitor(ip=f"192.0.2.{each}"), email).status for each in range(1, 6)]
    before = OneTimePassword.objects.get()

    sixth = forgot(Visitor(ip="192.0.2.6"), email)

    assert asked == [202] * 5
    assert sixth.refusal == (429, "rate_limited", None)
    assert sixth.headers["Retry-After"] == "3600"
    assert OneTimePassword.objects.get() == before
    clock.shift(timedelta(hours=1))
    assert forgot(Visitor(), email).status == 202


@pytest.mark.usefixtures("ada", "no_gap")
@pytest.mark.parametrize("email", [EMAIL, UNKNOWN])
def test_the_five_codes_of_an_hour_are_counted_whatever_they_are_for(email: str, clock: time_machine.Traveller) -> None:
    mover = login(Visitor(), account("mover@example.com").email)
    asked = [register(email), forgot(Visitor(), email), register(email), forgot(Visitor(), email), move(mover, email)]
    before = [*OneTimePassword.objects.all(), *PendingRegistration.objects.all(), *Job.objects.all()]

    refused = [register(email), forgot(Visitor(), email), move(mover, email)]

    assert [each.status for each in asked] == [202] * 5
    assert [each.refusal for each in refused] == [(429, "rate_limited", None)] * 3
    assert [each.headers["Retry-After"] for each in refused] == ["3600"] * 3
    assert [*OneTimePassword.objects.all(), *PendingRegistration.objects.all(), *Job.objects.all()] == before
    clock.shift(timedelta(hours=1))
    assert [register(email).status, forgot(Visitor(), email).status] == [202, 202]


@pytest.mark.usefixtures("ada", "no_gap")
def test_what_one_address_was_asked_for_does_not_count_for_another() -> None:
    _ = [forgot(Visitor(), EMAIL) for _ in range(5)]

    assert [forgot(Visitor(), EMAIL).status, register("carl@example.com").status] == [429, 202]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("email", [EMAIL, UNKNOWN])
def test_the_gap_is_of_one_purpose_so_that_who_registered_before_can_reset_at_once(email: str) -> None:
    registered = register(email)

    asked = [forgot(Visitor(), email), register(email), forgot(Visitor(), email)]

    assert registered.status == 202
    assert [each.status for each in asked] == [202, 429, 429]
    assert [each.headers["RateLimit-Policy"] for each in asked[1:]] == ['"otp-gap";q=1;w=30'] * 2


@pytest.mark.usefixtures("ada")
def test_another_spelling_of_an_address_is_the_same_address(visitor: Visitor) -> None:
    forgot(visitor, EMAIL)

    assert forgot(visitor, " ADA@Example.COM ").status == 429


@pytest.mark.usefixtures("ada")
def test_a_gap_of_zero_seconds_is_no_gap(visitor: Visitor, settings: Settings) -> None:
    settings.ACCOUNTS = replace(settings.ACCOUNTS, otp_resend_after=timedelta(0))

    asked = [forgot(visitor) for _ in range(2)]

    assert [each.status for each in asked] == [202, 202]
    assert asked[0].data == {"expires_in": 300, "resend_after": 0}


@pytest.mark.usefixtures("limits_on")
def test_twenty_codes_an_hour_from_one_address_of_the_network(clock: time_machine.Traveller) -> None:
    asked = [forgot(Visitor(), f"person{each}@example.com").status for each in range(20)]
    clock.shift(timedelta(seconds=61))

    refused = forgot(Visitor(), "one.more@example.com")

    assert asked == [202] * 20
    assert refused.refusal == (429, "rate_limited", None)
    assert refused.headers["RateLimit-Policy"] == '"auth-ip";q=30;w=60, "otp-ip";q=20;w=3600'
    assert OneTimePassword.objects.count() == 20
    assert forgot(Visitor(ip="198.51.100.7"), "one.more@example.com").status == 202


@pytest.mark.usefixtures("limits_on")
def test_thirty_calls_a_minute_from_one_address_of_the_network(clock: time_machine.Traveller) -> None:
    visitor = Visitor()
    asked = [visitor.post("/auth/refresh", refresh_token="srt_x") for _ in range(30)]

    refused = visitor.post("/auth/refresh", refresh_token="srt_x")

    assert [each.status for each in asked] == [401] * 30
    assert asked[0].headers["RateLimit-Policy"] == '"auth-ip";q=30;w=60'
    assert asked[0].headers["RateLimit"] == '"auth-ip";r=29;t=60'
    assert asked[29].headers["RateLimit"] == '"auth-ip";r=0;t=60'
    assert refused.refusal == (429, "rate_limited", None)
    assert [refused.headers[name] for name in LIMIT_HEADERS] == ["60", '"auth-ip";r=0;t=60', '"auth-ip";q=30;w=60']
    assert Visitor(ip="198.51.100.7").post("/auth/refresh", refresh_token="srt_x").status == 401
    clock.shift(timedelta(seconds=60))
    assert visitor.post("/auth/refresh", refresh_token="srt_x").status == 401


def test_limits_that_are_switched_off_are_not_told(visitor: Visitor) -> None:
    seen = visitor.post("/auth/refresh", refresh_token="srt_x")

    assert seen.status == 401
    assert [name for name in seen.headers if name.startswith("RateLimit")] == []


@pytest.mark.usefixtures("limits_on")
def test_what_is_refused_for_the_network_address_does_nothing(ada: User) -> None:
    visitor = Visitor()
    _ = [visitor.post("/auth/refresh", refresh_token="srt_x") for _ in range(30)]

    register = visitor.post("/auth/register", email=UNKNOWN, password=PASSWORD)
    enter = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert (register.status, enter.status) == (429, 429)
    assert PendingRegistration.objects.count() == 0
    assert Session.objects.count() == 0


@pytest.mark.usefixtures("limits_on")
def test_logged_in_calls_are_not_counted_with_auth(ada: User) -> None:
    me = login(Visitor())

    calls = [me.get("/me") for _ in range(40)]

    assert {each.status for each in calls} == {200}
    assert "RateLimit" not in calls[0].headers


@pytest.mark.usefixtures("limits_on", "ada")
@pytest.mark.parametrize("email", [EMAIL, UNKNOWN])
def test_five_failed_logins_then_a_pause_of_thirty_seconds(email: str, clock: time_machine.Traveller) -> None:
    visitor = Visitor()
    failed = [wrong_login(visitor, email) for _ in range(5)]

    refused = wrong_login(visitor, email)

    assert [each.refusal for each in failed] == [(401, "invalid_credentials", None)] * 5
    assert refused.refusal == (429, "rate_limited", None)
    assert refused.headers["Retry-After"] == "30"
    assert refused.headers["RateLimit-Policy"] == '"auth-ip";q=30;w=60, "login";q=5;w=30'
    clock.shift(timedelta(seconds=30))
    assert wrong_login(visitor, email).status == 401


@pytest.mark.usefixtures("limits_on", "ada")
def test_while_it_pauses_the_right_password_is_refused_too(clock: time_machine.Traveller) -> None:
    visitor = Visitor()
    _ = [wrong_login(visitor) for _ in range(5)]

    refused = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert refused.status == 429
    assert Session.objects.count() == 0
    clock.shift(timedelta(seconds=30))
    assert visitor.post("/auth/login", email=EMAIL, password=PASSWORD).status == 200


@pytest.mark.usefixtures("limits_on", "ada")
def test_failed_logins_slow_down_more_and_more(clock: time_machine.Traveller) -> None:
    visitor = Visitor()
    _ = [wrong_login(visitor) for _ in range(5)]
    clock.shift(timedelta(seconds=30))
    _ = [wrong_login(visitor) for _ in range(5)]

    after_ten = wrong_login(visitor)

    assert after_ten.status == 429
    assert int(after_ten.headers["Retry-After"]) == 10 * 60 - 30
    clock.shift(timedelta(seconds=10 * 60 - 30))
    assert wrong_login(visitor).status == 401


@pytest.mark.usefixtures("limits_on", "ada")
def test_somebody_elses_failures_lock_nobody_out() -> None:
    attacker = Visitor(ip="198.51.100.66")
    _ = [wrong_login(attacker) for _ in range(6)]

    entered = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD)

    assert entered.status == 200


def fail_from_everywhere(times: int) -> None:
    """So many wrong passwords for Ada's account, each from a client of its own."""
    for at in range(times):
        Visitor(ip=f"198.51.100.{at}").post("/auth/login", email=EMAIL, password="not the password")


@pytest.mark.usefixtures("limits_on", "ada")
def test_fifty_failures_from_everywhere_leave_each_client_one_try_in_ten_minutes(
    clock: time_machine.Traveller,
) -> None:
    fail_from_everywhere(50)
    guesser = Visitor(ip="203.0.113.7")

    first = guesser.post("/auth/login", email=EMAIL, password="another wrong one")
    second = guesser.post("/auth/login", email=EMAIL, password=PASSWORD)
    clock.shift(timedelta(minutes=10, seconds=1))
    third = guesser.post("/auth/login", email=EMAIL, password="another wrong one")

    assert first.refusal == (401, "invalid_credentials", None)
    assert second.refusal == (429, "rate_limited", None)
    assert third.refusal == (401, "invalid_credentials", None)


@pytest.mark.usefixtures("limits_on", "ada")
def test_fifty_failures_from_everywhere_do_not_lock_the_owner_out() -> None:
    fail_from_everywhere(60)

    statuses = [Visitor().post("/auth/login", email=EMAIL, password=PASSWORD).status for _ in range(3)]

    assert statuses == [200, 200, 200]


@pytest.mark.usefixtures("limits_on", "ada")
def test_failures_at_one_account_do_not_count_for_another() -> None:
    account("carl@example.com")
    _ = [wrong_login(Visitor()) for _ in range(6)]

    entered = Visitor().post("/auth/login", email="carl@example.com", password=PASSWORD)

    assert entered.status == 200


@pytest.mark.usefixtures("limits_on", "ada")
def test_logging_in_gives_its_try_back(clock: time_machine.Traveller) -> None:
    visitor = Visitor()

    entered = [visitor.post("/auth/login", email=EMAIL, password=PASSWORD).status for _ in range(8)]

    assert entered == [200] * 8
    assert [wrong_login(visitor).status for _ in range(6)] == [401] * 5 + [429]


@pytest.mark.usefixtures("limits_on")
def test_confirming_with_the_password_is_slowed_down_too(ada: User) -> None:
    me = login(Visitor())

    failed = [me.post("/auth/change-password", current_password="wrong", new_password=OTHER_PASSWORD) for _ in range(6)]

    assert [each.status for each in failed] == [422] * 5 + [429]
    assert User.objects.get().check_password(PASSWORD)
    assert me.delete("/me", current_password=PASSWORD).status == 429
    assert User.objects.get().is_active
    assert Visitor().post("/auth/login", email=EMAIL, password=PASSWORD).status == 200


@pytest.mark.usefixtures("ada")
def test_registering_too_fast_leaves_the_registration_before_as_it_was(visitor: Visitor) -> None:
    first = visitor.post("/auth/register", email=UNKNOWN, password=PASSWORD, first_name="Bob")
    digits = code()

    refused = visitor.post("/auth/register", email=UNKNOWN, password=OTHER_PASSWORD, first_name="Eve")

    assert refused.refusal == (429, "rate_limited", None)
    token = first.data["registration_token"]
    verified = visitor.post("/auth/verify-email", email=UNKNOWN, otp=digits, registration_token=token)
    assert verified.data["user"]["first_name"] == "Bob"
    assert User.objects.get(email=UNKNOWN).check_password(PASSWORD)


@pytest.mark.usefixtures("ada")
def test_resending_is_limited_with_registering(visitor: Visitor, clock: time_machine.Traveller) -> None:
    token = visitor.post("/auth/register", email=UNKNOWN, password=PASSWORD).data["registration_token"]

    too_fast = visitor.post("/auth/resend-verification", email=UNKNOWN, registration_token=token)

    assert too_fast.status == 429
    clock.shift(timedelta(seconds=30))
    assert visitor.post("/auth/resend-verification", email=UNKNOWN, registration_token=token).status == 202


@pytest.mark.usefixtures("no_gap")
def test_nobody_can_fill_a_strangers_mailbox_from_many_accounts() -> None:
    mine = [account(f"sender{each}@example.com").email for each in range(6)]

    asked = [move(login(Visitor(), email), "victim@example.com") for email in mine]
    deliver()

    assert [each.status for each in asked] == [202] * 5 + [429]
    assert [each.to for each in mail.outbox] == [["victim@example.com"]] * 5
