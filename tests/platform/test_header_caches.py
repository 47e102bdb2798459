"""What is remembered of headers is small, however long a client makes them."""

import pytest
from django.test import Client

from shop.platform import translation
from shop.platform.http import middleware

pytestmark = pytest.mark.django_db


def test_a_long_accept_language_is_stored_as_short_as_it_is_read() -> None:
    translation._negotiated.cache_clear()
    start = "de," + "fr," * 200

    languages = [translation.negotiated(start + rest) for rest in ("en" * 200_000, "en," * 100_000)]

    assert languages == ["de", "de"]
    assert translation._negotiated.cache_info().currsize == 1


def test_a_long_host_is_refused_and_not_stored(client: Client) -> None:
    middleware._is_served.cache_clear()

    answer = client.get("/api/v1/store", headers={"Host": "a" * 400_000})

    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid Host header.")
    assert middleware._is_served.cache_info().currsize == 0


def test_a_host_of_usual_length_is_checked_once(client: Client) -> None:
    middleware._is_served.cache_clear()

    statuses = [client.get("/api/v1/nothing", headers={"Host": "testserver"}).status_code for _ in range(2)]

    assert statuses == [404, 404]
    assert (middleware._is_served.cache_info().misses, middleware._is_served.cache_info().hits) == (1, 1)
