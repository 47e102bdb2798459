"""Staff logs in to the admin API: with tokens of its own, for as long as it is staff."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core import mail

from shop.accounts.models import Session, User
from shop.accounts.operations import administration, sessions
from shop.kernel.ids import Prefix, public
from tests.accounts.visitor import (
    EMAIL,
    OTHER_PASSWORD,
    PASSWORD,
    STAFF,
    Seen,
    Visitor,
    account,
    deliver,
    hashes,
    login,
    login_as_staff,
)

pytestmark = pytest.mark.django_db

WRONG = (401, "invalid_credentials", None)
DEAD = (401, "invalid_refresh_token", None)
INVALID = (401, "invalid_token", None)
OPEN = "/admin/auth/logout"
"""An operation that any staff token opens."""


@pytest.fixture
def grace(db: None) -> User:
    return account(STAFF, first_name="Grace", is_staff=True)


@pytest.fixture
def tokens(grace: User, visitor: Visitor, clock: time_machine.Traveller) -> Any:
    """Grace's first pair."""
    return visitor.post("/admin/auth/login", email=STAFF, password=PASSWORD).data


def refresh(visitor: Visitor, pair: Any) -> Seen:
    return visitor.post("/admin/auth/refresh", refresh_token=pair["refresh_token"])


def use(visitor: Visitor, pair: Any) -> tuple[int, str]:
    """What a staff token is answered where it is needed: the first mistake, if any. It ends nothing."""
    seen = visitor.holding(pair["access_token"]).call("POST", OPEN + "?no_such=1")
    return seen.status, seen.code


def refresh_often(visitor: Visitor, pair: Any, clock: time_machine.Traveller, *, times: int) -> Any:
    """The newest pair, after so many times 25 minutes."""
    for _ in range(times):
        clock.shift(timedelta(minutes=25))
        pair = refresh(visitor, pair).data
    return pair


def fail_at_both(visitor: Visitor, *, times: int) -> None:
    """So many logins with a wrong password at the admin API, and at the storefront."""
    for path in ["/admin/auth/login", "/auth/login"] * times:
        visitor.post(path, email=STAFF, password=OTHER_PASSWORD)


LIVES, IS_DEAD = (400, "unknown_parameter"), (401, "invalid_token")


def test_staff_is_given_tokens_and_told_what_it_may(grace: User, visitor: Visitor) -> None:
    grace.user_permissions.add(Permission.objects.get(codename="view_order"))

    seen = visitor.post("/admin/auth/login", email="GRACE@example.com", password=PASSWORD, device_name="Office")

    assert (seen.status, seen.data["access_token"][:4], seen.data["refresh_token"][:4]) == (200, "saa_", "sar_")
    assert (seen.data["expires_in"], seen.data["refresh_expires_in"]) == (900, 1800)
    assert (seen.data["user"]["first_name"], seen.data["permissions"]) == ("Grace", ["orders:read"])
    session = Session.objects.get()
    assert (session.audience, session.device_name) == (Session.Audience.ADMIN, "Office")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"is_superuser": True},
        {"is_staff": True, "is_active": False},
    ],
)
def test_whoever_is_not_staff_is_refused_as_for_a_wrong_password(visitor: Visitor, fields: dict[str, Any]) -> None:
    account(EMAIL, **fields)

    seen = visitor.post("/admin/auth/login", email=EMAIL, password=PASSWORD)

    assert seen.refusal == WRONG
    assert Session.objects.count() == 0


@pytest.mark.usefixtures("limits_on")
@pytest.mark.parametrize("fields", [{}, {"is_superuser": True}, {"is_staff": True, "is_active": False}])
def test_the_right_password_of_whoever_is_not_staff_counts_as_a_failure(
    visitor: Visitor, fields: dict[str, Any], clock: time_machine.Traveller
) -> None:
    account(EMAIL, **fields)

    statuses = [visitor.post("/admin/auth/login", email=EMAIL, password=PASSWORD).status for _ in range(6)]

    assert statuses == [401] * 5 + [429]
    assert Session.objects.count() == 0


@pytest.mark.usefixtures("limits_on")
def test_the_password_of_a_registration_that_waits_counts_as_a_failure_too(
    visitor: Visitor, clock: time_machine.Traveller
) -> None:
    visitor.post("/auth/register", email=EMAIL, password=PASSWORD)

    statuses = [visitor.post("/admin/auth/login", email=EMAIL, password=PASSWORD).status for _ in range(6)]

    assert statuses == [401] * 5 + [429]
    assert (User.objects.count(), Session.objects.count()) == (0, 0)


@pytest.mark.parametrize("password", [PASSWORD, OTHER_PASSWORD])
def test_a_customers_password_costs_as_many_hashes_as_a_wrong_one(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    account(EMAIL)
    computed = hashes(monkeypatch)

    seen = visitor.post("/admin/auth/login", email=EMAIL, password=password)

    assert (seen.refusal, len(computed)) == (WRONG, 2)
    assert Session.objects.count() == 0


def test_a_wrong_password_is_refused(grace: User, visitor: Visitor) -> None:
    seen = visitor.post("/admin/auth/login", email=STAFF, password=OTHER_PASSWORD)

    assert seen.refusal == WRONG
    assert Session.objects.count() == 0


@pytest.mark.usefixtures("limits_on")
def test_failed_logins_count_together_with_those_of_the_storefront(grace: User, visitor: Visitor) -> None:
    fail_at_both(visitor, times=3)

    seen = visitor.post("/admin/auth/login", email=STAFF, password=PASSWORD)

    assert (seen.status, seen.code) == (429, "rate_limited")
    assert Session.objects.count() == 0


def test_a_login_at_the_storefront_gives_staff_no_staff_token(grace: User, visitor: Visitor) -> None:
    shopping = login(visitor, STAFF)

    assert shopping.get("/me").status == 200
    assert shopping.post(OPEN).refusal == (403, "forbidden", None)
    assert Session.objects.get().ended_at is None


def test_a_staff_token_opens_nothing_of_the_storefront(grace: User, visitor: Visitor) -> None:
    at_work = login_as_staff(visitor)

    assert at_work.get("/me").refusal == INVALID
    assert at_work.get("/products").refusal == INVALID
    assert at_work.post("/auth/logout-all").refusal == INVALID
    assert Session.objects.get().ended_at is None


def test_refreshing_gives_another_staff_pair_and_the_old_one_is_dead(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=1))

    seen = refresh(visitor, tokens)

    assert (seen.status, seen.data["access_token"][:4], seen.data["refresh_expires_in"]) == (200, "saa_", 1800)
    assert (use(visitor, seen.data), use(visitor, tokens)) == (LIVES, IS_DEAD)


def test_tabs_that_race_are_given_the_same_staff_pair(visitor: Visitor, tokens: Any) -> None:
    first, second = refresh(visitor, tokens), refresh(visitor, tokens)

    assert second.data["refresh_token"] == first.data["refresh_token"]


def test_an_old_staff_token_that_comes_back_ends_the_session(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    following = refresh(visitor, tokens).data
    clock.shift(timedelta(seconds=11))

    assert refresh(visitor, tokens).refusal == DEAD
    assert (use(visitor, following), refresh(visitor, following).refusal) == (IS_DEAD, DEAD)
    assert Session.objects.get().ending == Session.Ending.REUSE


def test_a_stolen_staff_token_that_comes_back_after_half_an_hour_ends_the_session(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    newest = refresh_often(visitor, tokens, clock, times=3)
    sessions.purge()

    stolen = refresh(visitor, tokens)

    assert stolen.refusal == DEAD
    assert (use(visitor, newest), refresh(visitor, newest).refusal) == (IS_DEAD, DEAD)
    assert Session.objects.get().ending == Session.Ending.REUSE
    deliver()
    assert [(each.to, each.subject) for each in mail.outbox] == [([STAFF], "A device was logged out")]


def test_a_refresh_token_is_good_where_it_was_given_alone(grace: User, visitor: Visitor, tokens: Any) -> None:
    shopping = visitor.post("/auth/login", email=STAFF, password=PASSWORD).data

    assert refresh(visitor, shopping).refusal == DEAD
    assert visitor.post("/auth/refresh", refresh_token=tokens["refresh_token"]).refusal == DEAD
    assert Session.objects.filter(ended_at=None).count() == 2
    assert use(visitor, tokens) == LIVES


def test_a_staff_session_ends_when_it_is_not_refreshed_for_half_an_hour(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=30))

    assert refresh(visitor, tokens).refusal == DEAD


def test_a_staff_session_ends_after_twelve_hours_however_often_it_is_refreshed(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    tokens = refresh_often(visitor, tokens, clock, times=28)
    clock.shift(timedelta(minutes=15))
    last = refresh(visitor, tokens).data

    clock.shift(timedelta(minutes=5))

    assert last["expires_in"] == 300
    assert (use(visitor, last), refresh(visitor, last).refusal) == (IS_DEAD, DEAD)


def test_a_storefront_token_neither_lists_nor_ends_staff_sessions(grace: User, visitor: Visitor, tokens: Any) -> None:
    at_work = public(Prefix.SESSION, Session.objects.get().pk)
    shopping = login(visitor, STAFF)

    listed = shopping.get("/me/sessions?include=total")
    ended = shopping.delete(f"/me/sessions/{at_work}")

    assert [each["is_current"] for each in listed.data] == [True]
    assert listed.body["meta"]["pagination"]["total"] == 1
    assert ended.refusal == (404, "not_found", None)
    assert use(visitor, tokens) == LIVES


def test_logging_out_everywhere_at_the_storefront_ends_no_staff_session(
    grace: User, visitor: Visitor, tokens: Any
) -> None:
    shopping = login(visitor, STAFF)

    seen = shopping.post("/auth/logout-all")

    assert (seen.status, shopping.get("/me").refusal) == (200, INVALID)
    assert use(visitor, tokens) == LIVES


def test_logging_out_ends_this_session_alone(visitor: Visitor, tokens: Any) -> None:
    elsewhere = login_as_staff(visitor)

    seen = visitor.holding(tokens["access_token"]).post(OPEN)

    assert seen.status == 200
    assert (use(visitor, tokens), refresh(visitor, tokens).refusal) == (IS_DEAD, DEAD)
    assert use(visitor, {"access_token": elsewhere.token}) == LIVES


def test_a_changed_password_ends_staff_sessions(grace: User, visitor: Visitor, tokens: Any) -> None:
    shopping = login(visitor, STAFF)

    shopping.post("/auth/change-password", current_password=PASSWORD, new_password=OTHER_PASSWORD)

    assert (use(visitor, tokens), refresh(visitor, tokens).refusal) == (IS_DEAD, DEAD)
    assert shopping.get("/me").status == 200


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_losing_what_makes_staff_ends_their_tokens_at_once(
    grace: User, visitor: Visitor, tokens: Any, field: str
) -> None:
    User.objects.filter(pk=grace.pk).update(**{field: False})

    assert (use(visitor, tokens), refresh(visitor, tokens).refusal) == (IS_DEAD, DEAD)


def test_who_becomes_staff_again_logs_in_again(grace: User, visitor: Visitor, tokens: Any) -> None:
    login(visitor, STAFF)
    grace.is_staff = False

    with administration.changing(grace, old_email=STAFF, was_active=True, was_staff=True):
        grace.save()
    User.objects.filter(pk=grace.pk).update(is_staff=True)

    assert (use(visitor, tokens), refresh(visitor, tokens).refusal) == (IS_DEAD, DEAD)
    assert list(Session.objects.filter(ended_at=None).values_list("audience", flat=True)) == ["storefront"]
