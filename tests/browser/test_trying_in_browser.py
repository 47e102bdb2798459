"""A whole purchase by "Try it out" in Swagger UI, in the shop as `make run` fills it: with the examples as shown."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEY = "a key that nobody guesses"


@pytest.fixture
def prepared(settings: Settings, live_server: LiveServer, tmp_path: Path) -> None:
    """The demo shop, in development."""
    settings.DEBUG = True
    settings.SHOP = replace(settings.SHOP, base_url=live_server.url)
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("demo", verbosity=0, stdout=StringIO())


@dataclass(frozen=True)
class Tried:
    """What Swagger UI shows of an answer, and the envelope."""

    status: str
    envelope: Any

    @property
    def data(self) -> Any:
        return self.envelope["data"]


def tried(page: Page, operation: str, change: Callable[[Any], Any] = lambda shown: shown, **parameters: str) -> Tried:
    """An operation is opened, parameters are typed, the body is sent as it is shown or with a change; it is closed."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    for name, value in parameters.items():
        block.locator(f'tr[data-param-name="{name}"] input').fill(value)
    text = block.locator("textarea.body-param__text")
    if text.count():
        text.fill(json.dumps(change(json.loads(text.input_value()))))
    with page.expect_response(lambda response: "/api/v1/" in response.url) as answered:
        block.get_by_role("button", name="Execute").click()
    status = block.locator(".live-responses-table .response .response-col_status")
    found = Tried(status.inner_text().strip(), answered.value.json())
    block.locator(".opblock-summary-control").click()
    return found


def test_a_purchase_can_be_clicked_through(browser: Watched) -> None:
    page = browser.open("/swagger/")

    listed = tried(page, "Catalog-listProducts", country="DE", limit="3")
    opened = tried(page, "Carts-createCart")
    cart = opened.data["id"]
    added = tried(page, "Carts-addLines", cart_id=cart)
    methods = tried(page, "Carts-listShippingMethods", cart_id=cart)
    chosen = tried(page, "Carts-updateCart", cart_id=cart)
    due = chosen.data["totals"]["amount_due"]
    placed = tried(
        page,
        "Carts-completeCart",
        lambda shown: shown | {"expected_total": due},
        **{"cart_id": cart, "Idempotency-Key": KEY},
    )
    seen = tried(
        page, "Orders-getOrder", **{"order_id": placed.data["id"], "X-Order-Token": placed.data["order_token"]}
    )

    assert [each.status for each in (listed, opened, added, methods, chosen, placed, seen)] == [
        "200",
        "201",
        "200",
        "200",
        "200",
        "201",
        "200",
    ]
    assert len(listed.data) == 3
    assert [line["quantity"] for line in opened.data["lines"]] == [1]
    assert sum(line["quantity"] for line in added.data["lines"]) == 2
    assert chosen.data["shipping_method"]["id"] in [each["id"] for each in methods.data]
    assert chosen.data["requirements"] == []
    assert (seen.data["number"], seen.data["payment_status"]) == (placed.data["number"], "paid")
    assert seen.data["totals"]["total"] == due
    assert browser.complaints == []
