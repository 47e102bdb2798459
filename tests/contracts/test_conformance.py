"""The validator of answers sees what is wrong with one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from shop.platform.http.envelope import Enveloped
from tests.contracts.conformance import Undocumented, faults

GOOD: dict[str, Any] = {
    "success": True,
    "message": "A code was sent to this email address.",
    "data": {"expires_in": 300, "resend_after": 30},
    "errors": [],
    "meta": {"request_id": "req_01"},
}
REFUSED: dict[str, Any] = {
    "success": False,
    "message": "The body is not valid JSON.",
    "data": None,
    "errors": [{"code": "invalid_json", "message": "The body is not valid JSON.", "field": None, "params": None}],
    "meta": {"request_id": "req_01"},
}


def response(body: object, status: int, kind: str = "application/json", **headers: str) -> HttpResponse:
    known = {"X-Request-Id": "req_0001"} | {name.replace("_", "-"): value for name, value in headers.items()}
    text = json.dumps(body).replace("req_01", "req_0001")
    return HttpResponse(text, status=status, content_type=kind, headers=known)


def found(answer: HttpResponse, method: str = "POST", path: str = "/api/v1/auth/forgot-password") -> list[str]:
    return list(faults(method, path, answer))


def test_promised_answers_pass() -> None:
    refused = response(REFUSED, 400)

    assert found(response(GOOD, 202)) == []
    assert found(refused) == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (response(GOOD, 201), "the status is not documented for forgotPassword"),
        (response(GOOD, 202, "text/html"), "the content type is 'text/html'"),
        (response(dict(reversed(GOOD.items())), 202), "the keys of the envelope or their order"),
        (
            response(GOOD | {"meta": {"request_id": "req_01", "more": 1}}, 202),
            "the keys of the envelope or their order",
        ),
        (response(GOOD | {"meta": {"request_id": "req_02"}}, 202), "the request id differs from the header's"),
        (response(GOOD, 202, ETag='"1"'), "etag is not documented"),
        (response(GOOD, 202, X_Request_Id="?"), "x-request-id is '?'"),
        (response(REFUSED, 429), "retry-after is missing"),
        (
            response(REFUSED | {"errors": [REFUSED["errors"][0] | {"code": "weak_password"}]}, 400),
            "weak_password is not declared",
        ),
    ],
)
def test_an_answer_that_is_not_promised_is_named(answer: HttpResponse, fault: str) -> None:
    assert fault in found(answer)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"expires_in": "300", "resend_after": 30}, 'data.expires_in: "300" is not of type "integer"'),
        ({"expires_in": 300}, 'data: "resend_after" is a required property'),
        (
            {"expires_in": 300, "resend_after": 30, "account": True},
            "data: Additional properties are not allowed ('account' was unexpected)",
        ),
    ],
)
def test_data_that_is_not_of_its_schema_is_named(data: object, fault: str) -> None:
    assert found(response(GOOD | {"data": data}, 202)) == [fault]


@pytest.mark.parametrize(
    ("method", "path", "answer", "fault"),
    [
        ("GET", "/api/v1/nothing", response(REFUSED, 401), "the status fits no unknown address and no unknown method"),
        ("PUT", "/api/v1/me", response(REFUSED, 404), "the status fits no unknown address and no unknown method"),
        ("PUT", "/api/v1/me", response(REFUSED, 405, Allow="GET"), "Allow is 'GET'"),
        ("PUT", "/api/v1/me", response(GOOD | {"data": None}, 200), "an operation that the document does not know"),
        ("HEAD", "/api/v1/me", response(REFUSED, 400), "a body for HEAD"),
        ("GET", "/api/v1/me", response(REFUSED, 500), "something went wrong that nobody foresaw"),
    ],
)
def test_an_answer_for_another_method_or_address_is_named(
    method: str, path: str, answer: HttpResponse, fault: str
) -> None:
    assert fault in found(answer, method, path)


def test_a_test_that_gets_an_undocumented_answer_fails(client: Client, settings: Settings) -> None:
    settings.API_MIDDLEWARE = [*settings.API_MIDDLEWARE, "tests.contracts.test_conformance.Teapot"]

    with pytest.raises(Undocumented, match="GET /api/v1/me → 418: the status is not documented for getMe"):
        client.get("/api/v1/me")


class Teapot:
    """A middleware before the API's that answers what nobody promised."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Nobody behind this is asked."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return Enveloped(b"{}", status=418)
