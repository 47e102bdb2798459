"""Another address for an account: the code goes to the new one, the notice to the old one."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from shop.accounts.models import OneTimePassword, PendingEmail, User
from shop.accounts.operations import email_change
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
    login,
    wrong,
)

pytestmark = pytest.mark.django_db

NEW = "Ada.Lovelace@example.org"
REFUSED = (422, "invalid_or_expired_otp", None)


def ask(me: Visitor, new_email: str = NEW, password: str = PASSWORD) -> Seen:
    return me.post("/me/change-email", new_email=new_email, current_password=password)


def confirm(me: Visitor, digits: str) -> Seen:
    return me.post("/me/change-email/confirm", otp=digits)


def test_asking_mails_a_code_to_the_new_address_and_changes_nothing_yet(me: Visitor) -> None:
    seen = ask(me)
    deliver()

    assert (seen.status, seen.data) == (202, {"expires_in": 300, "resend_after": 30})
    assert [each.to for each in mail.outbox] == [[NEW]]
    assert len(codes_in(mail.outbox[0])) == 1
    assert User.objects.get().email == EMAIL


def test_with_the_code_the_address_is_the_new_one_and_the_old_one_is_told(me: Visitor, visitor: Visitor) -> None:
    ask(me)

    seen = confirm(me, code())

    assert seen.status == 200
    assert (seen.data["email"], seen.data["email_verified"], seen.data["version"]) == (NEW, True, 2)
    assert seen.headers["ETag"].endswith('.2"')
    assert me.get("/me").data == seen.data
    assert visitor.post("/auth/login", email=NEW.lower(), password=PASSWORD).status == 200
    assert visitor.post("/auth/login", email=EMAIL, password=PASSWORD).status == 401
    deliver()
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([EMAIL], "Your email address was changed")
    assert NEW.lower() not in str(mail.outbox[-1].body).lower()
    assert PendingEmail.objects.count() == 0


def test_a_code_to_reset_by_the_old_address_is_dead(me: Visitor, visitor: Visitor) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    stolen = code()
    ask(me)

    confirm(me, code())

    seen = visitor.post("/auth/reset-password", email=EMAIL, otp=stolen, new_password=OTHER_PASSWORD)
    assert seen.refusal == REFUSED
    assert User.objects.get().check_password(PASSWORD)


def test_a_wrong_code_changes_nothing(me: Visitor) -> None:
    ask(me)
    digits = code()

    seen = confirm(me, wrong(digits))

    assert seen.refusal == REFUSED
    assert User.objects.get().email == EMAIL
    assert OneTimePassword.objects.get().tries == 1
    assert confirm(me, digits).status == 200


def test_a_code_works_once(me: Visitor) -> None:
    ask(me)
    digits = code()
    confirm(me, digits)

    assert confirm(me, digits).refusal == REFUSED
    assert User.objects.get().version == 2


def test_five_wrong_tries_burn_the_code_also_under_an_idempotency_key(me: Visitor) -> None:
    ask(me)
    digits = code()
    keyed = [Visitor(token=me.token, headers={"Idempotency-Key": f"key-{each}"}) for each in range(5)]

    refused = [confirm(each, wrong(digits)).refusal for each in keyed]

    assert refused == [REFUSED] * 5
    assert OneTimePassword.objects.get().tries == 5
    assert confirm(me, digits).refusal == REFUSED
    assert User.objects.get().email == EMAIL


def test_a_code_lives_five_minutes(me: Visitor, clock: time_machine.Traveller) -> None:
    ask(me)
    digits = code()
    clock.shift(timedelta(seconds=300))

    assert confirm(me, digits).refusal == REFUSED
    assert User.objects.get().email == EMAIL


@pytest.mark.usefixtures("no_gap")
def test_asking_for_another_address_replaces_the_wish_and_its_code(me: Visitor) -> None:
    ask(me, "first@example.org")
    first = code()
    ask(me, "second@example.org")
    second = code()

    old = confirm(me, first if first != second else wrong(second))
    new = confirm(me, second)

    assert old.refusal == REFUSED
    assert new.data["email"] == "second@example.org"
    assert OneTimePassword.objects.count() == 1


def test_a_known_address_gets_a_letter_without_a_code_and_the_answer_is_the_same(me: Visitor) -> None:
    account(NEW)

    seen = ask(me, NEW.upper())
    deliver()

    assert (seen.status, seen.data) == (202, {"expires_in": 300, "resend_after": 30})
    assert [(each.to, each.subject) for each in mail.outbox] == [
        ([NEW.upper()], "This email address is already in use")
    ]
    assert codes_in(mail.outbox[0]) == []
    assert confirm(me, "000000").refusal == REFUSED


def test_an_account_made_meanwhile_keeps_its_address(me: Visitor, ada: User) -> None:
    ask(me)
    digits = code()
    account(NEW.lower())

    seen = confirm(me, digits)

    assert seen.refusal == REFUSED
    ada.refresh_from_db()
    assert (ada.email, ada.version) == (EMAIL, 1)


def test_ones_own_address_in_another_spelling_is_in_use(me: Visitor) -> None:
    ask(me, EMAIL.upper())
    deliver()

    assert codes_in(mail.outbox[0]) == []
    assert User.objects.get().email == EMAIL


def test_a_wrong_password_asks_for_nothing(me: Visitor) -> None:
    seen = ask(me, password=OTHER_PASSWORD)

    assert seen.refusal == (422, "wrong_password", "current_password")
    assert OneTimePassword.objects.count() == 0
    assert PendingEmail.objects.count() == 0
    assert deliver() == 0


def test_staff_is_refused(visitor: Visitor) -> None:
    account(is_staff=True)

    seen = ask(login(visitor))

    assert seen.refusal == (409, "staff_account", None)
    assert PendingEmail.objects.count() == 0
    assert deliver() == 0


def test_somebody_elses_code_is_worth_nothing(me: Visitor, visitor: Visitor) -> None:
    account("bob@example.com")
    bob = login(visitor, "bob@example.com")
    ask(bob, "bobby@example.com")
    digits = code()

    seen = confirm(me, digits)

    assert seen.refusal == REFUSED
    assert set(User.objects.values_list("email", flat=True)) == {EMAIL, "bob@example.com"}
    assert confirm(bob, digits).status == 200


def test_wishes_that_nobody_confirmed_are_forgotten(me: Visitor, clock: time_machine.Traveller) -> None:
    ask(me)
    clock.shift(timedelta(seconds=300))

    email_change.purge()

    assert PendingEmail.objects.count() == 0


def test_both_calls_need_a_token(visitor: Visitor, ada: User) -> None:
    assert ask(visitor).refusal == (401, "not_authenticated", None)
    assert confirm(visitor, "000000").refusal == (401, "not_authenticated", None)
    assert PendingEmail.objects.count() == 0
