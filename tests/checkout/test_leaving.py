"""Whoever closes the account takes the carts along."""

from dataclasses import replace

from pytest_django import Settings

from shop.accounts.models import User
from shop.catalog.models import Variant
from shop.checkout.models import Cart, CartLine
from tests.accounts.visitor import PASSWORD, Visitor, account, login, whole_database
from tests.checkout.storefront_client import ADDRESS, shopper


def test_carts_go_with_the_account(mug: Variant) -> None:
    ada = account("adamantina@example.com")
    guest = shopper(mug)
    guest.visitor.patch(guest.path, shipping_address={**ADDRESS, "first_name": "Adamantina"}, note="For Adamantina")
    me = login(Visitor(), ada.email)
    me.post("/auth/login", email=ada.email, password=PASSWORD, cart_id=guest.cart_id)

    seen = me.delete("/me", current_password=PASSWORD)

    assert seen.status == 200
    assert (Cart.objects.count(), CartLine.objects.count()) == (0, 0)
    assert "adamantina" not in whole_database().casefold()


def test_other_peoples_carts_stay(mug: Variant) -> None:
    ada, bob = account(), account("bob@example.com")
    guests, bobs = shopper(mug), shopper(mug, visitor=login(Visitor(), bob.email))

    login(Visitor(), ada.email).delete("/me", current_password=PASSWORD)

    assert (guests.cart()["id"], bobs.cart()["id"]) == (guests.cart_id, bobs.cart_id)
    assert Cart.objects.count() == 2


def test_while_an_order_is_being_paid_nothing_is_closed(mug: Variant, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, cors_origins=frozenset({"http://localhost:3000"}))
    me = login(Visitor(), account().email)
    asked = shopper(mug, visitor=me).ready().complete("tok_3ds", return_url="http://localhost:3000/back")

    seen = me.delete("/me", current_password=PASSWORD)

    assert asked.status == 202
    assert seen.refusal == (409, "account_busy", None)
    assert me.get("/me").status == 200
    assert (Cart.objects.get().status, User.objects.get().is_active) == ("completing", True)
