"""In development the examples of the OpenAPI document can be tried out as they are."""

import json

import pytest
from django.test import Client
from pytest_django import Settings

from shop.checkout.api.examples import VARIANT
from tests.checkout.storefront_client import open_shop, outside, sell

pytestmark = pytest.mark.django_db


def test_the_example_of_a_cart_can_be_sent_as_it_is_shown(client: Client, settings: Settings) -> None:
    settings.DEBUG = True
    open_shop()
    mug = sell("mug", stock=3)
    operation = client.get("/openapi.json").json()["paths"]["/api/v1/carts"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"] | {"codes": []}

    answer = client.post("/api/v1/carts", json.dumps(example), content_type="application/json")

    assert answer.status_code == 201
    assert [line["variant_id"] for line in answer.json()["data"]["lines"]] == [outside(mug)]


def test_a_shop_that_sells_nothing_shows_the_document_as_it_is_committed(client: Client, settings: Settings) -> None:
    settings.DEBUG = True

    shown = client.get("/openapi.json")

    assert VARIANT in shown.content.decode()


def test_in_production_the_document_names_nothing_of_the_shop(client: Client) -> None:
    open_shop()
    mug = sell("mug", stock=3)

    shown = client.get("/openapi.json").content.decode()

    assert outside(mug) not in shown
    assert VARIANT in shown


def test_the_example_of_a_product_can_be_read_as_it_is_shown(client: Client, settings: Settings) -> None:
    settings.DEBUG = True
    open_shop()
    sell("bowl", stock=3)
    operation = client.get("/openapi.json").json()["paths"]["/api/v1/products/{product}"]["get"]
    slug = next(each["example"] for each in operation["parameters"] if each["name"] == "product")

    answer = client.get(f"/api/v1/products/{slug}?country=DE")

    assert (slug, answer.status_code) == ("bowl", 200)
