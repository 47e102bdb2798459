"""Sentry and OpenTelemetry see the API by its route templates, and nothing that opens something."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from shop.project import monitoring
from shop.project.env import ROOT, Misconfigured, env
from tests.project.test_env import PRODUCTION

SECRETS = ("0123456789abcdefghijk", "correct horse battery", "203.0.113.7", "of-a-client.example", "Browser/")
OF_THE_SCRIPT = {"pre_context", "context_line", "post_context", "exception.stacktrace"}
"""Lines of source code, which say the password of the script."""


def watched_by(tool: str, which: str = "routes") -> tuple[list[int], list[dict[str, Any]]]:
    """The statuses of some requests to a process of its own, and what the tool was told about them."""
    answers, sent = answers_watched_by(tool, which)
    return [status for status, _, _ in answers], sent


def answers_watched_by(tool: str, which: str) -> tuple[list[Any], list[dict[str, Any]]]:
    """The same with whole answers: the status, the headers and the body of each."""
    process = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", "-m", "tests.project.monitored_shop", tool, which],
        env=PRODUCTION
        | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "ALLOWED_HOSTS": "localhost",
            "DATABASE_URL": "sqlite:///:memory:",
            "DJANGO_SETTINGS_MODULE": "shop.project.settings",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    result = json.loads(process.stdout.rpartition("RESULT ")[2])
    return result["answers"], result["sent"]


def texts(value: object) -> str:
    """All that was sent but lines of source code."""
    match value:
        case dict():
            return " ".join(texts(each) for name, each in value.items() if name not in OF_THE_SCRIPT)
        case list():
            return " ".join(map(texts, value))
        case _:
            return str(value)


@pytest.mark.slow
def test_sentry_sees_requests_by_their_templates_and_errors_without_secrets() -> None:
    statuses, sent = watched_by("sentry")

    requests = [each for each in sent if each.get("type") == "transaction"]
    errors = [each for each in sent if each.get("type") != "transaction"]
    assert statuses == [200, 500, 404]
    assert [(each["transaction"], each["contexts"]["response"]["status_code"]) for each in requests] == [
        ("/api/v1/boxes/{box_id}", 200),
        ("/api/v1/slips/{box_id}", 500),
        ("/api/v1/nothing/{…}", 404),
    ]
    assert [(each["transaction"], each["exception"]["values"][0]["type"]) for each in errors] == [
        ("/api/v1/slips/{box_id}", "RuntimeError")
    ]
    assert errors[0]["exception"]["values"][0]["mechanism"] == {"type": "django", "handled": False}
    assert errors[0]["request"] == {"method": "GET", "url": "/api/v1/slips/{box_id}"}
    assert [secret for secret in SECRETS if secret in texts(sent)] == []


@pytest.mark.slow
def test_opentelemetry_sees_requests_by_their_templates_and_errors_without_secrets() -> None:
    statuses, spans = watched_by("opentelemetry")

    assert statuses == [200, 500, 404]
    assert [(each["name"], each["attributes"]["http.route"], each["status"]["status_code"]) for each in spans] == [
        ("GET /api/v1/boxes/{box_id}", "/api/v1/boxes/{box_id}", "UNSET"),
        ("GET /api/v1/slips/{box_id}", "/api/v1/slips/{box_id}", "ERROR"),
        ("GET /api/v1/nothing/{…}", "/api/v1/nothing/{…}", "UNSET"),
    ]
    assert [event["attributes"]["exception.type"] for each in spans for event in each["events"]] == ["RuntimeError"]
    assert [secret for secret in SECRETS if secret in texts(spans)] == []


@pytest.mark.slow
def test_a_foreign_host_is_refused_by_the_api_and_not_by_health_checks_while_spans_are_sent() -> None:
    (health, refused, served), spans = answers_watched_by("opentelemetry", "hosts")

    assert (health[0], refused[0], served[0]) == (200, 400, 200)
    assert json.loads(refused[2])["message"] == "Invalid Host header."
    assert refused[1]["X-Request-Id"].startswith("req_")
    assert [each["name"] for each in spans] == ["GET /api/v1/boxes/{box_id}"]


@pytest.mark.slow
def test_an_error_of_a_page_is_sent_once_and_without_secrets() -> None:
    statuses, (span,) = watched_by("opentelemetry", "page")

    assert statuses == [500]
    assert (span["name"], span["status"]) == ("GET /slips/<box_id>", {"status_code": "ERROR"})
    assert [event["attributes"]["exception.message"] for event in span["events"]] == ["slipped with crt_[scrubbed]"]
    assert [secret for secret in SECRETS if secret in json.dumps(span)] == []


@pytest.mark.slow
def test_no_header_and_no_address_is_an_attribute_of_a_span() -> None:
    _, spans = watched_by("opentelemetry")

    assert sorted(spans[0]["attributes"]) == [
        *("http.flavor", "http.method", "http.route", "http.scheme", "http.status_code"),
    ]


@pytest.mark.slow
def test_opentelemetry_continues_no_trace_of_a_client() -> None:
    _, (span,) = watched_by("opentelemetry", "traced")

    assert span["parent_id"] is None
    assert span["context"]["trace_id"] != "0x0123456789abcdef0123456789abcdef"


@pytest.mark.slow
def test_a_client_cannot_have_its_request_traced_by_sentry() -> None:
    statuses, sent = watched_by("sentry", "traced")

    assert statuses == [200]
    assert sent == []


@pytest.mark.parametrize(
    ("variables", "package", "sentence"),
    [
        (
            {"sentry_dsn": "http://public@127.0.0.1:9/1"},
            "sentry_sdk",
            "SENTRY_DSN needs a package: pip install -r requirements-sentry.txt.",
        ),
        (
            {"otel_exporter_otlp_endpoint": "http://127.0.0.1:9"},
            "opentelemetry",
            "OTEL_EXPORTER_OTLP_ENDPOINT needs packages: pip install -r requirements-opentelemetry.txt.",
        ),
    ],
)
def test_a_missing_package_stops_the_start(
    variables: dict[str, str], package: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = env().model_copy(update=variables)
    monkeypatch.setattr(monitoring, "env", lambda: asked)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(Misconfigured) as stopped:
        monitoring.start()

    assert str(stopped.value) == f"The shop does not start. {sentence}"
