"""Whatever goes wrong, on whatever route, the answer is the one envelope: with DEBUG on as off, and nothing inside."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from psycopg.errors import LockNotAvailable, QueryCanceled
from pytest_django import Settings

from shop.kernel.ids import Prefix, public, uuid7
from shop.platform.http.envelope import JSON
from shop.platform.http.received import BodyTooSlow
from tests.contracts.callers import Caller, Request, able, good
from tests.contracts.conformance import KEYS, PLANTED
from tests.contracts.operations import Operation, operations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_shop")]

SECRET = "the-name-of-the-database"
DEEP = b"[" * 100_000


def away(*_: Any) -> None:
    raise OperationalError(f"could not connect to {SECRET}")


def slow(*_: Any) -> None:
    raise OperationalError(f"{SECRET} was too slow") from QueryCanceled()


def locked(*_: Any) -> None:
    raise OperationalError(f"{SECRET} is locked") from LockNotAvailable()


class NeverComing(BytesIO):
    """The body of a client that sends nothing more, as the server's entry gives it."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise BodyTooSlow


class Late(Request):
    """A request whose body does not come."""

    def answer(self, client: Client) -> HttpResponse:
        environ: dict[str, Any] = {"wsgi.input": NeverComing(), "CONTENT_LENGTH": "100"}
        found = client.generic(self.method, self.path, b"", JSON, headers=dict(self.headers), **environ)
        assert isinstance(found, HttpResponse)
        return found


def late(request: Request) -> Request:
    return Late(request.method, request.path, query=request.query, headers=request.headers)


def broken(*_: Any) -> None:
    raise RuntimeError(f"nobody thought of {SECRET}")


@dataclass(frozen=True)
class Failure:
    """A way to fail: what changes in a good request, and which answer follows."""

    name: str
    status: int
    code: str
    change: Callable[[Request], Request]
    on: Callable[[Operation], bool] = lambda operation: True
    database: Callable[..., None] | None = None

    def __str__(self) -> str:
        return self.name


def takes_body(operation: Operation) -> bool:
    return operation.body is not None


def needs_body(operation: Operation) -> bool:
    return operation.needs_body


def is_private(operation: Operation) -> bool:
    return not operation.is_public


def asks(name: str) -> Callable[[Operation], bool]:
    return lambda operation: name in operation.names("query")


def names_a_row(operation: Operation) -> bool:
    return any(name.endswith("_id") for name in operation.names("path"))


def sending(body: bytes) -> Callable[[Request], Request]:
    return lambda request: request.sending(body)


def asking(query: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, query=query)


def saying(**headers: str) -> Callable[[Request], Request]:
    return lambda request: request.saying(**headers)


def naming(shown_id: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        parts = [shown_id if part[3:4] == "_" else part for part in request.path.split("/")]
        return replace(request, path="/".join(parts))

    return change


def without_credentials(request: Request) -> Request:
    return replace(request, headers={name: said for name, said in request.headers.items() if name != "Authorization"})


FAILURES = [
    Failure("unknown url", 404, "not_found", lambda request: replace(request, path=request.path + "/no/such")),
    Failure("unknown method", 405, "method_not_allowed", lambda request: replace(request, method="PROPFIND")),
    Failure("html wanted", 406, "not_acceptable", saying(Accept="text/html")),
    Failure("no json wanted", 406, "not_acceptable", saying(Accept="application/json;q=0, text/csv")),
    Failure("large body", 413, "body_too_large", sending(b'"' + b"x" * 1024 * 1024 + b'"')),
    Failure("foreign host", 400, "bad_request", saying(Host="evil.example")),
    Failure("impossible host", 400, "bad_request", saying(Host="a b")),
    Failure("unknown parameter", 400, "unknown_parameter", asking("no_such=1")),
    Failure("token in the query", 400, "unknown_parameter", asking("access_token=sat_x")),
    Failure("query that is no text", 400, "bad_request", asking("no_such=%ff")),
    Failure("query with NUL", 400, "bad_request", asking("no_such=%00")),
    Failure("a thousand parameters", 400, "bad_request", asking("&".join(f"n{at}=1" for at in range(1001)))),
    *(
        Failure(f"doubled {name}", 400, "duplicate_parameter", asking(f"{name}=1&{name}=2"), on=asks(name))
        for name in ("limit", "country", "depth")
    ),
    *(
        Failure(f"bad {name}", 400, "invalid_parameter", asking(f"{name}=many"), on=asks(name))
        for name in ("limit", "country", "depth")
    ),
    Failure("unknown token", 401, "invalid_token", saying(Authorization="Bearer sat_unknown")),
    Failure("empty token", 401, "invalid_token", saying(Authorization="Bearer ")),
    Failure("other scheme", 401, "invalid_token", saying(Authorization="Basic YWRhOnBhc3N3b3Jk")),
    Failure("long token", 401, "invalid_token", saying(Authorization="Bearer " + "x" * 5000)),
    Failure("no credentials", 401, "not_authenticated", without_credentials, on=is_private),
    Failure("foreign id", 404, "not_found", naming(public(Prefix.ADDRESS, uuid7())), on=names_a_row),
    Failure("wrong prefix", 404, "not_found", naming(public(Prefix.PRODUCT, uuid7())), on=names_a_row),
    Failure("no id at all", 404, "not_found", naming("adr_"), on=names_a_row),
    Failure("form", 415, "unsupported_media_type", lambda r: replace(r, content_type="text/plain"), on=takes_body),
    Failure("charset", 415, "unsupported_media_type", lambda r: replace(r, content_type=LATIN), on=takes_body),
    Failure("no body", 400, "invalid_json", sending(b""), on=needs_body),
    Failure("broken json", 400, "invalid_json", sending(b'{"email": '), on=takes_body),
    Failure("doubled key", 400, "invalid_json", sending(b'{"email": "a", "email": "b"}'), on=takes_body),
    Failure("not a number", 400, "invalid_json", sending(b'{"email": NaN}'), on=takes_body),
    Failure("infinite number", 400, "invalid_json", sending(b'{"email": 1e400}'), on=takes_body),
    Failure("body that is no text", 400, "invalid_json", sending(b'{"email": "\xff"}'), on=takes_body),
    Failure("deep body", 400, "invalid_json", sending(DEEP), on=takes_body),
    Failure("unknown field", 422, "unknown_field", sending(b'{"no_such": 1}'), on=takes_body),
    Failure("list for an object", 422, "invalid_type", sending(b"[]"), on=takes_body),
    Failure("text with NUL", 422, "invalid_text", sending(b'{"no\\u0000such": 1}'), on=takes_body),
    Failure("database away", 503, "unavailable", saying(Authorization="Bearer sat_any"), database=away),
    Failure("database slow", 503, "too_slow", saying(Authorization="Bearer sat_any"), database=slow),
    Failure("database locked", 503, "too_busy", saying(Authorization="Bearer sat_any"), database=locked),
    Failure("late body", 408, "request_timeout", late, on=takes_body),
    Failure("unforeseen", 500, "internal_error", saying(Authorization="Bearer sat_any"), database=broken),
]
LATIN = "application/json; charset=latin-1"
WITH = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}
"""Headers that a status must have."""


@pytest.fixture
def ada(request: pytest.FixtureRequest) -> Caller:
    return able(request.node.callspec.params["operation"])


DEBUGGED = "updateAddress"
"""The default run has one operation with DEBUG too: it fails in most ways. The others are exhaustive."""
PLAYED = [
    pytest.param(
        operation,
        debug,
        id=f"{operation}-debug" if debug else f"{operation}",
        marks=[pytest.mark.exhaustive] if debug and operation.id != DEBUGGED else [],
    )
    for operation in operations()
    for debug in (False, True)
]


@pytest.mark.parametrize(("operation", "debug"), PLAYED)
def test_every_failure_of_every_route_has_the_envelope(
    client: Client, settings: Settings, ada: Caller, operation: Operation, debug: bool
) -> None:
    settings.DEBUG = debug
    request = good(operation, ada).saying(X_Request_Id=PLANTED + "0001")

    answers = {failure: answer(client, failure, request) for failure in of(operation)}

    assert [(str(failure), fault) for failure, found in answers.items() for fault in faults(failure, found)] == []


def of(operation: Operation) -> list[Failure]:
    """The ways in which this operation can fail."""
    return [failure for failure in FAILURES if failure.on(operation)]


def answer(client: Client, failure: Failure, request: Request) -> HttpResponse:
    """What is answered to the request, changed so that it fails; a key that it has is of this failure alone."""
    client.raise_request_exception = False
    if "Idempotency-Key" in request.headers:
        request = request.saying(Idempotency_Key=f"of {failure}")
    with connection.execute_wrapper(failure.database) if failure.database else nullcontext():
        return failure.change(request).answer(client)


def faults(failure: Failure, response: HttpResponse) -> Iterator[str]:
    """What is wrong with the answer to a failure."""
    text = response.content.decode()
    body = json.loads(text)
    codes = [error["code"] for error in body["errors"]]
    if response.status_code != failure.status or failure.code not in codes:
        yield f"{response.status_code} {codes} instead of {failure.status} {failure.code}"
    if list(body) != KEYS or body["success"] is not False or body["data"] is not None:
        yield f"no envelope of a failure: {body}"
    if any(list(error) != ["code", "message", "field", "params"] for error in body["errors"]):
        yield f"no errors: {body['errors']}"
    if (
        list(body["meta"].items())[-1:] != [("request_id", "planted-0001")]
        or response["X-Request-Id"] != PLANTED + "0001"
    ):
        yield f"another request id: {body['meta']}"
    if response["Content-Type"] != "application/json":
        yield f"the content type is {response['Content-Type']}"
    if WITH.get(failure.status, "X-Request-Id") not in response:
        yield f"{WITH[failure.status]} is missing"
    if failure.status == 503 and ("Retry-After" in response) == (failure.code == "too_slow"):
        yield "Retry-After is missing, or there for what is no better later"
    if SECRET in text or "Traceback" in text:
        yield "it tells what is inside"


READS = [operation for operation in operations() if operation.method == "GET"]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_head_is_get_without_a_body(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)
    read = request.answer(client)

    response = replace(request, method="HEAD").answer(client)

    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(len(read.content))
    assert response.get("ETag") == read.get("ETag")


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_options_names_the_methods(client: Client, operation: Operation) -> None:
    response = Request("OPTIONS", operation.path).answer(client)

    assert (response.status_code, json.loads(response.content)["data"]) == (200, None)
    assert {operation.method, "OPTIONS"} <= set(response["Allow"].split(", "))


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_trailing_slash_answers_the_same(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)

    response = replace(request, path=request.path + "/").answer(client)

    assert (response.status_code, json.loads(response.content)["success"]) == (operation.success, True)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a" * 8, True),
        ("A.z_9-" * 21, True),
        ("a" * 7, False),
        ("a" * 129, False),
        ("spaces in it", False),
        ("ä" * 9, False),
    ],
)
def test_a_request_id_is_echoed_if_it_is_one(client: Client, sent: str, kept: bool) -> None:
    response = client.get("/api/v1/no-such", headers={"X-Request-Id": sent})

    assert (response["X-Request-Id"] == sent) is kept
    assert response.json()["meta"] == {"request_id": response["X-Request-Id"]}
