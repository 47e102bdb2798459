"""API_MIDDLEWARE: what an installation adds stands around the API, and nowhere else."""

from collections.abc import Callable

import pytest
from django.core.exceptions import MiddlewareNotUsed, PermissionDenied
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from shop.platform.checks import api_middleware
from shop.platform.http import entry
from tests.platform.serving import served

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_connections")]
Handler = Callable[[HttpRequest], HttpResponse]


def passing(name: str) -> Callable[[Handler], Handler]:
    """A middleware that writes its name before those that the response has passed already."""

    def factory(get_response: Handler) -> Handler:
        def middleware(request: HttpRequest) -> HttpResponse:
            response = get_response(request)
            response["X-Passed"] = " ".join(filter(None, (name, response.get("X-Passed"))))
            return response

        return middleware

    return factory


outer, inner = passing("outer"), passing("inner")


def unused(get_response: Handler) -> Handler:
    raise MiddlewareNotUsed


def maintenance(get_response: Handler) -> Handler:
    return lambda request: HttpResponse("Back soon.", status=503)


def forbidding(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        raise PermissionDenied

    return middleware


def breaking(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        get_response(request)
        raise RuntimeError("a slip in the middleware")

    return middleware


def asynchronous(get_response: Handler) -> Handler:
    return get_response


asynchronous.sync_capable = False  # type: ignore[attr-defined]
SENTENCE = "not callable"


def named(*names: str) -> list[str]:
    return [f"{__name__}.{name}" for name in names]


def test_the_first_is_outermost_in_production_and_in_tests(settings: Settings) -> None:
    settings.API_MIDDLEWARE = named("outer", "unused", "inner")

    in_production, in_tests = served("/api/v1/store"), Client().get("/api/v1/store")

    assert (in_production[0], in_production[1]["X-Passed"]) == (200, "outer inner")
    assert (in_tests.status_code, in_tests["X-Passed"]) == (200, "outer inner")


@pytest.mark.parametrize("path", ["/api", "/api/v1/nothing", "/api/v1/store/"])
def test_every_answer_of_the_api_passes_them(path: str, settings: Settings) -> None:
    settings.API_MIDDLEWARE = named("outer")

    _, headers, _ = served(path)

    assert headers["X-Passed"] == "outer"


def test_pages_do_not_pass_them(settings: Settings) -> None:
    settings.API_MIDDLEWARE = named("outer")

    status, headers, _ = served("/health/live")

    assert status == 200
    assert "X-Passed" not in headers


def test_one_may_answer_by_itself(settings: Settings) -> None:
    settings.API_MIDDLEWARE = named("outer", "maintenance")

    status, headers, body = served("/api/v1/store")

    assert (status, headers["X-Passed"], body) == (503, "outer", b"Back soon.")


def test_one_that_forbids_is_answered_for_in_an_envelope(settings: Settings) -> None:
    settings.API_MIDDLEWARE = named("forbidding")

    response = Client().get("/api/v1/store")

    assert response.status_code == 403
    assert [each["code"] for each in response.json()["errors"]] == ["forbidden"]
    assert response["X-Request-Id"] == response.json()["meta"]["request_id"]
    assert response["Cache-Control"] == "private, no-store"


def test_one_that_breaks_is_answered_for_and_reported(settings: Settings) -> None:
    settings.API_MIDDLEWARE = named("outer", "breaking")
    reported: list[str] = []

    def report(request: HttpRequest, **_: object) -> None:
        reported.append(request.path)

    got_request_exception.connect(report)
    status, headers, body = served("/api/v1/store")
    got_request_exception.disconnect(report)

    assert (status, headers["X-Passed"]) == (500, "outer")
    assert b'"code":"internal_error"' in body
    assert b"slip" not in body
    assert reported == ["/api/v1/store"]


def test_without_any_there_is_no_problem(settings: Settings) -> None:
    settings.API_MIDDLEWARE = []

    assert api_middleware(None) == []


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("kiln.middleware.Maintenance", "which can't be imported: No module named 'kiln'."),
        (f"{__name__}.SENTENCE", "which is no middleware: it can't be called."),
        (f"{__name__}.asynchronous", "which is asynchronous only: the shop is served by WSGI."),
    ],
)
def test_what_is_no_middleware_stops_the_start(path: str, sentence: str, settings: Settings) -> None:
    settings.API_MIDDLEWARE = [path]

    problems = api_middleware(None)
    with pytest.raises(SystemExit) as stopped:
        entry.application()

    assert [(each.id, each.msg) for each in problems] == [("shop.E002", f"API_MIDDLEWARE names {path!r}, {sentence}")]
    assert str(stopped.value) == f"The shop does not start. {problems[0].msg}"
