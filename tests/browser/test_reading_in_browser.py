"""What the pages of the documentation say can be read: by day and by night, and on a telephone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONTRAST = Path(__file__).with_name("contrast.js").read_text()
LEAST = 3.0
"""WCAG 2.2 wants 4.5 of small texts; ReDoc writes patterns with 3.8, and no theme can change that."""
PLACES = {
    "redoc": ("/redoc/#tag/Carts/operation/completeCart", "Complete a cart"),
    "swagger": ("/swagger/#/Carts/completeCart", "Find more details"),
    "guide": ("/docs/buying/", "Errors to expect"),
}


@pytest.fixture(params=["light", "dark"])
def page(browser: Watched, request: pytest.FixtureRequest) -> Page:
    browser.page.emulate_media(color_scheme=request.param)
    return browser.page


@pytest.mark.parametrize("place", PLACES)
def test_every_text_stands_out(browser: Watched, page: Page, place: str) -> None:
    path, text = PLACES[place]

    browser.open(path)
    page.get_by_text(text).last.wait_for()

    assert page.evaluate(CONTRAST, LEAST) == []
    assert browser.complaints == []


def test_a_text_that_does_not_stand_out_is_found(browser: Watched) -> None:
    page = browser.open("/docs/")
    page.evaluate("document.querySelector('h1').style.color = getComputedStyle(document.body).backgroundColor")

    found = page.evaluate(CONTRAST, LEAST)

    assert found == ["rgb(246, 247, 249) on 246,247,249, 1.0: Guides"]


@pytest.mark.parametrize("place", PLACES)
def test_the_pages_fit_a_telephone(browser: Watched, place: str) -> None:
    path, text = PLACES[place]
    browser.page.set_viewport_size({"width": 390, "height": 844})

    page = browser.open(path)
    page.get_by_text(text).last.wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_redoc_shows_a_call_as_code(browser: Watched) -> None:
    page = browser.open("/redoc/#tag/Carts/operation/completeCart")

    samples = page.locator('[id="tag/Carts/operation/completeCart"]')
    samples.get_by_role("tab", name="Python: 3-D Secure", exact=True).click()

    assert samples.get_by_text("# The shopper is back: the same call, with the same key.").is_visible()
