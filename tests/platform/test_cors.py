"""Which pages may use the API from a browser."""

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from shop.payments import return_urls
from shop.payments.errors import InvalidReturnUrl

pytestmark = pytest.mark.django_db


def allowed(client: Client, origin: str) -> str | None:
    """The origin that may read the answer to a preflight."""
    response = client.options("/api/v1/carts", headers={"origin": origin, "access-control-request-method": "POST"})
    return response.headers.get("Access-Control-Allow-Origin")


@pytest.fixture
def development(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, cors_loopback=True)


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3000",
        "http://127.0.0.1:5173",
        "http://localhost:4321",
        "http://localhost:4200",
        "http://[::1]:8080",
        "https://localhost",
    ],
)
def test_in_development_any_page_of_this_machine_may(client: Client, development: None, origin: str) -> None:
    assert allowed(client, origin) == origin
    assert return_urls.accepted(f"{origin}/done") == f"{origin}/done"


@pytest.mark.parametrize(
    "origin", ["http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://192.168.1.2:3000", "null"]
)
def test_a_page_of_another_machine_may_not(client: Client, development: None, origin: str) -> None:
    assert allowed(client, origin) is None


def test_in_production_only_those_of_the_list_may(client: Client) -> None:
    assert allowed(client, "http://localhost:4321") is None
    with pytest.raises(InvalidReturnUrl):
        return_urls.accepted("http://localhost:4321/done")
