"""The system checks of our own settings."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from shop.platform.checks import deployment, dotted_paths


def test_an_authenticator_that_exists_is_fine() -> None:
    found = dotted_paths(None)

    assert found == []


@pytest.mark.parametrize("path", ["", "shop.accounts.nowhere.authenticate", "shop.accounts.credentials.__doc__"])
def test_an_authenticator_that_is_no_function_is_an_error(path: str, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, authenticator=path)

    found = dotted_paths(None)

    assert [each.id for each in found] == ["shop.E001"]


def test_a_website_over_tls_and_a_long_token_are_fine(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, base_url="https://shop.example.com", metrics_token="x" * 24)

    found = deployment(None)

    assert found == []


@pytest.mark.parametrize(
    "website", ["http://shop.example.com", "https://localhost", "http://127.0.0.1:8000", "https://*"]
)
def test_links_that_lead_nowhere_are_a_warning(website: str, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, base_url=website)

    found = deployment(None)

    assert [each.id for each in found] == ["shop.W001"]


def test_a_short_metrics_token_is_a_warning(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, base_url="https://shop.example.com", metrics_token="x" * 23)

    found = deployment(None)

    assert [each.id for each in found] == ["shop.W002"]


@pytest.mark.parametrize(("header", "told"), [("", ["shop.W003"]), ("ClientIp", [])])
def test_a_header_that_clients_can_send_too_is_a_warning(header: str, told: list[str], settings: Settings) -> None:
    settings.SHOP = replace(
        settings.SHOP, base_url="https://shop.example.com", trusted_proxies=1, client_ip_header=header
    )

    found = deployment(None)

    assert [each.id for each in found] == told
