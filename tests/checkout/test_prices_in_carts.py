"""For whom the prices of carts and orders are, and when they have changed."""

import pytest

from shop.catalog.models import Variant
from shop.kernel.money import Money
from shop.pricing import operations as pricing
from shop.stores.models import Market, MarketCountry, Store
from tests.accounts.visitor import Visitor, account, login
from tests.checkout.storefront_client import outside, sell, shopper

CONTEXT = {"market": "eu", "country": "DE", "currency": "EUR", "locale": "en", "prices_include_tax": True}


def euros(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "EUR"}


def test_every_answer_about_a_cart_says_for_whom_its_prices_are(mug: Variant) -> None:
    ada = shopper(mug).ready()
    [line] = ada.cart()["lines"]
    seen = [
        Visitor().post("/carts", country="DE"),
        ada.visitor.get(ada.path),
        ada.visitor.patch(ada.path, note="Hello"),
        ada.add(mug),
        ada.visitor.patch(f"{ada.path}/lines/{line['id']}", quantity=1),
        ada.visitor.get(f"{ada.path}/shipping-methods"),
        ada.visitor.get(f"{ada.path}/payment-methods"),
        ada.visitor.post(f"{ada.path}/reopen"),
        ada.complete(),
        ada.visitor.get(ada.path),
    ]

    assert [each.body["meta"]["context"] for each in seen] == [CONTEXT] * 10
    assert list(seen[1].body["meta"]) == ["context", "request_id"]
    assert list(seen[5].body["meta"]) == ["context", "pagination", "request_id"]


def test_an_order_says_for_whom_its_prices_are_and_how_it_is_shipped(mug: Variant) -> None:
    account()
    ada = login(Visitor())
    none = ada.get("/me/cart")
    shopping = shopper(mug, visitor=ada).ready()
    chosen = shopping.cart()["shipping_method"]
    placed = shopping.complete()
    Store.objects.update(name="Another")

    seen = ada.get(f"/orders/{placed.data['id']}")
    cancelled = ada.post(f"/orders/{placed.data['id']}/cancel")

    assert [each.body["meta"]["context"] for each in (placed, seen, cancelled)] == [CONTEXT] * 3
    assert (none.data, none.body["meta"]["context"]["currency"]) == (None, "EUR")
    assert seen.data["shipping_method"] == chosen == {"id": chosen["id"], "code": "flat", "name": "Parcel"}


def test_a_list_of_orders_is_without_the_metadata_of_lines(mug: Variant) -> None:
    account()
    ada = shopper(visitor=login(Visitor()))
    ada.visitor.post(f"{ada.path}/lines", variant_id=outside(mug), metadata={"engraving": "Ada"})
    placed = ada.ready().complete()

    [listed] = ada.visitor.get("/me/orders").data
    whole = ada.visitor.get(f"/orders/{placed.data['id']}").data

    assert whole["lines"][0]["metadata"] == {"engraving": "Ada"}
    assert listed == {**whole, "lines": [{**whole["lines"][0], "metadata": None}]}


def test_a_price_that_has_changed_is_told_at_the_line_until_the_line_is_written_again(mug: Variant) -> None:
    cup = sell("cup", price=500)
    ada = shopper(mug, cup)
    pricing.set_price(mug.pk, Money(2499, "EUR"))

    changed = ada.cart()
    line, other = changed["lines"]
    ada.visitor.patch(ada.path, note="Hello")
    kept = ada.cart()["notices"]
    agreed = ada.visitor.patch(f"{ada.path}/lines/{line['id']}", quantity=1)

    notice = {
        "code": "price_changed",
        "line_id": line["id"],
        "message": "The price has changed.",
        "params": {"before": euros(1999), "after": euros(2499)},
    }
    assert (line["notices"], other["notices"], changed["notices"], kept) == ([notice], [], [notice], [notice])
    assert (line["unit_price"], changed["totals"]["subtotal"]) == (euros(2499), euros(2999))
    assert (agreed.data["notices"], ada.cart()["notices"]) == ([], [])


def test_more_of_a_line_is_bought_at_the_price_of_today(mug: Variant) -> None:
    ada = shopper(mug)
    pricing.set_price(mug.pk, Money(2499, "EUR"))

    grown = ada.add(mug)

    assert (grown.data["notices"], ada.cart()["notices"]) == ([], [])


def test_a_price_that_is_what_it_was_again_is_no_news(mug: Variant) -> None:
    ada = shopper(mug)
    pricing.set_price(mug.pk, Money(2499, "EUR"))
    pricing.set_price(mug.pk, Money(1999, "EUR"))

    assert ada.cart()["notices"] == []


@pytest.fixture
def switzerland(market: Market) -> Market:
    found = Market.objects.create(code="ch", name="Switzerland", currency="CHF", locale="en")
    MarketCountry.objects.create(market=found, country="CH")
    return found


def test_the_prices_of_another_market_are_not_changed_prices(mug: Variant, switzerland: Market) -> None:
    pricing.set_price(mug.pk, Money(2500, "CHF"))
    ada = shopper(mug)

    moved = ada.visitor.patch(ada.path, country="CH")
    pricing.set_price(mug.pk, Money(2600, "CHF"))

    assert moved.data["notices"] == []
    assert moved.body["meta"]["context"] == CONTEXT | {"market": "ch", "country": "CH", "currency": "CHF"}
    assert [each["params"]["before"] for each in ada.cart()["notices"]] == [{"amount": 2500, "currency": "CHF"}]
