"""What a failing database is told as: away, too slow, or busy."""

import psycopg.errors
import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client
from pytest_django import Settings

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


def test_a_server_limits_what_a_command_does_not(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    database = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"options": "-c statement_timeout=0"}}
    monkeypatch.setattr(connections, "settings", {"default": database})
    monkeypatch.setattr(connection, "close", lambda: None)

    limit_to("server")

    assert database["OPTIONS"] == {
        "options": "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=20s -c jit=off"
    }
