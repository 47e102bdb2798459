"""The lines that the process writes: form, secrets, and one line a request."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client

from shop.platform.logs import access, configure, outline, pseudonym

SECRETS = (
    "hunter2-hunter2",
    "123456",
    "sat_Zm9vYmFyYmF6cXV4Zm9v",
    "srt_Zm9vYmFyYmF6cXV4Zm9v",
    "shk_Zm9vYmFyYmF6cXV4Zm9v",
    "crt_Zm9vYmFyYmF6cXV4Zm9v",
    "4242424242424242",
)


@pytest.fixture(autouse=True)
def settings_again() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    configure({"level": "INFO", "json": False})


def test_secrets_that_are_fed_in_do_not_come_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "DEBUG", "json": True})
    password, code, *others = SECRETS
    log = structlog.get_logger("shop.secrets")

    log.info("signed in", password=password, otp=code, headers={"Authorization": f"Bearer {others[0]}"}, body=others)
    log.warning("failed for %s", others[1])
    logging.getLogger("elsewhere").warning("saw %s and %s", others[2], {"password": password, "code": others[3]})
    logging.getLogger("elsewhere").error("broke", exc_info=ValueError(" ".join(others)))

    written = capsys.readouterr()
    assert [secret for secret in SECRETS if secret in written.out + written.err] == []
    assert len(written.out.splitlines()) == 4


def test_in_production_each_line_is_one_json_object_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": True})

    logging.getLogger("shop.one").info("two\nlines")
    logging.getLogger("shop.one").debug("too quiet")

    written = capsys.readouterr()
    line = json.loads(written.out)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "two\nlines", "level": "info", "logger": "shop.one"}
    assert written.err == ""


def test_in_development_lines_are_readable_and_leave_standard_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": False})

    structlog.get_logger("shop.one").info("stock held", variants=3)

    written = capsys.readouterr()
    assert "stock held" in written.err
    assert "variants=3" in written.err
    assert written.out == ""


def test_a_request_is_one_line_with_the_route_template(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": True})

    access(
        method="GET",
        route="/api/v1/carts/{cart_id}",
        status=200,
        duration_ms=12.345,
        request_id="req_0123456789",
        actor="",
    )

    line = json.loads(capsys.readouterr().out)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/api/v1/carts/{cart_id}",
        "status": 200,
        "duration_ms": 12.3,
        "request_id": "req_0123456789",
        "actor": "anonymous",
    }


def test_an_access_line_names_a_user_by_a_keyed_hash(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": True})
    user = "0192f0c1-a2b3-7c4d-8e5f-0123456789ab"

    access(method="GET", route="/api/v1/me", status=200, duration_ms=1, request_id="req_0123456789", actor=user)

    written = capsys.readouterr().out
    assert json.loads(written)["actor"] == pseudonym(user)
    assert user not in written


def test_a_passing_health_check_is_no_line_and_a_failing_one_is(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": True})

    access(method="GET", route="/health/ready", status=200, duration_ms=1, request_id="req_0123456789", actor="")
    access(method="GET", route="/health/ready", status=503, duration_ms=1, request_id="req_0123456789", actor="")

    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["status"]) == ("error", 503)


def test_an_access_line_takes_nothing_over_that_a_client_made_up(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": False})

    access(method="G\nET", route="/", status=405, duration_ms=1, request_id="crt_0123456789abcdef", actor="")

    written = capsys.readouterr().err
    assert written.split(" ", 1)[1] == "405 OTHER / 1 ms anonymous crt_[scrubbed]\n"


def test_a_failing_request_is_an_error_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "ERROR", "json": True})

    access(method="GET", route="/", status=500, duration_ms=1, request_id="req_0123456789", actor="")
    access(method="GET", route="/", status=200, duration_ms=1, request_id="req_0123456789", actor="")

    assert json.loads(capsys.readouterr().out)["level"] == "error"


def test_django_does_not_repeat_what_the_access_line_says(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "DEBUG", "json": True})

    logging.getLogger("django.request").warning("Not Found: %s", "/carts/private")
    logging.getLogger("django.request").error("Service Unavailable: %s", "/carts/private")
    logging.getLogger("django.server").error('"GET /carts/private HTTP/1.1" 500 0')

    assert capsys.readouterr() == ("", "")


def test_an_unforeseen_error_is_logged_with_its_traceback_but_not_with_the_raw_path(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure({"level": "INFO", "json": True})

    error = ZeroDivisionError("nothing to share")
    logging.getLogger("django.request").error("Internal Server Error: %s", "/carts/private", exc_info=error)

    line = json.loads(capsys.readouterr().out)
    assert line["event"] == "unforeseen error"
    assert line["exception"].endswith("ZeroDivisionError: nothing to share")
    assert "private" not in str(line)


def test_a_foreign_host_is_a_warning_of_one_line(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": True})

    response = client.get("/", headers={"host": "foreign.example" + "x" * 500})

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    said = [line for line in lines if line.get("logger") == "django.security.DisallowedHost"]
    assert (response.status_code, [line["level"] for line in lines if line["level"] == "error"]) == (400, [])
    assert [(line["level"], line["event"][:48], "exception" in line) for line in said] == [
        ("warning", "Invalid HTTP_HOST header: 'foreign.examplexxxxxx", False)
    ]
    assert len(said[0]["event"]) == 200


def test_configuring_twice_does_not_double_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": True})
    configure({"level": "INFO", "json": True})

    logging.getLogger("shop.one").info("once")

    assert len(capsys.readouterr().out.splitlines()) == 1


def test_in_development_a_line_shows_the_address_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": False})

    access(
        method="GET",
        route="/api/v1/carts/{cart_id}",
        status=200,
        duration_ms=1,
        request_id="req_0123456789",
        actor="",
        url="/api/v1/carts/crt_0123456789abcdef?country=DE&order_token=hunter2-hunter2",
    )

    written = capsys.readouterr().err
    assert "200 GET /api/v1/carts/crt_[scrubbed]?country=DE&order_token=[scrubbed] 1 ms" in written


@pytest.mark.parametrize("url", ["/static/admin/css/base.css", "/media/products/a.png", "/health/ready?x=1"])
def test_in_development_files_and_health_checks_are_no_lines_unless_they_fail(
    capsys: pytest.CaptureFixture[str], url: str
) -> None:
    configure({"level": "INFO", "json": False})

    access(method="GET", route="/static/…", status=304, duration_ms=1, request_id="req_1", actor="", url=url)
    access(method="GET", route="/static/…", status=404, duration_ms=1, request_id="req_1", actor="", url=url)

    assert [line.split(" ")[1] for line in capsys.readouterr().err.splitlines()] == ["404"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/v1/produkts", "/api/v1/produkts"),
        ("/wp-login.php", "/wp-login.php"),
        ("/static/admin/css/base.css", "/static/admin/css/base.css"),
        ("/api/v1/carts/crt_01hzxk3v9q8m2n4p6r7s8t9v0w/line", "/api/v1/carts/{…}/line"),
        ("/reset/MQ/c1a2b3-0123456789abcdef/", "/reset/MQ/{…}/"),
        ("/jane@example.com", "/{…}"),
        ("/a\nb", "/{…}"),
        ("/abcdefghijklmnopqrstuvwxyz", "/{…}"),
        ("/" + "a/" * 200, "/" + "a/" * 99 + "a"),
    ],
)
def test_an_unknown_address_is_logged_without_what_could_be_a_key(path: str, shown: str) -> None:
    assert outline(path) == shown


def test_what_nobody_may_see_leaves_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure({"level": "INFO", "json": True})

    refused = PermissionError("not yours")
    logging.getLogger("django.request").warning("Forbidden: %s", "/admin/", exc_info=refused)

    assert capsys.readouterr() == ("", "")


def test_django_brings_no_handler_that_writes_all_again() -> None:
    configure({"level": "INFO", "json": False})

    assert logging.getLogger("django").handlers == []
