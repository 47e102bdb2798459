"""What a server for ASGI hands over: however broken it is, it is answered in an envelope."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from shop.platform.http import entry_async
from shop.platform.http.entry_async import Application
from shop.platform.http.received import LARGEST_BODY

JSON = b"application/json"
MiB = b" " * LARGEST_BODY


def part(body: bytes, *, more: bool = True) -> Mapping[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


GONE = {"type": "http.disconnect"}


def answer(sent: Sequence[Mapping[str, Any]], *besides: tuple[bytes, bytes], **headers: bytes) -> tuple[int, Any, int]:
    """The status and the body of the answer to a login, and how many of these messages were taken."""
    left, answers = list(sent), []

    async def receive() -> Mapping[str, Any]:
        if left:
            return left.pop(0)
        return await asyncio.Future()  # a client that waits

    async def send(message: Mapping[str, Any]) -> None:
        answers.append(message)

    said = {
        "content-type": JSON,
        "host": b"localhost",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/auth/login",
        "query_string": b"",
        "headers": [*((name.encode(), value) for name, value in said.items()), *besides],
    }
    asyncio.run(Application()(scope, receive, send))
    body = b"".join(each.get("body", b"") for each in answers)
    return answers[0]["status"], json.loads(body), len(sent) - len(left)


@pytest.mark.parametrize(
    ("sent", "headers", "status", "code"),
    [
        ([part(b"{}", more=False)], {}, 422, "required"),
        ([part(b"{"), part(b"}", more=False)], {"transfer_encoding": b"chunked"}, 422, "required"),
        (
            [part(b"{}", more=False)],
            {"content_type": b"application/json; name*=no-such'en'x"},
            415,
            "unsupported_media_type",
        ),
        ([part(MiB), part(b"{}", more=False)], {"transfer_encoding": b"chunked"}, 413, "body_too_large"),
        ([part(MiB), part(MiB), part(MiB)], {"transfer_encoding": b"chunked"}, 413, "body_too_large"),
    ],
)
def test_a_body_is_read_as_by_any_other_server(
    sent: Sequence[Mapping[str, Any]], headers: dict[str, bytes], status: int, code: str
) -> None:
    found, body, _ = answer(sent, **headers)

    assert (found, body["errors"][0]["code"]) == (status, code)


def test_of_what_is_said_to_be_too_large_nothing_is_taken() -> None:
    found, body, taken = answer([part(MiB)], content_length=b"999999999999")

    assert (found, body["errors"][0]["code"], taken) == (413, "body_too_large", 0)


def test_of_what_turns_out_to_be_too_large_the_rest_is_not_taken() -> None:
    _, _, taken = answer([part(MiB), part(b"more"), part(b"and more")])

    assert taken == 2


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        ([part(b"{}"), GONE], {"transfer_encoding": b"chunked"}),
        ([part(b"{}"), GONE], {"content_length": b"100"}),
        ([part(b"{}", more=False)], {"content_length": b"100"}),
    ],
    ids=["chunks without an end", "gone in the middle", "a part of it"],
)
def test_a_body_that_ends_early_is_told_so(sent: Sequence[Mapping[str, Any]], headers: dict[str, bytes]) -> None:
    found, body, _ = answer(sent, **headers)

    assert (found, body["message"]) == (400, "The body ended early.")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ((b"content-type", b"application/json"), "Content-Type"),
        ((b"idempotency-key", b"another-key-of-22-characters"), "Idempotency-Key"),
        ((b"authorization", b"Bearer other"), "Authorization"),
        ((b"host", b"evil.example"), "Host"),
    ],
)
def test_a_header_that_may_come_once_does_not_come_twice(header: tuple[bytes, bytes], field: str) -> None:
    found, body, _ = answer(
        [part(b"{}", more=False)], header, idempotency_key=b"one-key-with-22-characters", authorization=b"Bearer one"
    )

    assert (found, body["errors"][0]["field"]) == (400, field)


def test_the_twin_of_a_header_is_not_heard() -> None:
    found, body, _ = answer([part(b"{}", more=False)], (b"content_type", b"text/plain"))

    assert (found, body["errors"][0]["code"]) == (422, "required")


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_async, "BODY_SECONDS", -2.0)  # beside the seconds that a whole MiB has

    found, body, _ = answer([part(b"{")], content_length=b"100")

    assert (found, body["errors"][0]["code"]) == (408, "request_timeout")
