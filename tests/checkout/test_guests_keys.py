"""A guest's Idempotency-Key on `POST /carts` stands among those of all guests: one that can be guessed is refused."""

import pytest

from shop.catalog.models import Variant
from shop.checkout.models import Cart
from shop.platform.models import IdempotencyRecord
from shop.stores.models import Market
from tests.accounts.visitor import Visitor, account, login
from tests.checkout.storefront_client import shopper

LONG_ENOUGH = "x" * 22


@pytest.mark.parametrize("key", ["short", "x" * 21, '"' + "x" * 21 + '"', r'"\"' + "x" * 20 + '"'])
def test_a_guests_key_of_less_than_22_characters_is_refused_and_no_cart_is_made(market: Market, key: str) -> None:
    seen = Visitor(headers={"Idempotency-Key": key}).post("/carts", country="DE")

    assert seen.refusal == (400, "weak_idempotency_key", "Idempotency-Key")
    assert seen.body["errors"][0]["params"] == {"min": 22}
    assert seen.body["errors"][0]["message"] == (
        "Without a login the Idempotency-Key needs at least 22 characters, so that it can't be guessed."
    )
    assert Cart.objects.count() == 0
    assert IdempotencyRecord.objects.count() == 0


def test_a_guests_key_of_22_characters_makes_one_cart_however_often_it_is_sent(market: Market) -> None:
    first, again = (Visitor(headers={"Idempotency-Key": LONG_ENOUGH}).post("/carts") for _ in range(2))

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert (again.data, Cart.objects.count()) == (first.data, 1)


def test_a_customers_key_may_be_short(market: Market) -> None:
    ada = login(Visitor(headers={"Idempotency-Key": "short"}), account().email)

    first, again = ada.post("/carts"), ada.post("/carts")

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert (again.data, Cart.objects.count()) == (first.data, 1)


def test_a_guests_key_may_be_short_where_the_cart_stands_in_the_path(mug: Variant) -> None:
    cart = shopper(mug)
    keyed = Visitor(headers={"Idempotency-Key": "short"})

    first, again = (keyed.post(f"{cart.path}/lines", variant_id=cart.cart()["lines"][0]["variant_id"]) for _ in "12")

    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (first.status, first.status, "true")
    assert (again.data["lines"][0]["quantity"], again.data) == (2, first.data)
