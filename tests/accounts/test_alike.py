"""No answer says whether an account exists: neither its status, body or headers, nor what the database is asked.

Time is measured by bench/enumeration.py, with the real server and the real hash.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from shop.accounts.models import OneTimePassword, Session, User
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
    hashes,
    login,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "limits_on", "ada")]

CHANGING = {"registration_token"}
Call = Callable[[Visitor, str], Seen]


def asked_of_the_database(call: Call, visitor: Visitor, email: str) -> tuple[Seen, list[tuple[str, int]]]:
    """The answer, and the statements without their values, each with how many rows it found or wrote.

    A commit that has written takes longer than one that has not, so rows count too.
    """
    asked: list[tuple[str, int]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        asked.append((_shape(sql), context["cursor"].rowcount if _writes(sql) else 0))
        return result

    with connection.execute_wrapper(note):
        seen = call(visitor, email)
    return seen, asked


def _writes(sql: str) -> bool:
    return sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))


def _shape(sql: str) -> str:
    sql = re.sub(r"'(?:[^']|'')*'(::\w+)?|\b\d+\b|\b[0-9a-f]{32}\b", "?", sql)
    return re.sub(r'"s\d+_\w+"|_x\d+', "savepoint", sql)


def told(seen: Seen) -> Any:
    """What an answer gives away, but for tokens and the request's id."""
    data = {name: value for name, value in (seen.data or {}).items() if name not in CHANGING}
    headers = {name: value for name, value in seen.headers.items() if name != "X-Request-Id"}
    return seen.status, seen.body["message"], seen.body["errors"], data, headers


def register(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/register", email=email, password=OTHER_PASSWORD, first_name="Somebody")


def log_in(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/login", email=email, password=OTHER_PASSWORD)


def log_in_with_neither(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/login", email=email, password="neither this nor that")


def forgot(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/forgot-password", email=email)


def exchange(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/verify-otp", email=email, otp="not it", purpose="password_reset")


def reset(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/reset-password", email=email, otp="not it", new_password=OTHER_PASSWORD)


def resend(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/resend-verification", email=email, registration_token="srg_guessed")


def verify(visitor: Visitor, email: str) -> Seen:
    return visitor.post("/auth/verify-email", email=email, otp="not it", registration_token="srg_guessed")


CALLS = [register, log_in, forgot, exchange, reset, resend, verify]


@pytest.mark.parametrize("call", CALLS)
def test_known_and_unknown_addresses_are_answered_alike(call: Call) -> None:
    known, statements_of_known = asked_of_the_database(call, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(call, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


@pytest.mark.parametrize("call", CALLS)
def test_the_second_time_they_are_answered_alike_too(call: Call) -> None:
    call(Visitor(ip="192.0.2.7"), EMAIL)
    call(Visitor(ip="192.0.2.8"), UNKNOWN)
    deliver()

    known, statements_of_known = asked_of_the_database(call, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(call, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


@pytest.mark.parametrize("call", [exchange, reset])
def test_after_asking_for_a_code_they_are_answered_alike(call: Call) -> None:
    forgot(Visitor(), EMAIL)
    forgot(Visitor(), UNKNOWN)
    deliver()

    known, statements_of_known = asked_of_the_database(call, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(call, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


@pytest.mark.parametrize("call", [exchange, reset])
def test_when_all_tries_are_used_up_they_are_answered_alike(call: Call) -> None:
    forgot(Visitor(), EMAIL)
    forgot(Visitor(), UNKNOWN)
    deliver()
    _ = [(exchange(Visitor(), EMAIL), exchange(Visitor(), UNKNOWN)) for _ in range(5)]

    known, statements_of_known = asked_of_the_database(call, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(call, Visitor(ip="192.0.2.8"), UNKNOWN)

    tries = dict(OneTimePassword.objects.values_list("subject", "tries"))
    assert tries == {EMAIL: 5, UNKNOWN: 0}
    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


@pytest.mark.usefixtures("no_gap")
@pytest.mark.parametrize("call", [exchange, reset])
def test_when_the_tries_of_the_day_are_used_up_they_are_answered_alike(call: Call) -> None:
    tried = [try_five_times() for _ in range(4)]
    _ = [forgot(Visitor(ip="192.0.2.9"), email) for email in (EMAIL, UNKNOWN)]
    deliver()
    _ = [call(Visitor(ip="192.0.2.10"), email) for email in (EMAIL, UNKNOWN)]

    known, statements_of_known = asked_of_the_database(call, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(call, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert tried == [{422}] * 4
    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


def try_five_times() -> set[int]:
    """A code is asked for and tried out, for both addresses; what the tries were answered with."""
    _ = [forgot(Visitor(), email) for email in (EMAIL, UNKNOWN)]
    deliver()
    places = [f"192.0.2.{each}" for each in range(20, 25)]
    return {exchange(Visitor(ip=place), email).status for place in places for email in (EMAIL, UNKNOWN)}


@pytest.mark.parametrize("call", [log_in, forgot, register])
def test_an_account_that_is_switched_off_is_answered_like_an_unknown_one(call: Call) -> None:
    User.objects.update(is_active=False)

    off, statements_of_off = asked_of_the_database(call, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(call, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert told(off) == told(unknown)
    assert statements_of_off == statements_of_unknown


def test_the_right_password_of_an_account_that_is_switched_off_computes_as_many_hashes_as_a_wrong_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    User.objects.update(is_active=False)
    computed = hashes(monkeypatch)

    seen = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD)

    assert (seen.refusal, len(computed)) == ((401, "invalid_credentials", None), 2)
    assert Session.objects.count() == 0


@pytest.mark.parametrize("call", [log_in_with_neither, forgot])
def test_a_registration_that_waits_is_answered_like_an_unknown_one(call: Call) -> None:
    Visitor().post("/auth/register", email="carl@example.com", password=PASSWORD)

    waiting, statements_of_waiting = asked_of_the_database(call, Visitor(ip="192.0.2.7"), "carl@example.com")
    unknown, statements_of_unknown = asked_of_the_database(call, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert told(waiting) == told(unknown)
    assert statements_of_waiting == statements_of_unknown


def test_the_owner_of_a_registration_is_answered_alike_whether_or_not_the_address_is_known() -> None:
    tokens = {email: register(Visitor(), email).data["registration_token"] for email in (EMAIL, UNKNOWN)}
    deliver()

    def verify_own(visitor: Visitor, email: str) -> Seen:
        return visitor.post("/auth/verify-email", email=email, otp="not it", registration_token=tokens[email])

    known, statements_of_known = asked_of_the_database(verify_own, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(verify_own, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert known.status == 422
    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


def test_who_registers_and_logs_in_with_that_password_is_answered_alike_whether_or_not_the_address_is_known() -> None:
    register(Visitor(), EMAIL)
    register(Visitor(), UNKNOWN)

    known, statements_of_known = asked_of_the_database(log_in, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(log_in, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert known.refusal == (403, "email_not_verified", None)
    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown
    assert User.objects.get().check_password(PASSWORD)
    assert Session.objects.count() == 0


def test_after_twenty_four_hours_that_login_is_answered_alike_too(clock: time_machine.Traveller) -> None:
    register(Visitor(), EMAIL)
    register(Visitor(), UNKNOWN)
    clock.shift(timedelta(hours=24))

    known, statements_of_known = asked_of_the_database(log_in, Visitor(ip="192.0.2.7"), EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(log_in, Visitor(ip="192.0.2.8"), UNKNOWN)

    assert known.refusal == (401, "invalid_credentials", None)
    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


@pytest.mark.parametrize("call", [log_in, log_in_with_neither])
@pytest.mark.parametrize("registered", [[], [EMAIL, UNKNOWN]])
def test_a_login_that_fails_computes_two_hashes_whoever_is_known(
    call: Call, registered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = [register(Visitor(), email) for email in registered]
    computed = hashes(monkeypatch)

    known = call(Visitor(ip="192.0.2.7"), EMAIL)
    hashes_of_known = len(computed)
    unknown = call(Visitor(ip="192.0.2.8"), UNKNOWN)

    assert (hashes_of_known, len(computed)) == (2, 4)
    assert told(known) == told(unknown)
    assert Session.objects.count() == 0


def test_the_owner_waits_for_one_hash_also_while_somebody_has_registered_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(Visitor(), EMAIL)
    computed = hashes(monkeypatch)

    seen = Visitor().post("/auth/login", email=EMAIL, password=PASSWORD)

    assert (seen.status, len(computed)) == (200, 1)
    assert Session.objects.get().user.email == EMAIL


def test_asking_to_move_to_a_known_address_is_answered_like_moving_to_an_unknown_one() -> None:
    movers = [login(Visitor(), account(f"mover{each}@example.com").email) for each in range(2)]

    def change(visitor: Visitor, email: str) -> Seen:
        return visitor.post("/me/change-email", new_email=email, current_password=PASSWORD)

    known, statements_of_known = asked_of_the_database(change, movers[0], EMAIL)
    unknown, statements_of_unknown = asked_of_the_database(change, movers[1], UNKNOWN)

    assert known.status == 202
    assert told(known) == told(unknown)
    assert statements_of_known == statements_of_unknown


def test_the_right_answer_is_another_matter() -> None:
    forgot(Visitor(), EMAIL)
    digits = code()

    seen = Visitor().post("/auth/verify-otp", email=EMAIL, otp=digits, purpose="password_reset")

    assert seen.status == 200
