import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from shop.accounts.models import User
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL, PASSWORD = "jane@example.com", "a long passphrase"


@pytest.fixture
def prepared(transactional_db: None, client: Client) -> str:
    """An access token of a customer."""
    User.objects.create_user(email=EMAIL, password=PASSWORD, email_verified_at="2026-11-22T08:00:00Z")
    answer = client.post("/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD}, content_type="application/json")
    return str(answer.json()["data"]["access_token"])


def authorize(page: Page, token: str) -> None:
    page.get_by_role("button", name="Authorize").first.click()
    customers = page.locator(".auth-container").filter(has_text="bearer (http, Bearer)")
    customers.locator("input").fill(token)
    customers.get_by_role("button", name="Apply credentials").click()
    page.locator("button.close-modal").click()


def answer_of(page: Page, operation: str) -> str:
    """What an operation answers when somebody opens and executes it."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Execute").click()
    row = block.locator(".live-responses-table .response")
    row.wait_for()
    return row.inner_text()


def test_swagger_shows_every_operation_and_asks_nobody_else(browser: Watched, live_server: LiveServer) -> None:
    page = browser.open("/swagger/")

    page.locator(".opblock").first.wait_for()
    assert page.get_by_text("/api/v1/auth/forgot-password").is_visible()
    assert (browser.hosts, browser.complaints) == ({live_server.url.removeprefix("http://")}, [])


def test_an_operation_can_be_tried_out_with_a_token(browser: Watched, prepared: str) -> None:
    page = browser.open("/swagger/")

    authorize(page, prepared)
    answered = answer_of(page, "Account-getMe")

    assert answered.startswith("200")
    assert EMAIL in answered
    assert browser.complaints == []


def test_a_token_survives_a_reload(browser: Watched, prepared: str) -> None:
    page = browser.open("/swagger/")
    authorize(page, prepared)

    page.reload()
    page.locator(".opblock").first.wait_for()

    assert answer_of(page, "Account-getMe").startswith("200")


def test_an_operation_has_an_address_of_its_own(browser: Watched) -> None:
    page = browser.open("/swagger/#/Account/getMe")

    page.locator("#operations-Account-getMe.is-open").wait_for()
    assert browser.complaints == []


def test_password_managers_end_at_the_operation_that_changes_a_password(browser: Watched) -> None:
    page = browser.open("/.well-known/change-password")

    page.locator(".opblock.is-open", has_text="/api/v1/auth/change-password").wait_for()
    assert browser.complaints == []


def test_redoc_renders_finds_and_asks_nobody_else(browser: Watched, live_server: LiveServer) -> None:
    page = browser.open("/redoc/")

    page.get_by_role("heading", name="E-commerce API").wait_for()
    page.get_by_placeholder("Search").fill("forgot")
    page.get_by_role("search").get_by_role("menuitem", name="Request a password reset").first.wait_for()
    assert page.get_by_text("/api/v1/auth/forgot-password").first.is_visible()
    assert (browser.hosts, browser.complaints) == ({live_server.url.removeprefix("http://")}, [])


@pytest.mark.parametrize("path", ["/", "/docs/", "/docs/buying/", "/admin/login/", "/robots.txt"])
def test_other_pages_ask_nobody_else_either(browser: Watched, live_server: LiveServer, path: str) -> None:
    browser.open(path)

    assert (browser.hosts, browser.complaints) == ({live_server.url.removeprefix("http://")}, [])
