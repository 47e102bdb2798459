"""What has to be there before a cart can become an order: shown on the cart, and gating its completion."""

from datetime import timedelta

import pytest

from shop.catalog.models import Product, Variant
from shop.inventory import operations as inventory
from shop.orders.models import Order
from shop.platform.clock import now
from shop.promotions.models import Promotion
from shop.shipping.models import ShippingMethod
from shop.stores.models import Market, MarketCountry
from tests.checkout.shopfront import ADDRESS, EMAIL, Shopper, code, outside, sell, shopper

Told = list[tuple[str, str]]


def told(ada: Shopper) -> Told:
    """What is missing by the cart, which is what refuses its completion."""
    cart = ada.cart()
    shown = [(each["code"], each["field"]) for each in cart["requirements"]]
    refused = ada.complete(total=cart["totals"]["total"])
    refusals = [(each["params"]["requirement"], each["field"]) for each in refused.body["errors"]]
    assert (refused.status, refused.code, refusals) == (422, "not_ready", shown)
    assert (Order.objects.count(), ada.cart()["status"]) == (0, "open")
    return shown


def test_a_cart_with_everything_is_ready(mug: Variant) -> None:
    ada = shopper(mug).ready()

    assert ada.cart()["requirements"] == []
    assert ada.complete().status == 201


def test_an_empty_one_wants_everything(market: Market) -> None:
    ada = shopper()

    assert told(ada) == [
        ("lines_required", "lines"),
        ("email_required", "email"),
        ("address_required", "shipping_address"),
        ("shipping_method_required", "shipping_method_id"),
    ]


def test_one_that_was_emptied_is_asked_for_where_to_ship(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ada.visitor.delete(f"{ada.path}/lines/{ada.cart()['lines'][0]['id']}")

    assert told(ada) == [("lines_required", "lines")]


def test_what_is_shipped_wants_an_address_and_a_way(mug: Variant) -> None:
    ada = shopper(mug)

    assert told(ada) == [
        ("email_required", "email"),
        ("address_required", "shipping_address"),
        ("shipping_method_required", "shipping_method_id"),
    ]


@pytest.mark.parametrize("name", ["first_name", "last_name", "line1", "city", "country"])
def test_each_part_of_an_address_is_missed_by_its_name(mug: Variant, name: str) -> None:
    ada = shopper(mug).ready()
    ada.visitor.patch(ada.path, shipping_address={name: None})

    assert told(ada) == [("address_incomplete", f"shipping_address.{name}")]


def test_spaces_are_no_name(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ada.visitor.patch(ada.path, shipping_address={**ADDRESS, "first_name": "   "})

    assert told(ada) == [("address_incomplete", "shipping_address.first_name")]


def test_what_is_not_shipped_wants_a_billing_address_alone(market: Market) -> None:
    book = sell("e-book", requires_shipping=False)
    ada = shopper(book)
    missing = told(ada)

    ada.visitor.patch(ada.path, email=EMAIL, billing_address=ADDRESS)
    placed = ada.complete()

    assert missing == [("email_required", "email"), ("address_required", "billing_address")]
    assert (placed.status, placed.data["shipping_method"], placed.data["totals"]["shipping_total"]["amount"]) == (
        201,
        None,
        0,
    )
    assert (placed.data["shipping_address"], placed.data["billing_address"]["city"]) == (None, "Berlin")


def test_an_address_elsewhere_is_not_taxed_here(mug: Variant) -> None:
    MarketCountry.objects.filter(country="FR").delete()
    MarketCountry.objects.create(market=Market.objects.get(code="eu"), country="FR")
    ada = shopper(mug).ready()

    ada.visitor.patch(ada.path, shipping_address={**ADDRESS, "country": "FR"}, country="DE")

    assert told(ada) == [("country_differs", "country")]


def test_a_way_to_ship_that_was_switched_off_has_to_be_chosen_anew(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ShippingMethod.objects.update(is_active=False)

    assert told(ada) == [("shipping_method_unavailable", "shipping_method_id")]


def test_a_line_that_went_off_sale_has_to_go(mug: Variant) -> None:
    ada = shopper(sell("cup"), mug).ready()
    Product.objects.filter(slug="mug").update(status=Product.Status.DRAFT)

    assert told(ada) == [("line_unavailable", "lines.1")]


def test_stock_that_is_missing_beside_other_things_is_one_of_them(mug: Variant) -> None:
    ada = shopper(mug, quantity=8)
    inventory.take_stock({mug.pk: 7})

    assert told(ada)[:2] == [("insufficient_stock", "lines.0.quantity"), ("email_required", "email")]


def test_two_lines_of_one_thing_need_stock_for_both(mug: Variant) -> None:
    ada = shopper(mug, quantity=3)
    ada.visitor.post(f"{ada.path}/lines", variant_id=outside(mug), quantity=3, metadata={"engraving": "Ada"})
    inventory.take_stock({mug.pk: 5})

    assert told(ada)[:2] == [("insufficient_stock", "lines.1.quantity"), ("email_required", "email")]


def test_a_code_that_ended_has_to_be_removed(mug: Variant) -> None:
    code()
    ada = shopper(mug).ready()
    ada.visitor.post(f"{ada.path}/codes", code="welcome10")
    Promotion.objects.update(ends_at=now() - timedelta(seconds=1))

    missing = told(ada)
    entered = ada.cart()["codes"][0]
    ada.visitor.delete(f"{ada.path}/codes/{entered['id']}")

    assert (missing, entered["amount"]["amount"]) == ([("code_not_valid", "codes")], 0)
    assert ada.complete(key="key-2").status == 201
