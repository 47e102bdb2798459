"""Changes of a cart are merge-patches (RFC 7396) at every depth."""

import json
from functools import partial

import pytest
from django.test import Client

from shop.catalog.models import Variant
from shop.checkout import queries
from shop.checkout.models import CartLine
from shop.checkout.operations import carts
from shop.platform.actors import ANONYMOUS
from tests.accounts.visitor import Visitor
from tests.checkout.storefront_client import ADDRESS, Shopper, outside, shopper

WHOLE = {**ADDRESS, "company": None, "line2": None, "state": None, "phone": None}


def pairs(count: int, start: int = 0) -> dict[str, str]:
    return {f"name-{at}": "value" for at in range(start, start + count)}


def send(ada: Shopper, method: str, path: str, kind: str, **body: object) -> tuple[int, object]:
    client = Client(REMOTE_ADDR="192.0.2.1")
    response = client.generic(method, f"/api/v1{path}", json.dumps(body), kind)
    return response.status_code, response.json()["data"]


def test_a_change_of_one_field_of_an_address_keeps_the_others(mug: Variant) -> None:
    ada = shopper(mug).ready()

    moved = ada.visitor.patch(ada.path, shipping_address={"city": "Köln"})
    cleared = ada.visitor.patch(ada.path, shipping_address={"line1": None, "company": "Engines"})
    nothing = ada.visitor.patch(ada.path, shipping_address={})

    assert moved.data["shipping_address"] == WHOLE | {"city": "Köln"}
    assert cleared.data["shipping_address"] == WHOLE | {"city": "Köln", "line1": None, "company": "Engines"}
    assert nothing.data["shipping_address"] == cleared.data["shipping_address"]
    assert [each["field"] for each in nothing.data["requirements"]] == ["shipping_address.line1"]


def test_a_billing_address_that_is_not_there_yet_begins_empty(mug: Variant) -> None:
    ada = shopper(mug).ready()

    begun = ada.visitor.patch(ada.path, billing_address={"city": "Bern"})
    gone = ada.visitor.patch(ada.path, billing_address=None)

    assert begun.data["billing_address"] == dict.fromkeys(WHOLE) | {"city": "Bern"}
    assert begun.data["shipping_address"] == WHOLE
    assert gone.data["billing_address"] is None


def test_another_country_in_an_address_moves_the_cart_and_another_city_does_not(mug: Variant) -> None:
    ada = shopper(mug).ready()
    refused = ada.visitor.patch(ada.path, shipping_address={"country": "US"})

    kept = ada.visitor.patch(ada.path, shipping_address={"city": "Köln"})

    assert refused.refusal == (422, "country_not_served", "shipping_address.country")
    assert (kept.data["country"], kept.data["shipping_address"]["country"]) == ("DE", "DE")


def test_metadata_of_a_cart_is_merged_pair_by_pair(mug: Variant) -> None:
    ada = shopper(mug)
    ada.visitor.patch(ada.path, metadata={"source": "newsletter", "gift": "yes"})

    merged = ada.visitor.patch(ada.path, metadata={"gift": None, "tone": "warm"})
    nothing = ada.visitor.patch(ada.path, metadata={})
    cleared = ada.visitor.patch(ada.path, metadata=None)

    assert merged.data["metadata"] == nothing.data["metadata"] == {"source": "newsletter", "tone": "warm"}
    assert cleared.data["metadata"] == {}


def test_metadata_of_a_line_is_merged_and_makes_lines_the_same(mug: Variant) -> None:
    ada = shopper(mug)
    engraved = {"variant_id": outside(mug), "metadata": {"engraving": "Ada", "font": "serif"}}
    ada.visitor.post(f"{ada.path}/lines", lines=[engraved])
    [_, line] = ada.cart()["lines"]

    merged = ada.visitor.patch(f"{ada.path}/lines/{line['id']}", metadata={"font": None})
    same = ada.visitor.patch(f"{ada.path}/lines/{line['id']}", metadata={"engraving": None})

    assert [each["metadata"] for each in merged.data["lines"]] == [{}, {"engraving": "Ada"}]
    assert [(each["quantity"], each["metadata"]) for each in same.data["lines"]] == [(2, {})]


def test_metadata_is_bounded_after_the_merge(mug: Variant) -> None:
    ada = shopper(mug)
    [line] = ada.cart()["lines"]
    paths = [ada.path, f"{ada.path}/lines/{line['id']}"]
    filled = [ada.visitor.patch(each, metadata=pairs(50)) for each in paths]

    refused = [ada.visitor.patch(each, metadata={"one": "more"}) for each in paths]
    exchanged = [ada.visitor.patch(each, metadata={"name-0": None, "one": "more"}) for each in paths]

    assert [each.status for each in filled + exchanged] == [200] * 4
    assert [each.refusal for each in refused] == [(422, "too_long", "metadata")] * 2
    assert refused[0].body["errors"][0]["params"] == {"max": 50}
    assert ada.cart()["metadata"] == CartLine.objects.get().metadata == pairs(49, start=1) | {"one": "more"}


def test_two_changes_of_different_fields_at_the_same_moment_both_count(mug: Variant) -> None:
    ada = shopper(mug).ready()
    read_before = queries.cart(ada.cart_id, seen_by=ANONYMOUS)

    ada.visitor.patch(ada.path, shipping_address={"city": "Köln"}, metadata={"a": "1"})
    carts.patch(read_before, {"shipping_address": {"line1": "Domplatz 1"}, "metadata": {"b": "2"}})

    cart = ada.cart()
    assert cart["shipping_address"] == WHOLE | {"city": "Köln", "line1": "Domplatz 1"}
    assert cart["metadata"] == {"a": "1", "b": "2"}


def test_the_media_type_of_the_rfc_is_taken_for_changes_alone(mug: Variant) -> None:
    ada = shopper(mug)
    sent = partial(send, ada, kind="application/merge-patch+json")

    status, cart = sent("PATCH", ada.path, note="x")
    refused, _ = sent("POST", "/carts", note="x")

    assert (status, ada.cart()["note"], cart) == (200, "x", ada.cart())
    assert refused == 415


@pytest.mark.parametrize("wrong", ["Berlin", 1, ["Berlin"], {"town": "Berlin"}, {"city": 1}])
def test_what_is_no_address_is_refused_and_nothing_changes(mug: Variant, wrong: object) -> None:
    ada = shopper(mug).ready()
    before = ada.cart()

    seen = Visitor().patch(ada.path, shipping_address=wrong, note="Hello")

    assert seen.status == 422
    assert seen.body["errors"][0]["field"].startswith("shipping_address")
    assert ada.cart() == before
