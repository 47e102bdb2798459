"""Requests that Django itself can't take in: they reach the API middleware, and are answered in an envelope."""

import json
from io import BytesIO
from threading import BoundedSemaphore, Event, Thread
from typing import Any

import pytest
from django.core.signals import request_finished, request_started

from shop.checkout.models import Cart
from shop.platform.http import entry
from tests.platform.serving import served

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_connections")]


THOUSAND = "&".join(f"n{at}=%c3%a4" for at in range(1001))


def answer(
    content_type: str = "application/json", *, query: str = "", length: str = "2", **environment: Any
) -> tuple[int, Any]:
    """The status and the body of the answer to a login with the body {}."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/auth/login",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": length,
        "wsgi.input": BytesIO(b"{}"),
        **environment,
    }
    status, _, body = served(environ.pop("PATH_INFO"), **environ)
    return status, json.loads(body)


@pytest.mark.parametrize(
    ("content_type", "status", "code"),
    [
        ("application/json; charset=utf-8", 422, "required"),
        ("application/json; charset=rot13", 415, "unsupported_media_type"),
        ("application/json; charset=idna", 415, "unsupported_media_type"),
        ("application/json; charset=no-such", 415, "unsupported_media_type"),
        ("application/json; name*=no-such'en'x", 415, "unsupported_media_type"),
    ],
)
def test_a_content_type_breaks_nothing(content_type: str, status: int, code: str) -> None:
    found, body = answer(content_type)

    assert (found, body["errors"][0]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"HTTP_HOST": "localhost,evil.example"}, "Host"),
        ({"CONTENT_TYPE": "application/json,text/plain"}, "Content-Type"),
        ({"CONTENT_TYPE": "application/json; v=1,text/plain; charset=utf-8"}, "Content-Type"),
        ({"CONTENT_LENGTH": "2,3"}, "Content-Length"),
        ({"HTTP_AUTHORIZATION": "Bearer one,Bearer other"}, "Authorization"),
        ({"HTTP_AUTHORIZATION": "Basic one, bearer other"}, "Authorization"),
    ],
)
def test_two_values_of_a_header_that_a_server_has_joined_are_not_read(headers: dict[str, str], field: str) -> None:
    found, body = answer(**headers)

    assert (found, body["errors"]) == (
        400,
        [{"code": "bad_request", "message": "This header may be sent only once.", "field": field, "params": None}],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["one,other", ",", "one, other", "bearer,bearer"])
def test_a_comma_in_a_token_makes_it_invalid(token: str) -> None:
    found, body = answer(PATH_INFO="/api/v1/me", REQUEST_METHOD="GET", HTTP_AUTHORIZATION=f"Bearer {token}")

    assert (found, body["errors"][0]["code"]) == (401, "invalid_token")


def test_a_comma_within_quotes_joins_nothing() -> None:
    found, body = answer('application/json; profile="a\\",b"')

    assert (found, body["errors"][0]["code"]) == (422, "required")


@pytest.mark.parametrize(
    ("query", "code"), [("n=%c3%a4", "unknown_parameter"), (THOUSAND, "bad_request"), ("n=%e4", "bad_request")]
)
@pytest.mark.parametrize("charset", ["utf-8", "rot13", "idna", "latin-1"])
def test_a_query_is_read_as_utf_8_whatever_a_charset_says(charset: str, query: str, code: str) -> None:
    found, body = answer(f"application/json; charset={charset}", query=query)

    assert (found, body["errors"][0]["code"]) == (400, code)


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1.0", "two", "²", "٣"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    found, body = answer("application/json", length=length)

    assert (found, body["errors"][0]["field"]) == (400, "Content-Length")


class Broken(BytesIO):
    """The client went away."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("connection reset")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"email": "jane@example.com"}'])
@pytest.mark.parametrize(
    "came", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"SERVER_PROTOCOL": "HTTP/2", "HTTP_X_REQUEST_ID": "request-1"}]
)
def test_a_body_without_a_length_is_not_acted_on(came: dict[str, Any], body: bytes) -> None:
    sent = body if "HTTP_TRANSFER_ENCODING" in came else body + b"{}"
    without: dict[str, Any] = {"CONTENT_LENGTH": "", "wsgi.input": BytesIO(sent), "PATH_INFO": "/api/v1/carts", **came}

    status, answered = answer(**without)

    assert status == 400
    assert answered["errors"][0]["field"] == "Transfer-Encoding"
    assert answered["errors"][0]["code"] == "bad_request"
    assert not Cart.objects.exists()


class Waiting(BytesIO):
    """A client that sends nothing till it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.is_read, self.is_gone = Event(), Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.is_read.set()
        self.is_gone.wait(60)
        return b""


def test_only_so_many_bodies_are_waited_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = BoundedSemaphore(1)
    monkeypatch.setattr(entry, "_slots", lambda: one)
    first = Waiting()
    reader = Thread(target=entry.Awaited(first).read)
    reader.start()
    first.is_read.wait(60)

    status, answered = answer()

    assert (status, answered["errors"][0]["code"]) == (408, "request_timeout")
    assert not Cart.objects.exists()

    first.is_gone.set()
    reader.join()
    assert answer()[0] != 408


def test_a_body_that_ends_early_is_told_so() -> None:
    gone: dict[str, Any] = {"wsgi.input": Broken()}

    found, answered = answer(length="100", **gone)

    assert (found, answered["message"]) == (400, "The body ended early.")


def test_a_body_that_is_shorter_than_it_was_said_to_be_is_not_acted_on() -> None:
    found, answered = answer(length="100")

    assert (found, answered["message"]) == (400, "The body ended early.")


def test_the_signals_of_a_request_are_sent_for_the_api() -> None:
    sent: list[str] = []

    def note_start(environ: dict[str, Any], **_: object) -> None:
        sent.append(f"started {environ['PATH_INFO']}")

    def note_end(**_: object) -> None:
        sent.append("finished")

    request_started.connect(note_start)
    request_finished.connect(note_end)
    status, _, _ = served("/api/v1/store")
    request_started.disconnect(note_start)
    request_finished.disconnect(note_end)

    assert status == 200
    assert sent == ["started /api/v1/store", "finished"]


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/store"])
def test_everything_there_is_an_envelope(path: str) -> None:
    status, headers, body = served(path)

    assert (status, headers["Content-Type"]) == (404, "application/json")
    assert json.loads(body)["errors"][0]["code"] == "not_found"
