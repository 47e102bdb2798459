"""Requests that Django itself can't take in: they come to the gate all the same, and are answered in an envelope."""

import json
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse
from wsgiref.util import setup_testing_defaults

import pytest

from shop.platform.http.entry import Application

pytestmark = pytest.mark.django_db

THOUSAND = "&".join(f"n{at}=%c3%a4" for at in range(1001))


def answer(
    content_type: str = "application/json", *, query: str = "", length: str = "2", **environment: Any
) -> tuple[int, Any]:
    """The status and the body of the answer to a login with the body {}."""
    statuses: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        statuses.append(status)

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/auth/login",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": length,
        "HTTP_HOST": "localhost",
        "wsgi.input": BytesIO(b"{}"),
        **environment,
    }
    setup_testing_defaults(environ)
    started: StartResponse = start  # type: ignore[assignment]
    body = b"".join(Application()(environ, started))
    return int(statuses[0][:3]), json.loads(body)


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


class Slow(BytesIO):
    """Gives a few bytes at a time, as chunks come in."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 1000))


class Broken(BytesIO):
    """The client went away."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("connection reset")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"email": "%s"}' % (b"a" * 10_000), 422, "too_long"),
        (b" " * (1024 * 1024 - 2) + b"{}", 422, "required"),
        (b" " * (1024 * 1024 - 1) + b"{}", 413, "body_too_large"),
    ],
)
def test_a_body_in_chunks_is_read_as_any_other(body: bytes, status: int, code: str) -> None:
    chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input": Slow(body)}

    found, answered = answer(**chunked)

    assert (found, answered["errors"][0]["code"]) == (status, code)


def test_a_body_that_ends_early_is_told_so() -> None:
    gone: dict[str, Any] = {"wsgi.input": Broken()}

    found, answered = answer(length="100", **gone)

    assert (found, answered["message"]) == (400, "The body ended early.")
