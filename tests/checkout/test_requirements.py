"""What has to be there before a cart can become an order: shown on the cart, and gating its completion."""

from datetime import timedelta
from typing import Any

import pytest

from shop.catalog.models import Product, Variant
from shop.checkout.models import Cart
from shop.inventory import operations as inventory
from shop.orders.models import Order
from shop.platform.clock import now
from shop.promotions.models import Promotion
from shop.shipping.models import ShippingMethod
from shop.stores.models import Market, MarketCountry
from tests.accounts.visitor import Visitor
from tests.checkout.storefront_client import ADDRESS, EMAIL, Shopper, code, outside, sell, shopper

Requirements = list[tuple[str, str]]


def told(ada: Shopper) -> Requirements:
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


@pytest.mark.parametrize("name", ["line1", "city", "postal_code", "country"])
def test_each_part_of_an_address_is_missed_by_its_name(mug: Variant, name: str) -> None:
    ada = shopper(mug).ready()
    ada.visitor.patch(ada.path, shipping_address={name: None})

    assert told(ada) == [("address_incomplete", f"shipping_address.{name}")]


@pytest.mark.parametrize(
    "names",
    [
        {"first_name": "Sari", "last_name": None},
        {"first_name": None, "last_name": "Lovelace"},
        {"first_name": None, "last_name": " ", "company": "Muster GmbH"},
    ],
)
def test_one_name_is_enough(mug: Variant, names: dict[str, str | None]) -> None:
    ada = shopper(mug).ready()

    ada.visitor.patch(ada.path, shipping_address=names)

    assert (ada.cart()["requirements"], ada.complete().status) == ([], 201)


def test_spaces_are_no_name(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ada.visitor.patch(ada.path, shipping_address={"first_name": "   ", "last_name": None})

    assert told(ada) == [("address_incomplete", "shipping_address.first_name")]


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060", "\ufeff \u00ad", "\u3164", "\u2800", "\u0301", "\u202e"])
def test_what_can_not_be_seen_is_nothing(mug: Variant, nothing: str) -> None:
    ada = shopper(mug).ready()
    unseen = dict.fromkeys(["first_name", "last_name", "line1", "city", "postal_code"], nothing)

    ada.visitor.patch(ada.path, shipping_address=unseen, note=nothing, email=f"{EMAIL}\u200b")

    assert told(ada) == [
        ("address_incomplete", f"shipping_address.{each}") for each in ("first_name", "line1", "postal_code", "city")
    ]
    assert (ada.cart()["email"], ada.cart()["note"]) == (EMAIL, None)
    assert {ada.cart()["shipping_address"][each] for each in unseen} == {None}


def test_a_cart_from_before_with_an_address_of_nothing_has_to_be_mended(mug: Variant) -> None:
    ada = shopper(mug).ready()
    Cart.objects.update(shipping_address={**ADDRESS, "first_name": "\u200b", "last_name": "", "city": "\u2060"})

    assert told(ada) == [
        ("address_incomplete", "shipping_address.first_name"),
        ("address_incomplete", "shipping_address.city"),
    ]


def test_what_turns_the_direction_of_text_is_dropped_and_what_joins_letters_stays(mug: Variant) -> None:
    ada = shopper(mug).ready()
    family = "\U0001f469\u200d\U0001f467"

    ada.visitor.patch(ada.path, shipping_address={"last_name": "\u202ekcaJ\u202c"}, note=f"می\u200cبرم {family}\u2066")

    assert ada.cart()["shipping_address"]["last_name"] == "kcaJ"
    assert ada.cart()["note"] == f"می\u200cبرم {family}"


@pytest.mark.parametrize(
    ("address", "missing"),
    [
        ({"line1": "12 Queens Road", "state": "Hong Kong Island", "country": "HK"}, []),
        ({"line1": "1 Orchard Road", "postal_code": "238801", "country": "SG"}, []),
        ({"line1": "Villa 1", "state": "Dubai", "country": "AE"}, []),
        ({"line1": "1 Main St", "city": "Austin", "postal_code": "78701", "country": "US"}, ["state"]),
        ({"line1": "1 Pitt St", "city": "Sydney", "postal_code": "2000", "country": "AU"}, ["state"]),
        ({"line1": "45 City Hall Road", "city": "Taipei City", "postal_code": "110", "country": "TW"}, []),
        ({"line1": "68 Edward St", "city": "George Town", "postal_code": "KY1-1001", "country": "KY"}, []),
    ],
)
def test_what_a_country_lists_as_needed_is_missed_and_nothing_else(
    mug: Variant, address: dict[str, str], missing: list[str]
) -> None:
    MarketCountry.objects.get_or_create(country=address["country"], market=Market.objects.get(code="eu"))

    cart = Visitor().post("/carts", shipping_address={**address, "first_name": "Kim"}).data

    shown = [each["field"] for each in cart["requirements"] if each["code"] == "address_incomplete"]
    assert shown == [f"shipping_address.{each}" for each in missing]


def test_a_billing_address_that_is_begun_has_to_be_whole(mug: Variant) -> None:
    ada = shopper(mug).ready()
    ada.visitor.patch(ada.path, billing_address={"first_name": "Kim", "country": "FR"})

    assert told(ada) == [
        ("address_incomplete", "billing_address.line1"),
        ("address_incomplete", "billing_address.postal_code"),
        ("address_incomplete", "billing_address.city"),
    ]


def test_an_address_from_before_that_can_not_be_one_has_to_be_mended(mug: Variant) -> None:
    ada = shopper(mug).ready()
    Cart.objects.update(shipping_address={**ADDRESS, "postal_code": "ABC"})

    assert told(ada) == [("address_incomplete", "shipping_address.postal_code")]


@pytest.mark.parametrize("place", ["shipping_address", "billing_address"])
@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ({"postal_code": "ABC", "country": "DE"}, (422, "invalid_format", "postal_code")),
        ({"state": "ZZ", "postal_code": "00184", "country": "IT"}, (422, "invalid_choice", "state")),
        ({"state": "TX", "postal_code": "787", "country": "US"}, (422, "invalid_format", "postal_code")),
        ({"phone": "12", "country": "DE"}, (422, "invalid_format", "phone")),
    ],
)
def test_what_can_not_be_is_refused_at_its_field(
    mug: Variant, place: str, address: dict[str, str], refusal: tuple[int, str, str]
) -> None:
    market = Market.objects.get(code="eu")
    MarketCountry.objects.get_or_create(country=address["country"], defaults={"market": market})
    ada = shopper(mug)
    before = ada.cart()

    opened = Visitor().post("/carts", **{place: address})
    changed = ada.visitor.patch(ada.path, **{place: address})

    status, code, field = refusal
    assert opened.refusal == changed.refusal == (status, code, f"{place}.{field}")
    assert (Cart.objects.count(), ada.cart()) == (1, before)


def test_a_state_does_not_survive_a_change_of_country(mug: Variant) -> None:
    market = Market.objects.get(code="eu")
    MarketCountry.objects.create(country="US", market=market)
    texas = {"state": "Texas", "postal_code": "78701", "country": "US"}
    cart = Visitor().post("/carts", shipping_address=texas).data

    moved = Visitor().patch(f"/carts/{cart['id']}", shipping_address={"country": "DE", "postal_code": "d-10115"}).data

    assert cart["shipping_address"]["state"] == "TX"
    assert [moved["shipping_address"][each] for each in ("state", "postal_code", "country")] == [None, "10115", "DE"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("030 901820", "+4930901820"),
        ("0049 30 901820", "+4930901820"),
        ("030/901820", "+4930901820"),
        ("+49 30 901820 ext. 12", "+4930901820;ext=12"),
        ("", None),
    ],
)
def test_a_phone_is_read_in_the_country_of_the_address(mug: Variant, typed: str, stored: str | None) -> None:
    cart = Visitor().post("/carts", shipping_address={"country": "DE", "phone": typed}).data

    assert cart["shipping_address"]["phone"] == stored


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


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"note": "4242 4242 4242 4242"}, "note"),
        ({"metadata": {"card": "4242-4242-4242-4242"}}, "metadata.card"),
        ({"shipping_address": {"line2": "5555555555554444"}}, "shipping_address.line2"),
        ({"billing_address": {"company": "378282246310005"}}, "billing_address.company"),
        ({"shipping_address": {"postal_code": "4242424242424242"}}, "shipping_address.postal_code"),
        ({"note": "4111 / 1111 / 1111 / 1111"}, "note"),
        ({"email": "4111.1111.1111.1111@example.com"}, "email"),
    ],
)
def test_a_card_number_is_kept_nowhere(mug: Variant, said: dict[str, Any], field: str) -> None:
    ada = shopper(mug)
    before = ada.cart()

    opened, changed = Visitor().post("/carts", **said), ada.visitor.patch(ada.path, **said)

    assert opened.refusal == changed.refusal == (422, "invalid_text", field)
    assert (Cart.objects.count(), ada.cart()) == (1, before)


@pytest.mark.parametrize("query", ["4111111111111111", "4111%201111%201111%201111", "4111+1111+1111+1111"])
def test_nor_in_an_address_to_come_back_to(mug: Variant, query: str) -> None:
    ada = shopper(mug).ready()

    seen = ada.complete("tok_3ds", return_url=f"http://localhost:3000/done?card={query}")

    assert seen.refusal == (422, "invalid_text", "payment.return_url")
    assert (Order.objects.count(), ada.cart()["status"]) == (0, "open")


def test_nobody_learns_from_a_code_who_is_a_customer(mug: Variant) -> None:
    code(once_per_customer=True)
    first = shopper(mug).ready()
    first.visitor.post(f"{first.path}/codes", code="welcome10")
    placed = first.complete()
    guest = shopper(mug)

    entered = guest.visitor.patch(guest.path, email=EMAIL), guest.visitor.post(f"{guest.path}/codes", code="welcome10")
    guest.ready()
    cart = guest.cart()
    refused = guest.complete(key="key-2")

    assert (placed.status, [each.status for each in entered]) == (201, [200, 200])
    assert (cart["notices"], cart["requirements"]) == ([], [])
    assert (refused.refusal[:2], Order.objects.count()) == ((409, "discount_code_used_up"), 1)
