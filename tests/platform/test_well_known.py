from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings


@pytest.fixture(autouse=True)
def at_home(settings: Settings) -> None:
    settings.SHOP = replace(
        settings.SHOP, base_url="https://shop.example.com", security_contact="mailto:security@example.com"
    )


@time_machine.travel(datetime(2026, 11, 22, 8, 43, tzinfo=UTC), tick=False)
def test_who_finds_a_weakness_knows_where_to_write(client: Client) -> None:
    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "Contact: mailto:security@example.com\n"
        "Expires: 2027-05-21T00:00:00Z\n"
        "Preferred-Languages: en\n"
        "Canonical: https://shop.example.com/.well-known/security.txt\n"
    )


def test_the_catalogue_names_the_api_and_its_descriptions(client: Client) -> None:
    response = client.get("/.well-known/api-catalog", headers={"host": "localhost"})

    assert response["Content-Type"] == ('application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"')
    assert response.json() == {
        "linkset": [
            {
                "anchor": "https://shop.example.com/api/v1",
                "service-desc": [{"href": "https://shop.example.com/openapi.json", "type": "application/json"}],
                "service-doc": [
                    {"href": "https://shop.example.com/redoc/", "type": "text/html"},
                    {"href": "https://shop.example.com/swagger/", "type": "text/html"},
                    {"href": "https://shop.example.com/docs/", "type": "text/html"},
                ],
                "status": [{"href": "https://shop.example.com/health/ready", "type": "application/health+json"}],
            }
        ]
    }


def test_a_head_request_for_the_catalogue_has_the_link(client: Client) -> None:
    response = client.head("/.well-known/api-catalog")

    assert (response.content, response["Link"]) == (b"", '</.well-known/api-catalog>; rel="api-catalog"')


def test_password_managers_are_led_to_the_docs(client: Client) -> None:
    response = client.get("/.well-known/change-password")

    assert (response.status_code, response["Location"]) == (302, "/swagger/#/Authentication/changePassword")


def test_robots_read_the_front_page_and_the_pictures(client: Client) -> None:
    response = client.get("/robots.txt")

    assert response.content == b"User-agent: *\nAllow: /$\nAllow: /media/\nDisallow: /\n"


def test_the_icon_is_found_where_browsers_look(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert (response.status_code, response["Location"]) == (302, "/static/shop/favicon.ico")
