"""Many at once with sessions and accounts: one successor, and nothing that outlives its end."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from shop.accounts.models import Address, PendingEmail, RefreshToken, Session, User
from shop.platform.models import Job
from tests.accounts.visitor import EMAIL, OTHER_PASSWORD, PASSWORD, Seen, Visitor, account, code, login
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ADDRESS = {"company": "Engines", "line1": "Friedrichstr. 43", "city": "Berlin", "postal_code": "10117", "country": "DE"}
visitor = Visitor()
enter = partial(visitor.post, "/auth/login", email=EMAIL, password=PASSWORD)


def seen(outcomes: list[Seen | Exception]) -> list[Seen]:
    """The answers; whatever a thread raised is raised here."""
    raised = [each for each in outcomes if isinstance(each, Exception)]
    assert raised == []
    return [each for each in outcomes if isinstance(each, Seen)]


def statuses(outcomes: list[Seen | Exception]) -> list[int]:
    return sorted(each.status for each in seen(outcomes))


def lives(pair: Any) -> bool:
    return visitor.holding(pair["access_token"]).get("/me").status == 200


def test_twenty_refreshes_of_one_token_get_one_pair() -> None:
    account()
    pair = enter().data

    outcomes = together(*[partial(visitor.post, "/auth/refresh", refresh_token=pair["refresh_token"])] * 20)

    answers = seen(outcomes)
    assert {each.status for each in answers} == {200}
    assert len({(each.data["access_token"], each.data["refresh_token"]) for each in answers}) == 1
    assert RefreshToken.objects.count() == 2
    assert lives(answers[0].data)
    assert Job.objects.count() == 0


@pytest.mark.parametrize("again", range(3))
def test_refreshing_while_logging_out_leaves_nothing_alive(again: int) -> None:
    account()
    pair = enter().data
    refresh = partial(visitor.post, "/auth/refresh", refresh_token=pair["refresh_token"])
    log_out = partial(visitor.holding(pair["access_token"]).post, "/auth/logout")

    outcomes = together(refresh, refresh, log_out, refresh)

    answers = seen(outcomes)
    assert {each.status for each in answers} <= {200, 401}
    after_refresh = [each.data for each in (answers[0], answers[1], answers[3]) if each.status == 200]
    ended = answers[2].status == 200  # if it came last its token was renewed already
    assert [lives(each) for each in after_refresh] == [not ended] * len(after_refresh)


@pytest.mark.parametrize("again", range(5))
def test_a_login_with_the_old_password_does_not_outlive_a_reset(again: int) -> None:
    account()
    visitor.post("/auth/forgot-password", email=EMAIL)
    reset = partial(visitor.post, "/auth/reset-password", email=EMAIL, otp=code(), new_password=OTHER_PASSWORD)

    outcomes = together(*[enter] * 6, reset, *[enter] * 6)

    answers = seen(outcomes)
    assert answers[6].status == 200
    assert {each.status for each in (*answers[:6], *answers[7:])} <= {200, 401}
    assert Session.objects.filter(ended_at=None).count() == 0
    assert User.objects.get().check_password(OTHER_PASSWORD)


@pytest.mark.parametrize("again", range(3))
def test_a_refresh_does_not_outlive_a_reset(again: int) -> None:
    account()
    pairs = [enter().data for _ in range(6)]
    visitor.post("/auth/forgot-password", email=EMAIL)
    reset = partial(visitor.post, "/auth/reset-password", email=EMAIL, otp=code(), new_password=OTHER_PASSWORD)
    refreshes = [partial(visitor.post, "/auth/refresh", refresh_token=each["refresh_token"]) for each in pairs]

    outcomes = together(*refreshes, reset)

    assert {each.status for each in seen(outcomes)[:6]} <= {200, 401}
    assert Session.objects.filter(ended_at=None).count() == 0


def test_of_two_changes_with_one_current_password_one_wins() -> None:
    account()
    me = login(visitor)
    new = [f"a new password, number {number}" for number in range(6)]
    changes = [partial(me.post, "/auth/change-password", current_password=PASSWORD, new_password=each) for each in new]

    outcomes = together(*changes)

    assert statuses(outcomes) == [200] + [422] * 5
    (winner,) = (at for at, each in enumerate(seen(outcomes)) if each.status == 200)
    assert User.objects.get().check_password(new[winner])


@pytest.mark.parametrize("again", range(5))
def test_nothing_personal_comes_back_into_an_account_that_is_closed_meanwhile(again: int, settings: Settings) -> None:
    settings.ACCOUNTS = replace(settings.ACCOUNTS, otp_resend_after=timedelta(0))
    account()
    me = login(visitor)
    close = partial(me.delete, "/me", current_password=PASSWORD)
    rename = partial(me.patch, "/me", first_name="Adamantina")
    add = partial(me.post, "/me/addresses", **ADDRESS)
    move = partial(me.post, "/me/change-email", new_email="next@example.com", current_password=PASSWORD)
    forgot = partial(visitor.post, "/auth/forgot-password", email=EMAIL)

    outcomes = together(rename, add, move, close, rename, add, move, enter, forgot)

    answers = seen(outcomes)
    assert answers[3].status == 200
    assert {each.status for each in answers} <= {200, 201, 202, 401}
    user = User.objects.get()
    assert (user.first_name, user.is_active, user.email) == ("", False, f"closed+{user.pk}@invalid")
    assert Address.objects.count() == 0
    assert PendingEmail.objects.count() == 0
    assert Session.objects.filter(ended_at=None).count() == 0


def test_twenty_logins_of_a_registration_that_need_not_be_confirmed_make_one_account(settings: Settings) -> None:
    settings.ACCOUNTS = replace(settings.ACCOUNTS, require_email_verification=False)
    visitor.post("/auth/register", email=EMAIL, password=PASSWORD)

    outcomes = together(*[enter] * 20)

    assert statuses(outcomes) == [200] * 20
    assert (User.objects.count(), Session.objects.count()) == (1, 20)


def test_of_twenty_failed_logins_five_are_evaluated(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, limits_on=True, limits={"auth-ip": "off"}, redis_url="")
    account()

    outcomes = together(*[partial(visitor.post, "/auth/login", email=EMAIL, password="not the password")] * 20)

    assert statuses(outcomes) == [401] * 5 + [429] * 15


def test_a_book_with_room_for_five_takes_five_of_twenty() -> None:
    ada = account()
    Address.objects.bulk_create([Address(user=ada, **ADDRESS) for _ in range(45)])
    me = login(visitor)

    outcomes = together(*[partial(me.post, "/me/addresses", **ADDRESS)] * 20)

    assert statuses(outcomes) == [201] * 5 + [409] * 15
    assert Address.objects.count() == 50


def test_twenty_new_defaults_at_once_leave_one() -> None:
    account()
    me = login(visitor)
    add = partial(me.post, "/me/addresses", **ADDRESS, is_default_shipping=True, is_default_billing=True)

    outcomes = together(*[add] * 20)

    assert statuses(outcomes) == [201] * 20
    assert Address.objects.filter(is_default_shipping=True).count() == 1
    assert Address.objects.filter(is_default_billing=True).count() == 1
