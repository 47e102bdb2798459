"""A browser that notes every request and every complaint. Without Chromium these tests fail."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer

BROWSER = os.environ.get("BROWSER", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page, the hosts that were asked while it was shown, and what the console said."""

    page: Page
    home: str
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """The page shows this address and is at rest."""
        self.page.goto(self.home + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"}:
            self.hosts.add(address.netloc)

    def said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def browser(live_server: LiveServer, prepared: None) -> Iterator[Watched]:
    """A browser without a past; `prepared` comes first, because the database can't be asked while it runs."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(20_000)
        watched = Watched(context.new_page(), live_server.url)
        context.on("request", watched.asked)
        context.on("console", watched.said)
        context.on("weberror", lambda error: watched.complaints.append(str(error.error)))
        yield watched
        chromium.close()


@pytest.fixture
def prepared() -> None:
    """Nothing, unless a test module has something to prepare."""
