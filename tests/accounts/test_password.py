"""Getting a password back, and changing it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import Settings
from zeal import zeal_ignore  # type: ignore[import-untyped]

from shop.accounts.models import OneTimePassword, PendingEmail, Session, User
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
    wrong,
)

pytestmark = pytest.mark.django_db

REFUSED = (422, "invalid_or_expired_otp", None)
NOT_BOTH = "Send either email and otp, or reset_token: not both."


def forgot(visitor: Visitor, email: str = EMAIL) -> str:
    visitor.post("/auth/forgot-password", email=email)
    return code()


def exchange(visitor: Visitor, digits: str, email: str = EMAIL) -> Seen:
    return visitor.post("/auth/verify-otp", email=email, otp=digits, purpose="password_reset")


def reset(visitor: Visitor, **body: str) -> Seen:
    return visitor.post("/auth/reset-password", **{"new_password": OTHER_PASSWORD, **body})


@pytest.mark.parametrize("email", [EMAIL, UNKNOWN])
def test_the_answer_to_forgot_is_the_same_for_every_address(visitor: Visitor, ada: User, email: str) -> None:
    seen = visitor.post("/auth/forgot-password", email=email)

    assert seen.status == 202
    assert seen.data == {"expires_in": 300, "resend_after": 30}
    assert seen.body["message"] == "If there is an account with this email address, a code was sent."


def test_the_mail_leads_to_where_the_code_is_entered_and_the_code_is_not_in_the_address(
    visitor: Visitor, ada: User, settings: Settings
) -> None:
    settings.SHOP = replace(settings.SHOP, storefront_urls={"reset": "https://kiln.example/reset"})
    visitor.post("/auth/forgot-password", email=EMAIL)

    otp = code()

    [message] = mail.outbox
    text = str(message.body)
    assert f"    {otp}\n\nEnter it here:\nhttps://kiln.example/reset\n" in text
    assert text.count(otp) == 1


def test_nobody_unknown_gets_mail(visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=UNKNOWN)

    deliver()

    assert mail.outbox == []
    assert OneTimePassword.objects.get().code_hash == ""


def test_who_is_switched_off_gets_no_mail(visitor: Visitor, ada: User) -> None:
    User.objects.update(is_active=False)
    visitor.post("/auth/forgot-password", email=EMAIL)

    deliver()

    assert mail.outbox == []


def test_with_the_code_the_password_is_the_new_one(visitor: Visitor, ada: User) -> None:
    digits = forgot(visitor)

    seen = reset(visitor, email=EMAIL, otp=digits)

    assert (seen.status, seen.data) == (200, None)
    assert visitor.post("/auth/login", email=EMAIL, password=OTHER_PASSWORD).status == 200
    assert visitor.post("/auth/login", email=EMAIL, password=PASSWORD).status == 401


def test_a_reset_does_not_log_in_and_says_so_by_mail(visitor: Visitor, ada: User) -> None:
    seen = reset(visitor, email=EMAIL, otp=forgot(visitor))
    deliver()

    assert seen.data is None
    assert Session.objects.count() == 0
    notice = mail.outbox[-1]
    assert (notice.to, notice.subject) == ([EMAIL], "Your password was changed")
    assert OTHER_PASSWORD not in str(notice.body)


def test_a_reset_ends_every_session_at_once(visitor: Visitor, ada: User) -> None:
    tokens = [visitor.post("/auth/login", email=EMAIL, password=PASSWORD).data for _ in range(2)]

    reset(visitor, email=EMAIL, otp=forgot(visitor))

    assert [visitor.holding(each["access_token"]).get("/me").status for each in tokens] == [401, 401]
    refreshed = [visitor.post("/auth/refresh", refresh_token=each["refresh_token"]).status for each in tokens]
    assert refreshed == [401, 401]
    assert set(Session.objects.values_list("ending", flat=True)) == {"password"}


def test_a_reset_ends_sessions_of_the_admin_too(visitor: Visitor) -> None:
    User.objects.create_superuser(EMAIL, PASSWORD)
    browser = Client()
    browser.post("/admin/login/", {"username": EMAIL, "password": PASSWORD})
    inside = browser.get("/admin/").status_code

    reset(visitor, email=EMAIL, otp=forgot(visitor))

    with zeal_ignore([{"model": "sessions.Session", "field": "get()"}]):  # Django reads a dead session twice
        outside = browser.get("/admin/").status_code
    assert (inside, outside) == (200, 302)


def test_a_reset_leaves_other_peoples_sessions(visitor: Visitor, ada: User) -> None:
    account(UNKNOWN)
    other = login(visitor, UNKNOWN)

    reset(visitor, email=EMAIL, otp=forgot(visitor))

    assert other.get("/me").status == 200


@pytest.mark.usefixtures("no_gap")
def test_a_reset_ends_a_change_of_address_that_somebody_else_began(visitor: Visitor, ada: User) -> None:
    thief = login(visitor)
    thief.post("/me/change-email", new_email="thief@example.com", current_password=PASSWORD)
    stolen = code()

    reset(visitor, email=EMAIL, otp=forgot(visitor))

    owner = login(visitor, password=OTHER_PASSWORD)
    assert owner.post("/me/change-email/confirm", otp=stolen).refusal == REFUSED
    assert User.objects.get().email == EMAIL


@pytest.mark.parametrize("otp", ["000000", "abc", "1", "\uff14\uff18\uff12\uff19\uff11\uff15", "12345678901234567890"])
def test_what_is_not_the_code_is_refused(visitor: Visitor, ada: User, otp: str) -> None:
    digits = forgot(visitor)

    seen = reset(visitor, email=EMAIL, otp=otp if otp != digits else wrong(digits))

    assert seen.refusal == REFUSED
    assert seen.body["message"] == "The code is wrong or has expired. Please request a new one."
    assert User.objects.get().check_password(PASSWORD)
    assert OneTimePassword.objects.get().tries == 1


def test_without_having_asked_every_code_is_wrong(visitor: Visitor, ada: User) -> None:
    seen = reset(visitor, email=EMAIL, otp="000000")

    assert seen.refusal == REFUSED
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("new_password", "code_"),
    [("qwertyuiop", "weak_password"), ("short", "too_short"), ("x" * 129, "too_long"), (EMAIL, "weak_password")],
)
def test_a_weak_password_is_refused_before_the_code_is_touched(
    visitor: Visitor, ada: User, new_password: str, code_: str
) -> None:
    digits = forgot(visitor)

    refused = [reset(visitor, email=EMAIL, otp=digits, new_password=new_password).refusal for _ in range(6)]

    assert refused == [(422, code_, "new_password")] * 6
    assert OneTimePassword.objects.get().tries == 0
    assert User.objects.get().check_password(PASSWORD)
    assert reset(visitor, email=EMAIL, otp=digits).status == 200


def test_a_password_that_is_weak_for_this_person_leaves_the_code_as_it_was(visitor: Visitor) -> None:
    account(first_name="Ada", last_name="Lovelace")
    digits = forgot(visitor)

    refused = [reset(visitor, email=EMAIL, otp=digits, new_password="adalovelace").refusal for _ in range(6)]

    assert refused == [(422, "weak_password", "new_password")] * 6
    assert OneTimePassword.objects.get().tries == 0
    assert reset(visitor, email=EMAIL, otp=digits).status == 200


def test_a_weak_password_tells_nothing_about_the_person_to_whoever_has_no_code(visitor: Visitor) -> None:
    account(first_name="Ada", last_name="Lovelace")
    digits = forgot(visitor)

    seen = reset(visitor, email=EMAIL, otp=wrong(digits), new_password="adalovelace")

    assert seen.refusal == REFUSED
    assert OneTimePassword.objects.get().tries == 1


class TestTwoScreens:
    """The code is exchanged for a ticket, and the ticket for the password."""

    def test_the_ticket_sets_the_password(self, visitor: Visitor, ada: User) -> None:
        seen = exchange(visitor, forgot(visitor))

        done = reset(visitor, reset_token=seen.data["reset_token"])

        assert seen.status == 200
        assert seen.data["reset_token"].startswith("srp_")
        assert done.status == 200
        assert User.objects.get().check_password(OTHER_PASSWORD)

    def test_the_ticket_works_once(self, visitor: Visitor, ada: User) -> None:
        ticket = exchange(visitor, forgot(visitor)).data["reset_token"]
        reset(visitor, reset_token=ticket)

        again = reset(visitor, reset_token=ticket, new_password="third and last words")

        assert again.refusal == REFUSED
        assert User.objects.get().check_password(OTHER_PASSWORD)

    def test_after_the_exchange_the_code_is_dead(self, visitor: Visitor, ada: User) -> None:
        digits = forgot(visitor)
        ticket = exchange(visitor, digits).data["reset_token"]

        by_code = reset(visitor, email=EMAIL, otp=digits)
        again = exchange(visitor, digits)

        assert (by_code.refusal, again.refusal) == (REFUSED, REFUSED)
        assert User.objects.get().check_password(PASSWORD)
        assert reset(visitor, reset_token=ticket).status == 200

    def test_the_ticket_has_the_codes_remaining_life(
        self, visitor: Visitor, ada: User, clock: time_machine.Traveller
    ) -> None:
        digits = forgot(visitor)
        clock.shift(timedelta(seconds=200))

        seen = exchange(visitor, digits)

        assert seen.data["expires_in"] == 100
        clock.shift(timedelta(seconds=99))
        assert reset(visitor, reset_token=seen.data["reset_token"], new_password="qwertyuiop").code == "weak_password"
        clock.shift(timedelta(seconds=1))
        assert reset(visitor, reset_token=seen.data["reset_token"]).refusal == REFUSED
        assert User.objects.get().check_password(PASSWORD)

    def test_an_exchange_counts_as_a_try(self, visitor: Visitor, ada: User) -> None:
        digits = forgot(visitor)
        _ = [exchange(visitor, wrong(digits)) for _ in range(4)]

        seen = exchange(visitor, digits)

        assert seen.status == 200
        assert OneTimePassword.objects.get().tries == 5

    def test_five_wrong_tries_to_exchange_burn_the_code(self, visitor: Visitor, ada: User) -> None:
        digits = forgot(visitor)
        refused = [exchange(visitor, wrong(digits)).refusal for _ in range(5)]

        assert refused == [REFUSED] * 5
        assert exchange(visitor, digits).refusal == REFUSED
        assert reset(visitor, email=EMAIL, otp=digits).refusal == REFUSED
        assert User.objects.get().check_password(PASSWORD)

    def test_wrong_codes_do_not_burn_a_ticket(self, visitor: Visitor, ada: User) -> None:
        digits = forgot(visitor)
        ticket = exchange(visitor, digits).data["reset_token"]
        _ = [exchange(visitor, wrong(digits)) for _ in range(6)]

        assert reset(visitor, reset_token=ticket).status == 200

    @pytest.mark.usefixtures("no_gap")
    def test_asking_again_kills_the_ticket(self, visitor: Visitor, ada: User) -> None:
        ticket = exchange(visitor, forgot(visitor)).data["reset_token"]
        visitor.post("/auth/forgot-password", email=EMAIL)

        seen = reset(visitor, reset_token=ticket)

        assert seen.refusal == REFUSED
        assert User.objects.get().check_password(PASSWORD)

    def test_a_weak_password_leaves_the_ticket(self, visitor: Visitor) -> None:
        account(last_name="Lovelace")
        ticket = exchange(visitor, forgot(visitor)).data["reset_token"]

        seen = reset(visitor, reset_token=ticket, new_password="lovelace12")

        assert seen.refusal == (422, "weak_password", "new_password")
        assert reset(visitor, reset_token=ticket).status == 200

    @pytest.mark.parametrize("ticket", ["srp_unknown", "", "x"])
    def test_what_is_no_ticket_is_refused(self, visitor: Visitor, ada: User, ticket: str) -> None:
        exchange(visitor, forgot(visitor))

        seen = reset(visitor, reset_token=ticket)

        assert seen.status == 422
        assert User.objects.get().check_password(PASSWORD)

    def test_other_purposes_are_not_accepted_here(self, visitor: Visitor) -> None:
        seen = visitor.post("/auth/verify-otp", email=EMAIL, otp="000000", purpose="email_verification")

        assert seen.refusal == (422, "invalid_choice", "purpose")


@pytest.mark.parametrize(
    ("body", "code_", "message"),
    [
        ({}, "required", "Send email and otp, or reset_token."),
        ({"email": EMAIL}, "required", "Send email and otp, or reset_token."),
        ({"otp": "000000"}, "required", "Send email and otp, or reset_token."),
        ({"email": EMAIL, "otp": "000000", "reset_token": "srp_x"}, "invalid", NOT_BOTH),
        ({"email": EMAIL, "reset_token": "srp_x"}, "invalid", NOT_BOTH),
        ({"otp": "000000", "reset_token": "srp_x"}, "invalid", NOT_BOTH),
    ],
)
def test_a_reset_is_either_by_code_or_by_ticket(
    visitor: Visitor, ada: User, body: dict[str, str], code_: str, message: str
) -> None:
    seen = reset(visitor, **body)

    assert seen.refusal == (422, code_, None)
    assert [each["message"] for each in seen.body["errors"]] == [message]
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        ({"email": "nobody", "otp": "1"}, [("invalid_format", "email"), ("weak_password", "new_password")]),
        (
            {"email": EMAIL, "pin": "1"},
            [("unknown_field", "pin"), ("weak_password", "new_password"), ("required", None)],
        ),
        ({"reset_token": ""}, [("too_short", "reset_token"), ("weak_password", "new_password")]),
    ],
)
def test_a_weak_new_password_is_told_together_with_the_other_mistakes(
    visitor: Visitor, ada: User, body: dict[str, str], mistakes: list[tuple[str, str | None]]
) -> None:
    seen = reset(visitor, **body, new_password="qwertyuiop")

    assert [(each["code"], each["field"]) for each in seen.body["errors"]] == mistakes
    assert User.objects.get().check_password(PASSWORD)


class TestChange:
    """Whoever is logged in sets another password."""

    def test_the_password_is_the_new_one_and_other_sessions_end(self, visitor: Visitor, ada: User) -> None:
        other = login(visitor)
        mine = visitor.post("/auth/login", email=EMAIL, password=PASSWORD).data
        me = visitor.holding(mine["access_token"])

        seen = me.post("/auth/change-password", current_password=PASSWORD, new_password=OTHER_PASSWORD)

        assert (seen.status, seen.data) == (200, None)
        assert me.get("/me").status == 200
        assert visitor.post("/auth/refresh", refresh_token=mine["refresh_token"]).status == 200
        assert other.get("/me").refusal == (401, "invalid_token", None)
        assert User.objects.get().check_password(OTHER_PASSWORD)

    def test_the_owner_gets_a_notice(self, me: Visitor) -> None:
        me.post("/auth/change-password", current_password=PASSWORD, new_password=OTHER_PASSWORD)

        deliver()

        assert [(each.to, each.subject) for each in mail.outbox] == [([EMAIL], "Your password was changed")]

    def test_a_wrong_current_password_changes_nothing(self, me: Visitor) -> None:
        seen = me.post("/auth/change-password", current_password=OTHER_PASSWORD, new_password=OTHER_PASSWORD)

        assert seen.refusal == (422, "wrong_password", "current_password")
        assert User.objects.get().check_password(PASSWORD)
        assert deliver() == 0

    def test_a_weak_password_changes_nothing(self, me: Visitor) -> None:
        seen = me.post("/auth/change-password", current_password=PASSWORD, new_password="qwertyuiop")

        assert seen.refusal == (422, "weak_password", "new_password")
        assert User.objects.get().check_password(PASSWORD)
        assert Session.objects.get().ended_at is None

    def test_a_wrong_and_a_weak_password_are_told_at_once(self, me: Visitor) -> None:
        seen = me.post("/auth/change-password", current_password=OTHER_PASSWORD, new_password=EMAIL)

        assert [(each["code"], each["field"], each["params"]) for each in seen.body["errors"]] == [
            ("wrong_password", "current_password", None),
            ("weak_password", "new_password", {"reasons": ["Too similar to your email or name."]}),
        ]
        assert seen.status == 422
        assert User.objects.get().check_password(PASSWORD)

    def test_a_weak_password_is_told_together_with_the_other_mistakes(self, me: Visitor) -> None:
        seen = me.post("/auth/change-password", new_password="qwertyuiop")

        assert [(each["code"], each["field"]) for each in seen.body["errors"]] == [
            ("required", "current_password"),
            ("weak_password", "new_password"),
        ]
        assert User.objects.get().check_password(PASSWORD)

    def test_a_code_that_was_asked_for_before_is_dead(self, visitor: Visitor, me: Visitor) -> None:
        digits = forgot(visitor)

        me.post("/auth/change-password", current_password=PASSWORD, new_password=OTHER_PASSWORD)

        assert reset(visitor, email=EMAIL, otp=digits, new_password="third and last words").refusal == REFUSED
        assert User.objects.get().check_password(OTHER_PASSWORD)
        assert PendingEmail.objects.count() == 0

    def test_it_needs_a_token(self, visitor: Visitor, ada: User) -> None:
        seen = visitor.post("/auth/change-password", current_password=PASSWORD, new_password=OTHER_PASSWORD)

        assert seen.refusal == (401, "not_authenticated", None)
        assert User.objects.get().check_password(PASSWORD)
