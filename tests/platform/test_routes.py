"""Paths are found without Django's walk, and found where Django would find them."""

import pytest
from django.conf import settings
from django.urls import resolve

from shop.platform.http.routes import routes


@pytest.mark.parametrize(
    ("path", "route", "arguments"),
    [
        ("/api/v1/me", "/api/v1/me", {}),
        ("/api/v1/me/addresses", "/api/v1/me/addresses", {}),
        ("/api/v1/me/addresses/adr_1", "/api/v1/me/addresses/{address_id}", {"address_id": "adr_1"}),
    ],
)
def test_a_path_finds_its_view_its_template_and_its_arguments(path: str, route: str, arguments: dict[str, str]) -> None:
    found = routes(settings.ROOT_URLCONF).find(path)

    assert found is not None
    assert (found.route, found.arguments) == (route, arguments)
    assert found.view is resolve(path).func


@pytest.mark.parametrize(
    "path", ["/api/v1", "/api/v1/nothing", "/api/v1/me/addresses/", "/api/v1/me/addresses/a/b", "/api/v2/me", "/"]
)
def test_what_is_no_route_is_not_found(path: str) -> None:
    assert routes(settings.ROOT_URLCONF).find(path) is None
