from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from shop.platform.mail import Code, Mail, send
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def prepared(settings: Settings, tmp_path: Path) -> None:
    settings.SHOP = replace(settings.SHOP, mailbox=tmp_path)
    settings.EMAIL_BACKEND = "shop.platform.mail.backends.Development"
    send(Mail("Reset your password", "Your code:", Code("482913")), "jane@example.com")


def test_a_mail_is_shown_as_its_receiver_sees_it(browser: Watched, live_server: LiveServer) -> None:
    page = browser.open("/dev/mailbox/")

    mail = page.frame_locator("iframe")
    code = mail.get_by_text("482913")
    assert code.is_visible()
    assert code.evaluate("element => getComputedStyle(element).fontSize") == "34px"
    assert (browser.hosts, browser.complaints) == ({live_server.url.removeprefix("http://")}, [])


def test_text_and_headers_are_one_click_away(browser: Watched) -> None:
    page = browser.open("/dev/mailbox/")

    page.get_by_text("Plain text").click()
    text = page.locator("pre").inner_text()
    page.get_by_text("Headers", exact=True).click()

    assert "    482913\n" in text
    assert page.get_by_role("row", name="Auto-Submitted").inner_text() == "Auto-Submitted\tauto-generated"
    assert not page.locator("pre").is_visible()


def test_clearing_leaves_an_empty_box(browser: Watched) -> None:
    page = browser.open("/dev/mailbox/")

    page.get_by_role("button", name="Clear").click()

    page.get_by_role("heading", name="No mail yet").wait_for()
    assert browser.complaints == []
