"""Carts and orders whose SECRET_KEY is gone for good, as after it leaked."""

import pytest
from pytest_django import Settings

from shop.catalog.models import Variant
from shop.checkout.models import Cart
from tests.accounts.visitor import Visitor, account, login
from tests.checkout.storefront_client import Shopper, shopper


@pytest.fixture
def guest(mug: Variant) -> Shopper:
    return shopper(mug)


def lose(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, []


def test_a_guest_goes_on_with_the_id_of_before(guest: Shopper, settings: Settings) -> None:
    before = guest.cart()
    lose(settings)

    seen = guest.visitor.get(guest.path)
    changed = guest.visitor.patch(guest.path, note="Ring twice.")

    assert (seen.status, seen.data) == (200, before)
    assert (changed.status, changed.data["id"]) == (200, guest.cart_id)


def test_a_customers_cart_has_a_new_id(mug: Variant, settings: Settings) -> None:
    ada = login(Visitor(), account().email)
    before = ada.post("/carts", lines=[{"variant_id": shopper(mug).cart()["lines"][0]["variant_id"]}])
    lose(settings)

    first, second = ada.get("/me/cart"), ada.get("/me/cart")

    assert (first.status, first.data["id"]) == (200, second.data["id"])
    assert first.data["id"] != before.data["id"]
    assert first.data["lines"] == before.data["lines"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert ada.get(f"/carts/{before.data['id']}").status == 404


def test_a_repeated_completion_shows_the_order_without_its_token(guest: Shopper, settings: Settings) -> None:
    total = guest.ready().total()
    order = guest.complete(total=total)
    lose(settings)

    again = guest.complete(total=total)

    assert (order.status, order.data["order_token"] is not None) == (201, True)
    assert (again.status, again.data["id"], again.data["order_token"]) == (200, order.data["id"], None)
    assert Cart.objects.get().status == Cart.Status.COMPLETED
