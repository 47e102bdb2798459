from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from shop.platform.http import pages

Middleware = Callable[[Callable[[HttpRequest], HttpResponse]], Callable[[HttpRequest], HttpResponse]]
NO_PAGES = ["/api/v1/me", "/api/", "/health/live", "/metrics", "/hooks/payments/test", "/openapi.json"]
PUBLIC_PAGES = ["/", "/swagger/", "/swagger", "/redoc/", "/redoc", "/docs/", "/docs/buying/"]


def answer(request: HttpRequest) -> HttpResponse:
    """An inner view that notes what middleware has hung on the request."""
    return HttpResponse(",".join(name for name in ("session", "user", "_messages") if hasattr(request, name)))


@pytest.mark.parametrize("path", NO_PAGES)
def test_what_is_no_page_passes_untouched(path: str) -> None:
    inner = answer
    for layer in (pages.ClickJacking, pages.Messages, pages.Authentication, pages.Csrf, pages.Common, pages.Sessions):
        inner = layer(inner)  # type: ignore[assignment]
    request = RequestFactory().post(path, headers={"host": "foreign.example"})

    response = pages.Static(inner)(request)

    assert response.content == b""  # type: ignore[attr-defined]
    assert dict(response.headers) == {"Content-Type": "text/html; charset=utf-8"}
    assert pages.Csrf(answer).process_view(request, answer, (), {}) is None


def test_a_page_meets_them_all() -> None:
    inner = answer
    for layer in (pages.ClickJacking, pages.Messages, pages.Authentication, pages.Csrf, pages.Common, pages.Sessions):
        inner = layer(inner)  # type: ignore[assignment]

    response = pages.Static(inner)(RequestFactory().get("/admin/"))

    assert response.content == b"session,user,_messages"  # type: ignore[attr-defined]
    assert (response["X-Frame-Options"], response["Content-Length"]) == ("DENY", "22")


def test_the_admin_finds_the_middleware_that_it_needs() -> None:
    assert run_checks(tags=["admin", "staticfiles"]) == []


def test_the_front_page_links_everything(client: Client) -> None:
    response = client.get("/")

    page = response.content.decode()
    assert response.status_code == HTTPStatus.OK
    assert all(
        f'href="{path}"' in page for path in ("/swagger/", "/redoc/", "/docs/", "/openapi.json", "/health/ready")
    )
    assert "/admin/" not in page
    assert "jane@example.com" not in page
    assert "<script" not in page
    assert 'rel="service-desc"' in response["Link"]


def test_the_front_page_of_development_shows_the_back_office_and_a_first_call(
    client: Client, settings: Settings
) -> None:
    settings.DEBUG = True

    page = client.get("/").content.decode()

    assert 'href="/admin/"' in page
    assert "jane@example.com" in page


def test_an_unknown_address_is_told_by_our_page_in_development_too(client: Client, settings: Settings) -> None:
    settings.DEBUG = True

    response = client.get("/swager/")

    assert response.status_code == 404
    assert "We couldn&#x27;t find this page." in response.content.decode()
    assert "URLconf" not in response.content.decode()


def test_the_front_page_speaks_json_to_those_who_ask(client: Client) -> None:
    response = client.get("/", headers={"accept": "application/json"}, REMOTE_ADDR="192.0.2.7")

    assert response.json() == {
        "name": "E-commerce API",
        "api": "/api/v1",
        "links": {
            "swagger": "/swagger/",
            "redoc": "/redoc/",
            "guides": "/docs/",
            "openapi": "/openapi.json",
            "health": "/health/ready",
        },
    }
    assert response["Vary"] == "Accept, Accept-Language"


@pytest.mark.parametrize("path", [*PUBLIC_PAGES, "/admin/login/", "/dev/mailbox/", "/nowhere", "/health/live"])
@pytest.mark.django_db
def test_no_answer_names_a_foreign_host_or_may_be_framed(client: Client, path: str) -> None:
    response = client.get(path)

    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert not any(word in policy for word in ("http", "*", "//"))
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", [*PUBLIC_PAGES, "/dev/mailbox/"])
def test_only_the_admin_may_evaluate_text_as_code(client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]

    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy


@pytest.mark.parametrize("path", ["/health/live", "/openapi.json", "/robots.txt", "/.well-known/api-catalog"])
def test_what_is_no_page_may_do_nothing(client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]

    assert policy == "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def test_in_production_browsers_come_back_by_https(settings: Settings, client: Client) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000

    encrypted, plain = client.get("/", secure=True), client.get("/")

    assert encrypted["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in plain


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_reading_a_public_page_sets_no_cookie(client: Client, path: str) -> None:
    assert client.get(path).cookies == {}


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_pages_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_missing_slash_is_added_where_that_loses_nothing(settings: Settings, client: Client) -> None:
    settings.DEBUG = True

    read, written = client.get("/dev/mailbox"), client.post("/dev/mailbox")

    assert (read.status_code, read["Location"]) == (301, "/dev/mailbox/")
    assert written.status_code == HTTPStatus.NOT_FOUND


def test_an_unknown_address_is_told_as_the_client_reads(client: Client) -> None:
    page, data = client.get("/nowhere"), client.get("/nowhere", headers={"accept": "application/json"})

    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert (data.status_code, data["Content-Type"]) == (404, "application/problem+json")
    assert data.json() == {"title": "Not Found", "status": 404, "detail": "We couldn't find this page."}


def test_a_foreign_host_name_is_refused(client: Client) -> None:
    response = client.get("/", headers={"host": "foreign.example"})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert b"foreign.example" not in response.content


@pytest.mark.parametrize("name", ["shop/page.css", "shop/favicon.svg", "shop/favicon.ico", "ninja/swagger-ui.css"])
def test_static_files_are_served_without_being_collected(client: Client, name: str) -> None:
    response = client.get(f"/static/{name}")
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]

    assert (response.status_code, len(body)) == (HTTPStatus.OK, int(response["Content-Length"]))
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/?q=%00", "/admin/login/?next=%00", "/swagger/?a%00=b", "/redoc/?q=%ff", "/?q=%ED%A0%80"]
)
def test_an_address_that_no_database_keeps_is_not_understood(client: Client, path: str) -> None:
    page, data = client.get(path), client.get(path, headers={"accept": "application/json"})

    assert (page.status_code, data.status_code) == (400, 400)
    assert data.json() == {"title": "Bad Request", "status": 400, "detail": "This request could not be understood."}
    assert page["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/%00", "/admin/%00/", "/static/shop/%00page.css"])
def test_nothing_is_at_a_path_that_no_database_keeps(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_a_cookie_that_no_database_keeps_is_not_understood(client: Client) -> None:
    client.cookies["sessionid"] = "\0" * 12

    response = client.get("/admin/")

    assert response.status_code == 400
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize("trouble", [OperationalError, InterfaceError])
@pytest.mark.django_db
def test_a_page_whose_database_is_away_says_to_come_again(
    client: Client, caplog: pytest.LogCaptureFixture, trouble: type[Exception]
) -> None:
    def away(*_: object) -> None:
        raise trouble("could not connect to the-name-of-the-database")

    form = {"username": "ada@example.com", "password": "a long passphrase"}
    with connection.execute_wrapper(away):
        page = client.post("/admin/login/", form)
        data = client.post("/admin/login/", form, headers={"accept": "application/json"})

    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "1", "no-store")
    assert "The service is temporarily unavailable. Please try again." in page.content.decode()
    assert data.json() == {
        "title": "Service Unavailable",
        "status": 503,
        "detail": "The service is temporarily unavailable. Please try again.",
    }
    assert [each.message for each in caplog.records if each.name == "shop.http"] == [
        f"the database is away: {trouble.__name__}"
    ] * 2
    assert "the-name-of-the-database" not in page.content.decode() + data.content.decode() + caplog.text


@pytest.mark.django_db
def test_a_login_that_can_not_be_remembered_says_to_come_again(client: Client) -> None:
    def away(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if "django_session" in sql and not sql.startswith("SELECT"):
            raise OperationalError
        return execute(sql, *rest)

    client.force_login(get_user_model().objects.create_superuser("root@example.com", "a long passphrase"))
    session = client.session
    session.set_expiry(60)
    session.save()

    with connection.execute_wrapper(away):
        response = client.post("/admin/logout/")

    assert (response.status_code, response["Retry-After"]) == (503, "1")


def test_another_mistake_is_still_one_of_the_shop(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> HttpResponse:
        raise ProgrammingError

    monkeypatch.setattr("shop.platform.http.home.render_to_string", broken)

    with pytest.raises(ProgrammingError):
        client.get("/")
