"""What a failing database is told as: away, too slow, or busy."""

from typing import Literal

import psycopg.errors
import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client

from shop.platform.connections import limit_to


def caused_by(cause: Exception) -> OperationalError:
    failure = OperationalError(str(cause))
    failure.__cause__ = cause
    return failure


@pytest.mark.parametrize(
    ("failure", "code", "retry_after"),
    [
        (caused_by(psycopg.errors.QueryCanceled("canceling statement due to statement timeout")), "too_slow", None),
        (caused_by(psycopg.errors.LockNotAvailable()), "too_busy", "2"),
        (caused_by(psycopg.errors.DeadlockDetected()), "too_busy", "2"),
        (caused_by(Exception("database is locked")), "too_busy", "2"),
        (caused_by(psycopg.errors.AdminShutdown()), "unavailable", "1"),
        (InterfaceError("connection already closed"), "unavailable", "1"),
    ],
)
@pytest.mark.django_db
def test_a_failing_statement_has_the_code_of_its_trouble(
    client: Client, monkeypatch: pytest.MonkeyPatch, failure: Exception, code: str, retry_after: str | None
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("django.db.models.query.QuerySet._fetch_all", fails)

    response = client.get("/api/v1/store")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (503, code)
    assert response.headers.get("Retry-After") == retry_after


@pytest.mark.parametrize(("kind", "statement_timeout"), [("server", "15s"), ("worker", "60s")])
def test_a_process_that_is_always_there_limits_what_a_command_does_not(
    kind: Literal["server", "worker"], statement_timeout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"options": "-c statement_timeout=0"}}
    monkeypatch.setattr(connections, "settings", {"default": database})
    monkeypatch.setattr(connection, "close", lambda: None)

    limit_to(kind)

    assert database["OPTIONS"] == {
        "options": "-c jit=off -c lock_timeout=2s"
        f" -c statement_timeout={statement_timeout} -c idle_in_transaction_session_timeout=20s"
    }
