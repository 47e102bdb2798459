"""Many at once with one-time passwords: one row, five tries, one use, whoever is first."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from pytest_django import Settings

from shop.accounts.errors import InvalidOrExpiredOtp
from shop.accounts.models import OneTimePassword, PendingRegistration, Session, User
from shop.accounts.operations import one_time_passwords as otp
from shop.platform.models import Job
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
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

RESET = OneTimePassword.Purpose.PASSWORD_RESET
visitor = Visitor()


@pytest.fixture(autouse=True)
def no_gap(settings: Settings) -> None:
    settings.ACCOUNTS = replace(settings.ACCOUNTS, otp_resend_after=timedelta(0))


def statuses(outcomes: list[Seen | Exception]) -> list[int]:
    """The statuses, sorted; whatever a thread raised is raised here."""
    raised = [each for each in outcomes if isinstance(each, Exception)]
    assert raised == []
    return sorted(each.status for each in outcomes if isinstance(each, Seen))


def forgot() -> Seen:
    return visitor.post("/auth/forgot-password", email=EMAIL)


def reset(digits: str, new_password: str = OTHER_PASSWORD) -> Seen:
    return visitor.post("/auth/reset-password", email=EMAIL, otp=digits, new_password=new_password)


def exchange(digits: str) -> Seen:
    return visitor.post("/auth/verify-otp", email=EMAIL, otp=digits, purpose="password_reset")


def ten_wrong(digits: str) -> Seen:
    """Ten wrong answers, one after the other; the last one is returned, all are refused."""
    refused = [reset(digits) for _ in range(10)]
    assert {each.refusal for each in refused} == {(422, "invalid_or_expired_otp", None)}
    return refused[-1]


def test_of_twenty_right_answers_one_sets_the_password() -> None:
    account()
    forgot()
    digits = code()
    new = [f"a new password, number {number}" for number in range(20)]

    outcomes = together(*[partial(reset, digits, each) for each in new])

    assert statuses(outcomes) == [200] + [422] * 19
    (winner,) = (at for at, each in enumerate(outcomes) if isinstance(each, Seen) and each.status == 200)
    assert User.objects.get().check_password(new[winner])
    assert [each.name for each in Job.objects.all()] == ["accounts.mail_password_changed"]


def test_of_twenty_right_answers_one_is_exchanged() -> None:
    account()
    forgot()
    digits = code()

    outcomes = together(*[partial(exchange, digits)] * 20)

    assert statuses(outcomes) == [200] + [422] * 19


def test_of_twenty_with_one_ticket_one_sets_the_password() -> None:
    account()
    forgot()
    ticket = exchange(code()).data["reset_token"]
    use = partial(visitor.post, "/auth/reset-password", reset_token=ticket, new_password=OTHER_PASSWORD)

    outcomes = together(*[use] * 20)

    assert statuses(outcomes) == [200] + [422] * 19
    assert User.objects.get().version == 2


def test_code_and_ticket_at_once_set_one_password() -> None:
    account()
    forgot()
    digits = code()

    outcomes = together(*[partial(reset, digits), partial(exchange, digits)] * 10)

    assert statuses(outcomes) == [200] + [422] * 19


def test_of_twenty_right_answers_one_makes_the_account() -> None:
    token = visitor.post("/auth/register", email=EMAIL, password=PASSWORD).data["registration_token"]
    digits = code()
    verify = partial(visitor.post, "/auth/verify-email", email=EMAIL, otp=digits, registration_token=token)

    outcomes = together(*[verify] * 20)

    assert statuses(outcomes) == [200] + [422] * 19
    assert (User.objects.count(), Session.objects.count(), PendingRegistration.objects.count()) == (1, 1, 0)


def test_of_twenty_right_answers_one_changes_the_address() -> None:
    account()
    me = login(visitor)
    me.post("/me/change-email", new_email="new@example.com", current_password=PASSWORD)
    digits = code()

    outcomes = together(*[partial(me.post, "/me/change-email/confirm", otp=digits)] * 20)

    assert statuses(outcomes) == [200] + [422] * 19
    assert (User.objects.get().email, User.objects.get().version) == ("new@example.com", 2)
    assert [each.name for each in Job.objects.all()] == ["accounts.mail_email_changed"]


def test_of_two_hundred_wrong_answers_five_are_evaluated_and_stay_counted() -> None:
    account()
    forgot()
    digits = code()

    outcomes = together(*[partial(ten_wrong, wrong(digits))] * 20)

    assert statuses(outcomes) == [422] * 20
    assert OneTimePassword.objects.get().tries == 5
    assert reset(digits).refusal == (422, "invalid_or_expired_otp", None)
    assert User.objects.get().check_password(PASSWORD)


def test_of_twenty_right_answers_at_once_five_are_compared() -> None:
    digits = otp.issue_code(otp.ask(subject=EMAIL, purpose=RESET))
    assert digits is not None

    outcomes = together(*[partial(otp.check, subject=EMAIL, purpose=RESET, code=digits, ip="192.0.2.1")] * 20)

    assert [type(each) for each in outcomes].count(InvalidOrExpiredOtp) == 15
    assert [type(each) for each in outcomes].count(OneTimePassword) == 5
    assert OneTimePassword.objects.get().tries == 5


def test_the_right_answer_in_a_crowd_of_wrong_ones_is_evaluated_or_not_but_never_as_a_sixth() -> None:
    account()
    forgot()
    digits = code()

    outcomes = together(*[partial(reset, wrong(digits))] * 15, partial(reset, digits), *[partial(reset, "x")] * 15)

    right = outcomes[15]
    assert isinstance(right, Seen)
    assert statuses([*outcomes[:15], *outcomes[16:]]) == [422] * 30
    assert OneTimePassword.objects.get().tries <= 5
    assert User.objects.get().check_password(OTHER_PASSWORD) is (right.status == 200)


def test_twenty_who_ask_at_once_leave_one_row_and_one_mail() -> None:
    account()

    outcomes = together(*[forgot] * 20)

    assert statuses(outcomes) == [202] * 5 + [429] * 15
    assert OneTimePassword.objects.count() == 1
    assert deliver() == 5
    (message,) = mail.outbox
    assert reset(codes_in(message)[0]).status == 200


def test_twenty_rows_asked_for_at_once_replace_one_another() -> None:
    outcomes = together(*[partial(otp.ask, subject=EMAIL, purpose=RESET)] * 20)

    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert OneTimePassword.objects.get().pk in outcomes


def test_asking_anew_while_the_code_is_used_ends_one_way_or_the_other() -> None:
    account()
    forgot()
    digits = code()

    outcomes = together(forgot, partial(reset, digits), forgot)

    asked, used, asked_too = outcomes
    assert isinstance(used, Seen)
    assert used.status in (200, 422)
    assert statuses([asked, asked_too]) == [202, 202]
    assert OneTimePassword.objects.count() == 1
    assert User.objects.get().check_password(OTHER_PASSWORD) is (used.status == 200)


def test_twenty_who_register_one_address_leave_one_registration_whose_code_works() -> None:
    register = partial(visitor.post, "/auth/register", email=EMAIL, password=PASSWORD)

    outcomes = together(*[register] * 20)

    assert statuses(outcomes) == [202] * 5 + [429] * 15
    assert (PendingRegistration.objects.count(), OneTimePassword.objects.count()) == (1, 1)
    digits = code()
    tokens = [each.data["registration_token"] for each in outcomes if isinstance(each, Seen) and each.status == 202]
    verified = [
        visitor.post("/auth/verify-email", email=EMAIL, otp=digits, registration_token=token).status for token in tokens
    ]
    assert sorted(verified) == [200, 422, 422, 422, 422]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("again", range(5))
def test_registering_anew_while_the_code_is_used_makes_one_account_at_most(again: int) -> None:
    token = visitor.post("/auth/register", email=EMAIL, password=PASSWORD).data["registration_token"]
    verify = partial(visitor.post, "/auth/verify-email", email=EMAIL, otp=code(), registration_token=token)
    register = partial(visitor.post, "/auth/register", email=EMAIL, password=OTHER_PASSWORD)

    outcomes = together(register, verify, register, verify, register)

    assert statuses([outcomes[0], outcomes[2], outcomes[4]]) == [202] * 3
    verified = statuses([outcomes[1], outcomes[3]])
    assert verified in ([200, 422], [422, 422])
    assert User.objects.count() == verified.count(200)
    assert [each.check_password(PASSWORD) for each in User.objects.all()] == [True] * verified.count(200)


@pytest.mark.parametrize("again", range(5))
def test_changing_and_confirming_an_address_at_once_never_wait_for_each_other(again: int) -> None:
    account()
    me = login(visitor)
    ask = partial(me.post, "/me/change-email", new_email="second@example.com", current_password=PASSWORD)
    me.post("/me/change-email", new_email="first@example.com", current_password=PASSWORD)
    confirm = partial(me.post, "/me/change-email/confirm", otp=code())

    outcomes = together(ask, confirm, ask, confirm)

    assert statuses([outcomes[0], outcomes[2]]) == [202, 202]
    confirmed = statuses([outcomes[1], outcomes[3]])
    assert confirmed in ([200, 422], [422, 422])
    assert User.objects.get().email == {1: "first@example.com", 0: EMAIL}[confirmed.count(200)]


def test_two_accounts_that_want_one_address_do_not_both_get_it() -> None:
    ada, bob = account(EMAIL), account("bob@example.com")
    tokens = [login(visitor, each.email) for each in (ada, bob)]
    confirms = []
    for me in tokens:
        me.post("/me/change-email", new_email="Wanted@example.com", current_password=PASSWORD)
        confirms.append(partial(me.post, "/me/change-email/confirm", otp=code()))

    outcomes = together(*confirms)

    assert statuses(outcomes) == [200, 422]
    assert User.objects.filter(email_key="wanted@example.com").count() == 1
