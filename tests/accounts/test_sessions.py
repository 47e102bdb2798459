"""Devices that are logged in, and the chains of their tokens."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from shop.accounts.models import RefreshToken, Session, User
from shop.accounts.operations import sessions
from tests.accounts.visitor import EMAIL, PASSWORD, UNKNOWN, Seen, Visitor, account, deliver, login

pytestmark = pytest.mark.django_db

DEAD = (401, "invalid_refresh_token", None)


@pytest.fixture
def tokens(ada: User, visitor: Visitor, clock: time_machine.Traveller) -> Any:
    """Ada's first pair."""
    return visitor.post("/auth/login", email=EMAIL, password=PASSWORD).data


def refresh(visitor: Visitor, pair: Any) -> Seen:
    return visitor.post("/auth/refresh", refresh_token=pair["refresh_token"])


def lives(visitor: Visitor, pair: Any) -> bool:
    return visitor.holding(pair["access_token"]).get("/me").status == 200


def refresh_every_day(visitor: Visitor, pair: Any, clock: time_machine.Traveller, *, days: int) -> Any:
    for _ in range(days):
        clock.shift(timedelta(days=1))
        pair = refresh(visitor, pair).data
    return pair


def test_refreshing_gives_a_new_pair_and_the_old_one_is_dead(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=1))

    seen = refresh(visitor, tokens)

    assert seen.status == 200
    assert list(seen.data) == list(tokens)
    assert (seen.data["expires_in"], seen.data["refresh_expires_in"]) == (900, 2_592_000)
    assert lives(visitor, seen.data)
    assert not lives(visitor, tokens)
    clock.shift(timedelta(seconds=11))
    assert refresh(visitor, tokens).refusal == DEAD


def test_an_access_token_lives_fifteen_minutes(visitor: Visitor, tokens: Any, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(seconds=899))
    before = lives(visitor, tokens)
    clock.shift(timedelta(seconds=1))

    after = visitor.holding(tokens["access_token"]).get("/me")

    assert before
    assert after.refusal == (401, "invalid_token", None)
    assert refresh(visitor, tokens).status == 200


def test_a_refresh_token_lives_thirty_days_without_use(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=30) - timedelta(seconds=1))
    second = refresh(visitor, tokens)
    clock.shift(timedelta(days=30))

    late = refresh(visitor, second.data)

    assert second.status == 200
    assert late.refusal == DEAD


def test_a_session_lives_ninety_days_however_often_it_is_refreshed(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    pair = refresh_every_day(visitor, tokens, clock, days=89)
    clock.shift(timedelta(days=1) - timedelta(seconds=10))

    last = refresh(visitor, pair)

    assert last.status == 200
    assert (last.data["expires_in"], last.data["refresh_expires_in"]) == (10, 10)
    clock.shift(timedelta(seconds=10))
    assert not lives(visitor, last.data)
    assert refresh(visitor, last.data).refusal == DEAD


def test_racing_tabs_get_the_same_pair_for_ten_seconds(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    first = refresh(visitor, tokens)
    clock.shift(timedelta(seconds=10))

    second = refresh(visitor, tokens)

    assert second.status == 200
    assert second.data["access_token"] == first.data["access_token"]
    assert second.data["refresh_token"] == first.data["refresh_token"]
    assert (second.data["expires_in"], second.data["refresh_expires_in"]) == (890, 2_591_990)
    assert RefreshToken.objects.count() == 2


def test_after_ten_seconds_an_old_token_ends_its_session_and_the_owner_is_told(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    pair = refresh(visitor, tokens).data
    clock.shift(timedelta(seconds=10, milliseconds=1))

    seen = refresh(visitor, tokens)

    assert seen.refusal == DEAD
    assert not lives(visitor, pair)
    assert refresh(visitor, pair).refusal == DEAD
    assert Session.objects.get().ending == "reuse"
    deliver()
    assert [(each.to, each.subject) for each in mail.outbox] == [([EMAIL], "A device was logged out")]


def test_a_used_token_ends_its_session_also_after_it_would_have_expired(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    newest = refresh_every_day(visitor, tokens, clock, days=40)
    sessions.purge()

    seen = refresh(visitor, tokens)

    assert seen.refusal == DEAD
    assert not lives(visitor, newest)
    assert refresh(visitor, newest).refusal == DEAD
    assert Session.objects.get().ending == "reuse"
    deliver()
    assert [(each.to, each.subject) for each in mail.outbox] == [([EMAIL], "A device was logged out")]


def test_an_unused_token_that_has_expired_ends_nothing(
    visitor: Visitor, tokens: Any, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=30))

    seen = refresh(visitor, tokens)

    assert seen.refusal == DEAD
    assert (Session.objects.get().ended_at, deliver()) == (None, 0)


def test_the_owner_is_told_once(visitor: Visitor, tokens: Any, clock: time_machine.Traveller) -> None:
    refresh(visitor, tokens)
    clock.shift(timedelta(seconds=11))

    refused = [refresh(visitor, tokens).refusal for _ in range(3)]

    assert refused == [DEAD] * 3
    assert deliver() == 1


def test_once_the_successor_was_used_the_old_token_ends_the_session(visitor: Visitor, tokens: Any) -> None:
    second = refresh(visitor, tokens).data
    third = refresh(visitor, second).data

    seen = refresh(visitor, tokens)

    assert seen.refusal == DEAD
    assert not lives(visitor, third)
    assert Session.objects.get().ending == "reuse"


def test_reuse_ends_that_session_alone(visitor: Visitor, tokens: Any, clock: time_machine.Traveller) -> None:
    other = login(visitor)
    refresh(visitor, tokens)
    clock.shift(timedelta(seconds=11))

    refresh(visitor, tokens)

    assert other.get("/me").status == 200


@pytest.mark.parametrize("token", ["srt_unknown", "x", "sat_" + "x" * 43])
def test_an_unknown_token_is_refused(visitor: Visitor, tokens: Any, token: str) -> None:
    seen = visitor.post("/auth/refresh", refresh_token=token)

    assert seen.refusal == DEAD
    assert lives(visitor, tokens)


def test_an_access_token_does_not_refresh_and_a_refresh_token_opens_nothing(visitor: Visitor, tokens: Any) -> None:
    by_access = visitor.post("/auth/refresh", refresh_token=tokens["access_token"])
    by_refresh = visitor.holding(tokens["refresh_token"]).get("/me")

    assert by_access.refusal == DEAD
    assert by_refresh.refusal == (401, "invalid_token", None)


def test_an_account_that_is_switched_off_is_out_at_once(visitor: Visitor, tokens: Any) -> None:
    User.objects.update(is_active=False)

    assert not lives(visitor, tokens)
    assert refresh(visitor, tokens).refusal == DEAD


class TestLoggingOut:
    def test_by_bearer_token(self, visitor: Visitor, tokens: Any) -> None:
        seen = visitor.holding(tokens["access_token"]).post("/auth/logout")

        assert (seen.status, seen.data) == (200, None)
        assert not lives(visitor, tokens)
        assert refresh(visitor, tokens).refusal == DEAD
        assert Session.objects.get().ending == "logout"

    def test_by_bearer_token_without_a_body(self, visitor: Visitor, tokens: Any) -> None:
        seen = visitor.holding(tokens["access_token"]).call("POST", "/auth/logout")

        assert seen.status == 200
        assert not lives(visitor, tokens)

    def test_by_refresh_token(self, visitor: Visitor, tokens: Any) -> None:
        seen = visitor.post("/auth/logout", refresh_token=tokens["refresh_token"])

        assert seen.status == 200
        assert not lives(visitor, tokens)

    def test_an_unknown_refresh_token_is_no_mistake(self, visitor: Visitor, tokens: Any) -> None:
        seen = visitor.post("/auth/logout", refresh_token="srt_unknown")

        assert seen.status == 200
        assert lives(visitor, tokens)

    def test_without_any_token(self, visitor: Visitor, tokens: Any) -> None:
        seen = visitor.post("/auth/logout")

        assert seen.refusal == (401, "not_authenticated", None)
        assert lives(visitor, tokens)

    def test_of_this_device_alone(self, visitor: Visitor, tokens: Any) -> None:
        other = login(visitor)

        visitor.holding(tokens["access_token"]).post("/auth/logout")

        assert other.get("/me").status == 200

    def test_everywhere(self, visitor: Visitor, tokens: Any) -> None:
        account(UNKNOWN)
        stranger, other = login(visitor, UNKNOWN), login(visitor)

        seen = other.post("/auth/logout-all")

        assert (seen.status, seen.data) == (200, None)
        assert other.get("/me").status == 401
        assert not lives(visitor, tokens)
        assert refresh(visitor, tokens).refusal == DEAD
        assert stranger.get("/me").status == 200

    def test_everywhere_needs_a_token(self, visitor: Visitor, tokens: Any) -> None:
        seen = visitor.post("/auth/logout-all")

        assert seen.refusal == (401, "not_authenticated", None)
        assert lives(visitor, tokens)


class TestDevices:
    def test_are_listed_the_last_login_first(self, visitor: Visitor, tokens: Any, clock: Any) -> None:
        clock.shift(timedelta(seconds=1))
        second = visitor.post("/auth/login", email=EMAIL, password=PASSWORD, device_name="Kitchen").data

        seen = visitor.holding(tokens["access_token"]).get("/me/sessions")

        assert [(each["device_name"], each["is_current"]) for each in seen.data] == [("Kitchen", False), (None, True)]
        assert seen.data[0] | {"id": ""} == {
            "id": "",
            "device_name": "Kitchen",
            "user_agent": None,
            "ip": "192.0.2.1",
            "is_current": False,
            "version": 1,
            "created_at": "2026-11-22T08:43:20Z",
            "updated_at": "2026-11-22T08:43:20Z",
            "last_seen_at": "2026-11-22T08:43:20Z",
            "expires_at": "2027-02-20T08:43:20Z",
        }
        assert seen.body["meta"]["pagination"] == {"limit": 24, "next": None, "previous": None}
        assert lives(visitor, second)

    def test_come_in_pages_both_ways(self, visitor: Visitor, tokens: Any, clock: Any) -> None:
        clock.shift(timedelta(seconds=1))
        login(visitor)
        clock.shift(timedelta(seconds=1))
        me = login(visitor)

        whole = me.get("/me/sessions").data
        first = me.get("/me/sessions?limit=2")
        second = me.get(f"/me/sessions?limit=2&cursor={first.body['meta']['pagination']['next']}")
        back = me.get(f"/me/sessions?limit=2&cursor={second.body['meta']['pagination']['previous']}")

        assert first.data + second.data == whole
        assert (len(first.data), len(second.data)) == (2, 1)
        assert back.data == first.data
        assert second.body["meta"]["pagination"]["next"] is None

    def test_a_cursor_of_somebody_else_is_refused(self, visitor: Visitor, tokens: Any) -> None:
        account(UNKNOWN)
        login(visitor)
        mine = visitor.holding(tokens["access_token"]).get("/me/sessions?limit=1")

        seen = login(visitor, UNKNOWN).get(f"/me/sessions?cursor={mine.body['meta']['pagination']['next']}")

        assert seen.refusal == (400, "invalid_cursor", "cursor")

    def test_that_are_logged_out_or_too_old_are_not_listed(self, visitor: Visitor, tokens: Any, clock: Any) -> None:
        login(visitor).post("/auth/logout")
        clock.shift(timedelta(days=90))

        seen = login(visitor).get("/me/sessions")

        assert [each["is_current"] for each in seen.data] == [True]

    def test_can_be_logged_out_one_by_one(self, visitor: Visitor, tokens: Any) -> None:
        me = login(visitor)
        (other,) = (each["id"] for each in me.get("/me/sessions").data if not each["is_current"])

        seen = me.delete(f"/me/sessions/{other}")

        assert (seen.status, seen.data) == (200, None)
        assert not lives(visitor, tokens)
        assert refresh(visitor, tokens).refusal == DEAD
        assert me.get("/me").status == 200
        assert me.delete(f"/me/sessions/{other}").refusal == (404, "not_found", None)

    def test_of_somebody_else_are_not_there(self, visitor: Visitor, tokens: Any) -> None:
        account(UNKNOWN)
        mine = visitor.holding(tokens["access_token"]).get("/me/sessions").data[0]["id"]

        seen = login(visitor, UNKNOWN).delete(f"/me/sessions/{mine}")

        assert seen.refusal == (404, "not_found", None)
        assert lives(visitor, tokens)

    @pytest.mark.parametrize("name", ["ses_x", "usr_00000000000000000000000000", "1", "%00", "ses_" + "7" * 26])
    def test_that_do_not_exist_are_not_there(self, visitor: Visitor, tokens: Any, name: str) -> None:
        seen = visitor.holding(tokens["access_token"]).delete(f"/me/sessions/{name}")

        assert seen.status == 404
        assert lives(visitor, tokens)

    def test_are_noted_as_seen_every_five_minutes(self, visitor: Visitor, tokens: Any, clock: Any) -> None:
        clock.shift(timedelta(minutes=5))
        lives(visitor, tokens)
        at_five = Session.objects.get().last_seen_at
        clock.shift(timedelta(seconds=1))
        lives(visitor, tokens)

        later = Session.objects.get().last_seen_at

        assert later - at_five == timedelta(minutes=5, seconds=1)


def test_old_sessions_are_forgotten_after_a_month(visitor: Visitor, tokens: Any, clock: Any) -> None:
    visitor.holding(tokens["access_token"]).post("/auth/logout")
    clock.shift(timedelta(days=30) - timedelta(seconds=1))
    sessions.purge()
    before = Session.objects.count()
    clock.shift(timedelta(seconds=1))

    sessions.purge()

    assert (before, Session.objects.count(), RefreshToken.objects.count()) == (1, 0, 0)


def test_sessions_that_live_are_not_forgotten(visitor: Visitor, tokens: Any, clock: Any) -> None:
    pair = refresh_every_day(visitor, tokens, clock, days=40)

    sessions.purge()

    assert refresh(visitor, pair).status == 200
    assert RefreshToken.objects.count() == 42
