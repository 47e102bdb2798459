from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Route
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from shop.kernel.money import Money
from shop.payments import operations as payments
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STOREFRONT = "http://localhost:3000"
DONE = f"{STOREFRONT}/checkout/done?cart=1"


@dataclass
class Asked:
    """What the shop has told the storefront: where to send the shopper."""

    path: str = ""


ASKED = Asked()


@pytest.fixture
def prepared(settings: Settings, live_server: LiveServer) -> None:
    """A shopper of a storefront on another origin has to confirm a payment of €1,234.50."""
    settings.SHOP = replace(settings.SHOP, cors_origins=frozenset({STOREFRONT}))
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)
    bill = payments.open_bill(Money(123450, "EUR"))
    payment = payments.collect(bill, method="test", token="tok_3ds", return_url=DONE)
    ASKED.path = f"/test-gateway/3ds/{payment.reference}"


@pytest.fixture
def shopper(browser: Watched) -> Watched:
    """A browser that finds a storefront at the other origin."""

    def storefront(route: Route) -> None:
        route.fulfill(
            status=200, content_type="text/html", body="<!doctype html><link rel=icon href=data:,><h1>Thank you</h1>"
        )

    browser.page.route(f"{STOREFRONT}/**", storefront)
    return browser


def test_the_page_asks_in_words_and_colours(shopper: Watched, live_server: LiveServer) -> None:
    page = shopper.open(ASKED.path)

    approve = page.get_by_role("button", name="Approve")
    assert page.get_by_role("heading", name="Confirm the payment").is_visible()
    assert page.get_by_text("€1,234.50").evaluate("element => getComputedStyle(element).fontWeight") == "700"
    assert approve.evaluate("element => getComputedStyle(element).backgroundColor") == "rgb(15, 118, 110)"
    assert (shopper.hosts, shopper.complaints) == ({live_server.url.removeprefix("http://")}, [])


@pytest.mark.parametrize(("button", "heading"), [("Approve", "is approved"), ("Decline", "was not made")])
def test_the_answer_leads_back_to_the_storefront(shopper: Watched, button: str, heading: str) -> None:
    page = shopper.open(ASKED.path)

    page.get_by_role("button", name=button).click()
    page.get_by_role("heading", name="Thank you").wait_for()
    landed = page.url
    shopper.open(ASKED.path)

    assert landed == DONE
    assert page.get_by_role("heading", name=heading).is_visible()
    assert page.get_by_role("link", name="Back to the shop").get_attribute("href") == DONE
    assert shopper.complaints == []


def test_the_page_fits_a_telephone(shopper: Watched) -> None:
    shopper.page.set_viewport_size({"width": 360, "height": 640})

    page = shopper.open(ASKED.path)

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.get_by_role("button", name="Decline").is_visible()
