"""Carts over HTTP: opened, read, changed and shown, by whoever has the id, or whose they are."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from shop.catalog.models import Product, Variant
from shop.checkout.models import Cart, CartLine
from shop.checkout.operations import carts
from shop.inventory import operations as inventory
from shop.kernel.money import LARGEST, Money
from shop.platform.clock import now
from shop.pricing import operations as pricing
from shop.pricing.models import PriceList
from shop.promotions.models import Promotion
from shop.shipping.models import ShippingMethod
from shop.stores.limits import LARGEST_PRICE
from shop.stores.models import Market, MarketCountry, Store
from shop.tax.models import TaxRate
from tests.accounts.visitor import Visitor, account, login
from tests.checkout.storefront_client import ADDRESS, EMAIL, code, open_shop, outside, sell, shopper

EMPTY = {"amount": 0, "currency": "EUR"}
NOWHERE = "crt_00000000000000000000000000"


@pytest.fixture
def switzerland(market: Market) -> Market:
    """Another market, in francs."""
    found = Market.objects.create(code="ch", name="Switzerland", currency="CHF", prices_include_tax=True)
    MarketCountry.objects.create(market=found, country="CH")
    PriceList.objects.get_or_create(code="base-chf", defaults={"name": "Francs", "currency": "CHF"})
    return found


def test_an_empty_cart_says_what_is_missing(market: Market) -> None:
    seen = Visitor().post("/carts")

    cart = seen.data
    assert (seen.status, seen.headers["Location"]) == (201, f"/api/v1/carts/{cart['id']}")
    assert (cart["status"], cart["market"], cart["currency"], cart["country"]) == ("open", "eu", "EUR", "AT")
    assert (cart["lines"], cart["totals"]["total"], cart["order_id"]) == ([], EMPTY, None)
    assert cart["payment"] == {"status": "none", "last_error": None}
    assert [(each["code"], each["field"]) for each in cart["requirements"]] == [
        ("lines_required", "lines"),
        ("email_required", "email"),
        ("address_required", "shipping_address"),
        ("shipping_method_required", "shipping_method_id"),
    ]


def test_no_body_is_an_empty_object_whatever_type_the_server_fills_in(client: Client, market: Market) -> None:
    answer = client.post("/api/v1/carts", CONTENT_TYPE="text/plain", CONTENT_LENGTH="")  # as wsgiref does

    assert (answer.status_code, answer.json()["data"]["lines"]) == (201, [])


def test_a_cart_is_opened_with_everything_that_is_known(mug: Variant) -> None:
    code()

    seen = Visitor().post(
        "/carts",
        country="DE",
        currency="EUR",
        locale="en-GB",
        email=EMAIL,
        lines=[{"variant_id": outside(mug), "quantity": 2, "metadata": {"engraving": "Ada"}}],
        shipping_address=ADDRESS,
        billing_address={"company": "Analytical Engines"},
        codes=["welcome10"],
        note="Ring twice.",
        metadata={"source": "newsletter"},
    )

    cart = seen.data
    [line] = cart["lines"]
    assert (seen.status, cart["locale"], cart["email"], cart["note"]) == (201, "en-GB", EMAIL, "Ring twice.")
    assert (line["quantity"], line["metadata"], line["name"]) == (2, {"engraving": "Ada"}, None)
    assert (line["subtotal"]["amount"], line["discount"]["amount"], line["total"]["amount"]) == (3998, 400, 3598)
    assert line["tax_lines"] == [
        {
            "name": "VAT",
            "rate": "19.00",
            "base": {"amount": 3024, "currency": "EUR"},
            "amount": {"amount": 574, "currency": "EUR"},
        }
    ]
    assert [each["code"] for each in cart["codes"]] == ["WELCOME10"]
    assert (cart["shipping_address"]["city"], cart["billing_address"]["company"]) == ("Berlin", "Analytical Engines")
    assert cart["metadata"] == {"source": "newsletter"}
    assert [(each["code"], each["field"]) for each in cart["requirements"]] == [
        ("address_incomplete", "billing_address.line1"),
        ("address_incomplete", "billing_address.country"),
        ("shipping_method_required", "shipping_method_id"),
    ]


def test_a_language_that_the_market_does_not_speak_falls_back_to_its_own(mug: Variant) -> None:
    ada = shopper(mug)
    ada.visitor.patch(ada.path, locale="en-GB")

    opened = Visitor().post("/carts", locale="tlh")
    changed = ada.visitor.patch(ada.path, locale="de-AT", note="Hello")

    assert (opened.status, opened.data["locale"], opened.body["meta"]["context"]["locale"]) == (201, "en", "en")
    assert (changed.status, changed.data["locale"], changed.data["note"]) == (200, "en", "Hello")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("en_GB", "en-GB"), ("EN-gb", "en-GB"), ("en-latn-us", "en-Latn-US"), ("en_us_1997", "en-US-1997")],
)
def test_a_language_is_read_whatever_its_case_and_what_joins_its_parts(mug: Variant, typed: str, kept: str) -> None:
    ada = shopper(mug)

    opened = Visitor().post("/carts", locale=typed)
    changed = ada.visitor.patch(ada.path, locale=typed)

    assert [(each.status, each.data["locale"]) for each in (opened, changed)] == [(201, kept), (200, kept)]


def test_the_case_of_a_country_and_a_currency_carries_no_meaning(mug: Variant) -> None:
    opened = Visitor().post("/carts", country="de", currency="eur", shipping_address={**ADDRESS, "country": "de"})
    changed = Visitor().patch(f"/carts/{opened.data['id']}", country="De", currency="Eur")

    assert [(each.status, each.data["country"], each.data["currency"]) for each in (opened, changed)] == [
        (201, "DE", "EUR"),
        (200, "DE", "EUR"),
    ]
    assert changed.data["shipping_address"]["country"] == "DE"


def test_a_cart_that_goes_to_another_market_speaks_its_language(mug: Variant) -> None:
    swiss = Market.objects.create(code="ch", name="Switzerland", currency="CHF", locale="de-CH")
    MarketCountry.objects.create(market=swiss, country="CH")
    Store.objects.update(locales=["en", "fr"])
    carts = [Visitor().post("/carts", locale=locale).data["id"] for locale in ("en-GB", "fr")]
    Store.objects.update(locales=["fr"], locale="fr")

    seen = [Visitor().patch(f"/carts/{cart}", country="CH").data for cart in carts]
    named = Visitor().patch(f"/carts/{carts[0]}", locale="de")

    assert [(each["market"], each["locale"]) for each in seen] == [("ch", "de-CH"), ("ch", "fr")]
    assert (named.status, named.data["locale"]) == (200, "de")


def test_a_cart_that_can_not_be_opened_with_everything_is_not_opened(mug: Variant) -> None:
    lines = [{"variant_id": outside(mug), "quantity": 2}]

    seen = Visitor().post("/carts", lines=lines, codes=["unknown"])

    assert seen.refusal == (422, "discount_code_refused", "codes.0")
    assert (Cart.objects.count(), CartLine.objects.count()) == (0, 0)


@pytest.mark.parametrize("cart_id", [NOWHERE, "crt_1", "ord_00000000000000000000000000", "%00", "x" * 30])
def test_an_id_of_no_cart_is_not_found(market: Market, cart_id: str) -> None:
    seen = Visitor().get(f"/carts/{cart_id}")

    assert (seen.status, seen.code) == (404, "not_found")


def test_a_customers_cart_is_not_there_for_anybody_else(mug: Variant) -> None:
    account()
    account("eve@example.com")
    ada = shopper(mug, visitor=login(Visitor()))
    others = [Visitor(), login(Visitor(), "eve@example.com")]

    seen = [each.get(ada.path) for each in others] + [each.patch(ada.path, note="mine") for each in others]

    assert [each.status for each in seen] == [404] * 4
    assert Cart.objects.get().note == ""


def test_a_customer_has_one_open_cart_which_keeps_what_is_in_it(mug: Variant) -> None:
    account()
    ada = login(Visitor())
    nothing = ada.get("/me/cart")
    lines = [{"variant_id": outside(mug), "quantity": 2}]

    first, second = ada.post("/carts", lines=lines), ada.post("/carts", lines=lines, note="Again")

    assert (nothing.status, nothing.data) == (200, None)
    assert (first.status, second.status) == (201, 200)
    assert first.data["id"] == second.data["id"] == ada.get("/me/cart").data["id"]
    assert (second.data["lines"][0]["quantity"], second.data["note"], second.data["email"]) == (
        4,
        "Again",
        "ada@example.com",
    )


def test_the_same_thing_is_one_line_and_with_other_words_another(mug: Variant) -> None:
    ada = shopper(mug)

    ada.add(mug, 2)
    ada.visitor.post(f"{ada.path}/lines", variant_id=outside(mug), metadata={"engraving": "Ada"})

    assert [(each["quantity"], each["metadata"]) for each in ada.cart()["lines"]] == [
        (3, {}),
        (1, {"engraving": "Ada"}),
    ]


def test_lines_that_become_the_same_are_joined(mug: Variant) -> None:
    ada = shopper(mug, quantity=2)
    ada.visitor.post(f"{ada.path}/lines", variant_id=outside(mug), metadata={"engraving": "Ada"})
    [plain, engraved] = ada.cart()["lines"]

    seen = ada.visitor.patch(f"{ada.path}/lines/{engraved['id']}", metadata=None)

    assert [(each["id"], each["quantity"]) for each in seen.data["lines"]] == [(engraved["id"], 3)]
    assert plain["id"] != engraved["id"]
    assert CartLine.objects.get().quantity == 3


def test_quantity_zero_removes_and_so_does_delete(mug: Variant) -> None:
    cup = sell("cup")
    ada = shopper(mug, cup)
    [one, other] = ada.cart()["lines"]

    left = ada.visitor.patch(f"{ada.path}/lines/{one['id']}", quantity=0)
    none = ada.visitor.delete(f"{ada.path}/lines/{other['id']}")
    again = ada.visitor.delete(f"{ada.path}/lines/{other['id']}")

    assert [each["id"] for each in left.data["lines"]] == [other["id"]]
    assert (none.data["lines"], none.data["totals"]["total"], again.status) == ([], EMPTY, 404)


def test_a_line_of_another_cart_is_not_found(mug: Variant) -> None:
    ada, eve = shopper(mug), shopper(mug)
    line = ada.cart()["lines"][0]["id"]

    seen = [eve.visitor.patch(f"{eve.path}/lines/{line}", quantity=5), eve.visitor.delete(f"{eve.path}/lines/{line}")]

    assert [each.status for each in seen] == [404, 404]
    assert ada.cart()["lines"][0]["quantity"] == 1


def test_of_many_lines_all_are_added_or_none(mug: Variant) -> None:
    cup = sell("cup", stock=1)
    ada = shopper(mug)
    wanted = [{"variant_id": outside(mug), "quantity": 1}, {"variant_id": outside(cup), "quantity": 2}]

    refused = ada.visitor.post(f"{ada.path}/lines", lines=wanted)
    wanted[1]["quantity"] = 1
    added = ada.visitor.post(f"{ada.path}/lines", lines=wanted)

    assert (refused.status, refused.code) == (409, "insufficient_stock")
    assert [each["variant_id"] for each in refused.body["errors"][0]["params"]["shortages"]] == [outside(cup)]
    assert [each["quantity"] for each in added.data["lines"]] == [2, 1]


def test_the_same_thing_twice_in_one_call_is_counted_together(market: Market) -> None:
    mug = sell(stock=3)
    ada = shopper()
    wanted = [{"variant_id": outside(mug), "quantity": 2, "metadata": {"n": str(n)}} for n in range(2)]

    seen = ada.visitor.post(f"{ada.path}/lines", lines=wanted)

    [shortage] = seen.body["errors"][0]["params"]["shortages"]
    assert (seen.status, shortage["requested"], shortage["available"]) == (409, 4, 3)
    assert ada.cart()["lines"] == []


def test_what_can_not_be_bought_is_named_by_its_place(mug: Variant) -> None:
    draft = sell("draft")
    Product.objects.filter(slug="draft").update(status=Product.Status.DRAFT)
    priceless = sell("priceless")
    priceless.prices.all().delete()
    ada = shopper()
    wanted = [outside(mug), outside(draft), outside(priceless), "var_00000000000000000000000000", "of nobody"]

    seen = ada.visitor.post(f"{ada.path}/lines", lines=[{"variant_id": each} for each in wanted])

    assert (seen.status, {each["code"] for each in seen.body["errors"]}) == (422, {"variant_unavailable"})
    assert [each["field"] for each in seen.body["errors"]] == [f"lines.{n}.variant_id" for n in (1, 2, 3, 4)]
    assert ada.cart()["lines"] == []


def test_one_line_of_a_list_is_named_by_its_place_too(mug: Variant) -> None:
    nobodys = {"variant_id": "var_00000000000000000000000000"}
    ada = shopper(mug)

    opened = Visitor().post("/carts", lines=[nobodys])
    added = ada.visitor.post(f"{ada.path}/lines", lines=[nobodys])
    alone = ada.visitor.post(f"{ada.path}/lines", **nobodys)

    assert opened.refusal == added.refusal == (422, "variant_unavailable", "lines.0.variant_id")
    assert alone.refusal == (422, "variant_unavailable", "variant_id")
    assert (Cart.objects.count(), ada.cart()["lines"][0]["quantity"], len(ada.cart()["lines"])) == (1, 1, 1)


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**63, 1.5, "2", None, True])
def test_a_quantity_that_is_none_is_refused(mug: Variant, quantity: object) -> None:
    ada = shopper()

    seen = ada.visitor.post(f"{ada.path}/lines", variant_id=outside(mug), quantity=quantity)

    assert (seen.status, seen.body["errors"][0]["field"]) == (422, "quantity")
    assert ada.cart()["lines"] == []


def test_a_line_holds_at_most_999(market: Market) -> None:
    sand = sell("sand", stock=None)
    ada = shopper(sand, quantity=998)

    last, more = ada.add(sand), ada.add(sand)

    assert (last.status, more.refusal) == (200, (422, "quantity_too_large", "quantity"))
    assert CartLine.objects.get().quantity == 999


def test_the_part_of_a_list_that_makes_a_line_too_long_is_named_by_its_place(market: Market) -> None:
    sand = {"variant_id": outside(sell("sand", stock=None))}
    ada = shopper()
    wanted = [{**sand, "quantity": 999}, {**sand, "metadata": {"wet": "yes"}}, sand, sand]

    added = ada.visitor.post(f"{ada.path}/lines", lines=wanted)
    opened = Visitor().post("/carts", lines=wanted[:3])

    assert (added.status, [(each["field"], each["params"]) for each in added.body["errors"]]) == (
        422,
        [("lines.2.quantity", {"max": 999}), ("lines.3.quantity", {"max": 999})],
    )
    assert opened.refusal == (422, "quantity_too_large", "lines.2.quantity")
    assert (Cart.objects.count(), ada.cart()["lines"]) == (1, [])


@pytest.mark.parametrize(
    ("change", "field"), [({"metadata": None}, "metadata"), ({"metadata": None, "quantity": 2}, "quantity")]
)
def test_lines_that_would_join_to_more_than_999_stay_two(market: Market, change: dict[str, object], field: str) -> None:
    sand = sell("sand", stock=None)
    ada = shopper(sand, quantity=996)
    ada.visitor.post(f"{ada.path}/lines", variant_id=outside(sand), quantity=3, metadata={"wet": "yes"})
    CartLine.objects.filter(quantity=996).update(quantity=998)
    wet = ada.cart()["lines"][1]["id"]

    seen = ada.visitor.patch(f"{ada.path}/lines/{wet}", **change)

    assert seen.refusal == (422, "quantity_too_large", field)
    assert [(each["quantity"], each["metadata"]) for each in ada.cart()["lines"]] == [(998, {}), (3, {"wet": "yes"})]


def test_a_cart_holds_at_most_200_lines(market: Market) -> None:
    sand = sell("sand", stock=None)
    ada = shopper(sand)
    many = [{"variant_id": outside(sand), "metadata": {"n": str(n)}} for n in range(199)]

    last = ada.visitor.post(f"{ada.path}/lines", lines=many)
    more = ada.visitor.post(f"{ada.path}/lines", variant_id=outside(sand), metadata={"n": "one more"})

    assert (last.status, more.status, more.code) == (200, 409, "cart_full")
    assert CartLine.objects.count() == 200


def test_no_cart_is_too_dear_to_be_read_and_changed(market: Market) -> None:
    open_shop(prices_include_tax=False, shipping=LARGEST_PRICE)
    TaxRate.objects.update(percent=Decimal(100))
    palace = sell("palace", price=LARGEST_PRICE, stock=None)
    ada = shopper(palace, quantity=999).ready()
    CartLine.objects.bulk_create(
        CartLine(cart=Cart.objects.get(), variant=palace, quantity=999, metadata_key=f"{n}") for n in range(199)
    )

    read, changed = ada.visitor.get(ada.path), ada.visitor.patch(ada.path, note="All of them.")

    total = 2 * (200 * 999 * LARGEST_PRICE + LARGEST_PRICE)
    assert (read.status, changed.status, len(read.data["lines"])) == (200, 200, 200)
    assert read.data["totals"]["total"] == changed.data["totals"]["total"] == {"amount": total, "currency": "EUR"}
    assert total <= LARGEST


def test_my_cart_has_the_version_that_it_has_by_its_id(mug: Variant) -> None:
    account()
    ada = shopper(mug, visitor=login(Visitor()))
    by_id = ada.visitor.get(ada.path)

    mine = ada.visitor.get("/me/cart")
    again = Visitor(ada.visitor.token, headers={"If-None-Match": mine.headers["ETag"]}).get("/me/cart")

    assert (mine.data, mine.headers["ETag"]) == (by_id.data, by_id.headers["ETag"])
    assert (again.status, again.body) == (304, None)


def test_a_cart_says_which_shipping_method_is_chosen(mug: Variant) -> None:
    ada = shopper(mug).ready()

    [offered] = ada.visitor.get(f"{ada.path}/shipping-methods").data

    assert ada.cart()["shipping_method"] == {"id": offered["id"], "code": "flat", "name": "Parcel"}


def test_what_is_absent_stays_and_null_clears(mug: Variant) -> None:
    ada = shopper(mug).ready()

    kept = ada.visitor.patch(ada.path, note="Ring twice.", metadata={"a": "b"})
    cleared = ada.visitor.patch(ada.path, shipping_address=None, shipping_method_id=None, note=None, metadata=None)

    assert (kept.data["email"], kept.data["shipping_address"]["city"], kept.data["note"]) == (
        EMAIL,
        "Berlin",
        "Ring twice.",
    )
    assert (cleared.data["shipping_address"], cleared.data["shipping_method"], cleared.data["note"]) == (None,) * 3
    assert (cleared.data["metadata"], cleared.data["email"], cleared.data["version"]) == ({}, EMAIL, 4)


@pytest.mark.parametrize(
    "forbidden",
    [{"totals": {"total": 1}}, {"status": "completed"}, {"order_id": None}, {"lines": []}, {"price": 1}, {"user": "x"}],
)
def test_prices_and_states_are_never_taken_from_the_body(mug: Variant, forbidden: dict[str, object]) -> None:
    ada = shopper(mug)

    seen = ada.visitor.patch(ada.path, **forbidden)

    assert (seen.status, seen.body["errors"][0]["field"]) == (422, next(iter(forbidden)))
    assert (ada.cart()["status"], ada.cart()["version"]) == ("open", 1)


def test_another_country_means_another_market_and_its_prices(mug: Variant, switzerland: Market) -> None:
    pricing.set_price(mug.pk, Money(2500, "CHF"))
    ada = shopper(mug).ready()

    seen = ada.visitor.patch(ada.path, country="CH")

    assert (seen.data["market"], seen.data["currency"], seen.data["country"]) == ("ch", "CHF", "CH")
    assert seen.data["totals"]["total"] == {"amount": 2500, "currency": "CHF"}
    assert (seen.data["shipping_method"], seen.data["totals"]["tax_total"]["amount"]) == (None, 0)
    assert [each["code"] for each in seen.data["requirements"]] == ["country_differs", "shipping_method_required"]


def test_where_it_is_shipped_decides_the_market(mug: Variant, switzerland: Market) -> None:
    pricing.set_price(mug.pk, Money(2500, "CHF"))
    ada = shopper(mug).ready()

    moved = ada.visitor.patch(ada.path, shipping_address={**ADDRESS, "country": "CH", "postal_code": "8001"})
    opened = Visitor().post("/carts", shipping_address={"country": "CH"})

    assert (moved.data["market"], moved.data["country"], moved.data["currency"]) == ("ch", "CH", "CHF")
    assert (opened.data["market"], opened.data["country"]) == ("ch", "CH")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"country": "US"}, (422, "country_not_served", "country")),
        ({"shipping_address": {"country": "US"}}, (422, "country_not_served", "shipping_address.country")),
        ({"currency": "USD"}, (422, "currency_not_served", "currency")),
        ({"country": "XX"}, (422, "country_not_served", "country")),
        ({"email": "no address"}, (422, "invalid_format", "email")),
    ],
)
def test_what_is_not_served_or_no_address_is_refused_everywhere(
    mug: Variant, said: dict[str, object], refusal: tuple[int, str, str]
) -> None:
    ada = shopper(mug)

    opened, changed = Visitor().post("/carts", **said), ada.visitor.patch(ada.path, **said)

    assert opened.refusal == changed.refusal == refusal
    assert (Cart.objects.count(), ada.cart()["country"]) == (1, "DE")


def test_an_unknown_country_of_an_address_is_told_with_all_else_that_has_the_wrong_form(mug: Variant) -> None:
    ada = shopper(mug)
    said = {"email": "no address", "shipping_address": {"country": "XX", "city": "x" * 101}}

    opened, changed = Visitor().post("/carts", **said), ada.visitor.patch(ada.path, **said)

    assert [(each["code"], each["field"]) for each in opened.body["errors"]] == [
        ("invalid_format", "email"),
        ("too_long", "shipping_address.city"),
        ("invalid_choice", "shipping_address.country"),
    ]
    assert changed.body["errors"] == opened.body["errors"]
    assert (Cart.objects.count(), ada.cart()["email"], ada.cart()["shipping_address"]) == (1, None, None)


def test_a_country_that_is_not_served_is_told_with_all_else_that_is_wrong_with_addresses(mug: Variant) -> None:
    ada = shopper(mug)
    abroad = {"country": "US", "postal_code": "10117", "state": "Bavaria", "phone": "1"}
    said = {"shipping_address": abroad, "billing_address": {"country": "DE", "postal_code": "1"}}

    opened, changed = Visitor().post("/carts", **said), ada.visitor.patch(ada.path, **said)

    assert [(each["code"], each["field"]) for each in opened.body["errors"]] == [
        ("country_not_served", "shipping_address.country"),
        ("invalid_format", "billing_address.postal_code"),
        ("invalid_choice", "shipping_address.state"),
        ("invalid_format", "shipping_address.phone"),
    ]
    assert (opened.status, changed.status, changed.body["errors"]) == (422, 422, opened.body["errors"])
    assert (Cart.objects.count(), ada.cart()["country"], ada.cart()["shipping_address"]) == (1, "DE", None)


def test_a_country_that_is_not_served_is_told_with_what_the_rest_of_the_address_then_is(mug: Variant) -> None:
    ada = shopper(mug).ready()

    moved = ada.visitor.patch(ada.path, shipping_address={"country": "CA"})

    assert [(each["code"], each["field"]) for each in moved.body["errors"]] == [
        ("country_not_served", "shipping_address.country"),
        ("invalid_format", "shipping_address.postal_code"),
    ]
    assert (ada.cart()["country"], ada.cart()["shipping_address"]["country"]) == ("DE", "DE")


def test_a_way_to_ship_of_another_market_or_none_is_refused(mug: Variant, switzerland: Market) -> None:
    foreign = ShippingMethod.objects.create(market=switzerland, code="post", name="Post", price=900)
    ada = shopper(mug)
    wrong = [f"shm_{foreign.pk}", "shm_00000000000000000000000000", "nonsense"]

    seen = [ada.visitor.patch(ada.path, shipping_method_id=each) for each in wrong]

    assert {each.refusal for each in seen} == {(422, "shipping_method_unavailable", "shipping_method_id")}
    assert ada.cart()["shipping_method"] is None


def test_what_went_off_sale_stays_in_the_cart_with_a_notice_and_costs_nothing(mug: Variant) -> None:
    cup = sell("cup", price=500)
    ada = shopper(mug, cup).ready()
    Product.objects.filter(slug="mug").update(status=Product.Status.ARCHIVED)

    cart = ada.cart()

    notice = {
        "code": "unavailable",
        "line_id": cart["lines"][0]["id"],
        "message": "This item is no longer available.",
        "params": None,
    }
    assert ([each["notices"] for each in cart["lines"]], cart["notices"]) == ([[notice], []], [notice])
    assert cart["totals"]["subtotal"] == {"amount": 500, "currency": "EUR"}
    assert [(each["code"], each["field"]) for each in cart["requirements"]] == [("line_unavailable", "lines.0")]


def test_what_was_sold_to_others_is_noted_with_what_can_be_had(mug: Variant) -> None:
    ada = shopper(mug, quantity=8).ready()
    inventory.take_stock({mug.pk: 3})

    cart = ada.cart()
    fewer = ada.visitor.patch(f"{ada.path}/lines/{cart['lines'][0]['id']}", quantity=5)

    [notice] = cart["lines"][0]["notices"]
    assert (notice["code"], notice["params"]) == (
        "insufficient_stock",
        {"variant_id": outside(mug), "requested": 8, "available": 3},
    )
    assert [(each["code"], each["field"]) for each in cart["requirements"]] == [
        ("insufficient_stock", "lines.0.quantity")
    ]
    assert (fewer.status, fewer.data["lines"][0]["quantity"]) == (200, 5)


def test_the_cart_tells_all_notices_and_which_line_each_is_about(mug: Variant) -> None:
    code()
    ada = shopper(sell("cup"), mug, quantity=8)
    ada.visitor.post(f"{ada.path}/codes", code="welcome10")
    inventory.take_stock({mug.pk: 3})
    Promotion.objects.update(is_active=False)

    cart = ada.cart()

    [cup, short] = cart["lines"]
    assert [(each["code"], each["line_id"]) for each in cart["notices"]] == [
        ("insufficient_stock", short["id"]),
        ("code_not_applied", None),
    ]
    assert (cup["notices"], short["notices"]) == ([], cart["notices"][:1])


def test_a_notice_of_a_code_that_is_gone_is_not_shown(mug: Variant) -> None:
    ada = shopper(mug)
    gone = {"code": "moved", "message": "The market has changed."}
    reduced = {"code": "quantity_clamped", "message": "Some quantities were reduced."}
    Cart.objects.update(notices=[gone, reduced])

    seen = ada.visitor.get(ada.path)

    assert (seen.status, [each["code"] for each in seen.data["notices"]]) == (200, ["quantity_clamped"])


def test_a_notice_does_not_give_away_how_many_there_are(market: Market) -> None:
    mug = sell(stock=60)
    ada = shopper(mug, quantity=50)
    inventory.take_stock({mug.pk: 37})

    [notice] = ada.cart()["lines"][0]["notices"]

    assert notice["params"] == {"variant_id": outside(mug), "requested": 50, "max_quantity": 35}


def test_carts_that_nobody_touches_for_ninety_days_are_forgotten(mug: Variant) -> None:
    old, used = shopper(mug), shopper(mug)
    with time_machine.travel(now() + timedelta(days=60)):
        used.add(mug)

    with time_machine.travel(now() + timedelta(days=91)):
        carts.expire()

    assert (old.visitor.get(old.path).status, used.visitor.get(used.path).status) == (404, 200)


def test_unchanged_carts_need_not_be_sent_again(mug: Variant) -> None:
    ada = shopper(mug)
    tag = ada.visitor.get(ada.path).headers["ETag"]

    same = Visitor(headers={"If-None-Match": tag}).get(ada.path)
    ada.add(mug)
    other = Visitor(headers={"If-None-Match": tag}).get(ada.path)

    assert (same.status, other.status) == (304, 200)
