"""The prices that shoppers see, by customer group, time and price list."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from shop.accounts.models import CustomerGroup, User
from shop.catalog.drafts import Written
from shop.pricing.models import PriceList
from shop.pricing.operations import base_list
from shop.stores.models import Market, Store
from tests.accounts.visitor import Seen, Visitor, account, login
from tests.checkout.storefront_client import outside, shopper
from tests.storefront.window import euros, get, listed, next_of, price, put

EUROPE = {"market": "eu", "country": "AT", "currency": "EUR", "locale": "en", "prices_include_tax": True}
SWITZERLAND = {"market": "ch", "country": "CH", "currency": "CHF", "locale": "de-CH", "prices_include_tax": False}
START, END = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)


@pytest.fixture
def mug(market: Market) -> Written:
    """19.99 EUR."""
    return put("mug")


@pytest.fixture
def dealer(mug: Written) -> Visitor:
    """A signed-in customer for whom a mug costs 15 EUR."""
    dealers = CustomerGroup.objects.create(code="dealers", name="Dealers")
    User.objects.filter(pk=account().pk).update(group=dealers)
    price(priced("for-dealers", group=dealers, priority=1), {mug.variants[0]: 1500})
    return login(Visitor())


def test_the_group_that_staff_give_a_customer_decides_the_price(mug: Written, admin_client: Client) -> None:
    dealers = CustomerGroup.objects.create(code="dealers", name="Dealers")
    price(priced("for-dealers", group=dealers, priority=1), {mug.variants[0]: 1500})
    user = account()
    ada = login(Visitor())
    before = ada.get("/products/mug").data["price"]["min"]

    answer = admin_client.post(
        f"/admin/accounts/user/{user.pk}/change/",
        {
            "email": user.email,
            "verified": "on",
            "locale": user.locale,
            "is_active": "on",
            "group": dealers.pk,
            "read_version": user.version,
            **{f"{name}-{part}_FORMS": 0 for name in ("sessions", "addresses") for part in ("TOTAL", "INITIAL")},
        },
    )

    assert answer.status_code == 302
    assert (before, ada.get("/products/mug").data["price"]["min"]) == (euros(1999), euros(1500))
    assert amount() == 1999


def priced(code: str, **fields: Any) -> PriceList:
    return PriceList.objects.create(**{"code": code, "name": code.title(), "currency": "EUR", **fields})


def context_of(seen: Seen) -> Any:
    return seen.body["meta"]["context"]


def amount(query: str = "") -> int:
    minimum: int = get(f"/products/mug?{query}").data["price"]["min"]["amount"]
    return minimum


def test_a_range_goes_from_the_cheapest_variant_to_the_dearest(market: Market) -> None:
    put("shirt", 2500, (1000, 1200), 4000)

    shirt = get("/products/shirt").data

    assert shirt["price"] == {"min": euros(1000), "max": euros(4000)}
    assert (shirt["compare_at"], shirt["on_sale"]) == (euros(1200), True)
    assert [
        (variant["price"], variant["compare_at"], variant["prior_price"], variant["unit_price"])
        for variant in shirt["variants"]
    ] == [
        (euros(2500), None, None, None),
        (euros(1000), euros(1200), None, None),
        (euros(4000), None, None, None),
    ]


def test_a_dearer_variant_that_is_reduced_does_not_strike_through_the_cheapest(market: Market) -> None:
    put("shirt", 1000, (2000, 3000))

    assert [(each["compare_at"], each["on_sale"]) for each in get("/products").data] == [(None, True)]


def test_what_costs_nothing_has_a_price(market: Market) -> None:
    put("gift", 0)

    [card] = get("/products").data

    assert card["price"] == {"min": euros(0), "max": euros(0)}


def test_without_a_wish_the_default_market_speaks(mug: Written) -> None:
    assert [context_of(get(path)) for path in ("/products", "/products/mug", "/products/mug/related")] == [EUROPE] * 3


def test_the_country_picks_market_currency_and_prices(mug: Written, francs: PriceList) -> None:
    price(francs, {mug.variants[0]: 2300})

    here, there = get("/products?country=DE"), get("/products?country=CH")

    assert context_of(here) == {**EUROPE, "country": "DE"}
    assert context_of(there) == SWITZERLAND
    assert here.data[0]["price"]["min"] == euros(1999)
    assert there.data[0]["price"]["min"] == {"amount": 2300, "currency": "CHF"}
    assert get("/products/mug?country=CH").data["variants"][0]["price"] == {"amount": 2300, "currency": "CHF"}


def test_currencies_keep_their_own_minor_units(mug: Written, francs: PriceList) -> None:
    yen = base_list("JPY")
    Market.objects.filter(code="ch").update(currency="JPY")
    price(yen, {mug.variants[0]: 3000})

    assert get("/products/mug?country=CH").data["price"]["min"] == {"amount": 3000, "currency": "JPY"}


def test_a_country_that_is_in_no_market_is_served_as_the_default_one(mug: Written) -> None:
    assert context_of(get("/products?country=US")) == EUROPE


def test_a_language_that_is_asked_for_is_named(mug: Written) -> None:
    assert context_of(get("/products?locale=en-GB")) == {**EUROPE, "locale": "en-GB"}


def test_a_language_of_the_store_is_served_in_every_market_and_form(mug: Written, francs: PriceList) -> None:
    Store.objects.update(locales=["en", "fr"])

    wishes = ("country=CH&locale=fr-CH", "country=CH&locale=de", "country=DE&locale=fr")
    seen = [context_of(get(f"/products/mug?{wish}")) for wish in wishes[2:]]
    lists = [context_of(get(f"/products?{wish}")) for wish in wishes[:2]]

    assert [each["locale"] for each in [*lists, *seen]] == ["fr-CH", "de", "fr"]


@pytest.mark.parametrize("path", ["/products", "/products/mug", "/products/mug/related"])
@pytest.mark.parametrize("locale", ["de", "fr-CA", "eng", "xx"])
def test_a_language_that_the_market_does_not_speak_falls_back(
    mug: Written, francs: PriceList, path: str, locale: str
) -> None:
    seen = get(f"{path}?country=DE&locale={locale}")

    assert (seen.status, context_of(seen)) == (200, {**EUROPE, "country": "DE"})


@pytest.mark.parametrize("path", ["/products", "/products/mug", "/products/mug/related"])
@pytest.mark.parametrize(
    ("query", "field"),
    [(f"country={each}", "country") for each in ("UK", "XX", "ZZ", "EU", "EL", "EN")]
    + [(f"currency={each}", "currency") for each in ("XXX", "DEM", "EEE")],
)
def test_what_is_no_country_or_currency_is_a_wrong_parameter(mug: Written, path: str, query: str, field: str) -> None:
    assert get(f"{path}?{query}").refusal == (400, "invalid_parameter", field)


def test_without_a_country_it_is_the_stores_own(mug: Written) -> None:
    Store.objects.update(country="DE")

    assert context_of(get("/products")) == {**EUROPE, "country": "DE"}
    assert Visitor().post("/carts").data["country"] == "DE"


def test_the_markets_own_currency_may_be_named(mug: Written) -> None:
    assert context_of(get("/products?country=DE&currency=EUR")) == {**EUROPE, "country": "DE"}


@pytest.mark.parametrize("path", ["/products", "/products/mug", "/products/mug/related"])
def test_a_currency_that_is_not_the_markets_is_refused(mug: Written, francs: PriceList, path: str) -> None:
    seen = get(f"{path}?country=CH&currency=EUR")

    assert seen.refusal == (422, "context_not_served", "currency")
    assert seen.body["errors"][0]["params"] == {"currency": "CHF"}


@pytest.mark.parametrize(
    "query", ["country=DEU", "country=d", "country=%EF%BD%84e", "currency=EURO", "locale=english!", "locale=d"]
)
def test_what_is_no_country_currency_or_language_is_refused(mug: Written, query: str) -> None:
    seen = get(f"/products/mug?{query}")

    assert seen.refusal == (400, "invalid_parameter", query.partition("=")[0])


def test_their_case_carries_no_meaning(mug: Written) -> None:
    seen = get("/products/mug?country=at&currency=eur&locale=EN_gb")

    assert context_of(seen) == {**EUROPE, "locale": "en-GB"}


def test_the_list_of_highest_priority_wins_even_when_it_is_dearer(mug: Written) -> None:
    [variant] = mug.variants
    price(priced("low", priority=1), {variant: 500})
    price(priced("high", priority=2), {variant: 2500})

    assert amount() == 2500


def test_of_two_lists_alike_the_later_code_wins_wherever_prices_are_read(mug: Written) -> None:
    [variant] = mug.variants
    price(priced("b", priority=1), {variant: 900})
    price(priced("a", priority=1), {variant: 800})

    assert amount() == 900
    assert (listed("price_min=900"), listed("price_max=899")) == (["mug"], [])
    assert shopper(variant).cart()["totals"]["subtotal"] == euros(900)


def test_the_list_is_sorted_by_the_prices_that_it_shows(mug: Written) -> None:
    put("cup", 2500)
    put("jar", 3000)
    price(priced("high", priority=2), {mug.variants[0]: 2800})

    assert listed("sort=price") == ["cup", "mug", "jar"]
    assert listed("sort=-price") == ["jar", "mug", "cup"]


def test_a_list_of_another_market_currency_or_group_says_nothing_here(mug: Written, francs: PriceList) -> None:
    [variant] = mug.variants
    dealers = CustomerGroup.objects.create(code="dealers", name="Dealers")
    other = Market.objects.get(code="ch")
    price(priced("theirs", market=other, priority=9), {variant: 100})
    price(priced("dollars", currency="USD", priority=9), {variant: 100})
    price(priced("dealers", group=dealers, priority=9), {variant: 100})

    assert (amount(), listed("price_max=1998")) == (1999, [])


def test_a_list_of_this_market_and_of_the_default_group_counts(mug: Written, market: Market) -> None:
    everybody = CustomerGroup.objects.get(is_default=True)
    price(priced("ours", market=market, group=everybody, priority=9), {mug.variants[0]: 1700})

    assert (amount(), listed("price_max=1700")) == (1700, ["mug"])


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2029, 12, 31, 23, 59, 59, 999999, UTC), 1999),
        (START, 1500),
        (datetime(2030, 1, 31, 23, 59, 59, 999999, UTC), 1500),
        (END, 1999),
    ],
)
def test_a_sale_begins_and_ends_on_time(mug: Written, at: datetime, shown: int) -> None:
    price(priced("sale", priority=1, starts_at=START, ends_at=END), {mug.variants[0]: (1500, 1999)})

    with time_machine.travel(at, tick=False):
        seen = (amount(), listed("price_max=1500"), listed("on_sale=true"))

    during = ["mug"] if shown == 1500 else []
    assert seen == (shown, during, during)


def test_whoever_is_in_a_group_is_shown_its_prices_as_in_the_cart(mug: Written, dealer: Visitor) -> None:
    [variant] = mug.variants

    page, cards = dealer.get("/products/mug"), dealer.get("/products?sort=price&price_max=1500")
    cart = shopper(variant, visitor=dealer).cart()

    assert (page.data["price"]["min"], page.data["variants"][0]["price"]) == (euros(1500), euros(1500))
    assert [each["price"]["min"] for each in cards.data] == [euros(1500)]
    assert cart["totals"]["subtotal"] == euros(1500)
    assert (amount(), listed("price_max=1500")) == (1999, [])


def test_what_somebody_signed_in_is_shown_stays_out_of_shared_caches(dealer: Visitor) -> None:
    seen = [dealer.get(path) for path in ("/products", "/products/mug", "/products/mug/related")]

    assert [each.headers["Cache-Control"] for each in seen] == ["private, no-store"] * 3
    assert ["Authorization" in each.headers["Vary"] for each in seen] == [True] * 3
    assert seen[1].headers["ETag"] != get("/products/mug").headers["ETag"]


def test_a_cursor_of_one_group_is_refused_in_another(dealer: Visitor) -> None:
    put("cup")
    query = f"sort=price&limit=1&{next_of(dealer.get('/products?sort=price&limit=1'))}"

    assert get(f"/products?{query}").refusal == (400, "invalid_cursor", "cursor")
    assert [each["slug"] for each in dealer.get(f"/products?{query}").data] == ["cup"]


def test_a_token_that_is_not_valid_is_refused_on_public_pages_too(mug: Written) -> None:
    stranger = Visitor("sha_nobody")

    assert [stranger.get(path).status for path in ("/products", "/products/mug", "/categories", "/brands")] == [401] * 4


def test_the_price_on_the_page_is_the_price_in_the_cart(market: Market) -> None:
    shirt = put("shirt", 2500, (1000, 1200))

    shown = get("/products/shirt?country=DE").data["variants"]
    cart = shopper(*shirt.variants).cart()

    assert [each["id"] for each in shown] == [outside(each) for each in shirt.variants]
    assert [each["price"] for each in shown] == [each["unit_price"] for each in cart["lines"]]
    assert [each["compare_at"] for each in shown] == [each["compare_at"] for each in cart["lines"]]
