from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from shop.accounts.models import User
from shop.accounts.operations.sessions import Device, open_session
from shop.stores import operations, queries
from shop.stores.models import Market, MarketCountry, Store

pytestmark = pytest.mark.django_db

PUBLIC = "public, max-age=60, stale-while-revalidate=600"


@pytest.fixture
def swiss() -> Market:
    market = Market.objects.create(code="ch", name="Switzerland", currency="CHF", locale="de")
    MarketCountry.objects.create(market=market, country="CH")
    return market


def country(client: Client, code: str) -> dict[str, Any]:
    """One of the countries as the API lists it."""
    listed: list[dict[str, Any]] = client.get("/api/v1/countries").json()["data"]
    return next(each for each in listed if each["code"] == code)


def test_a_new_installation_has_a_store_that_sells_to_the_european_union(client: Client) -> None:
    answer = client.get("/api/v1/store")

    store = answer.json()["data"]
    assert answer.status_code == 200
    assert (store["name"], store["currency"], store["locales"]) == ("My store", "EUR", ["en"])
    assert [(each["code"], len(each["countries"])) for each in store["markets"]] == [("eu", 27)]
    assert store["markets"][0]["prices_include_tax"] is True
    assert store["limits"]["lines_per_cart"] == 200
    assert store["limits"]["quantity_per_line"] == 999


def test_markets_come_with_their_countries_and_languages(client: Client, swiss: Market) -> None:
    Store.objects.update(locales=["en", "fr"])

    markets = client.get("/api/v1/store").json()["data"]["markets"]

    assert [(each["code"], each["is_default"]) for each in markets] == [("eu", True), ("ch", False)]
    assert (markets[1]["currency"], markets[1]["countries"], markets[1]["locales"]) == (
        "CHF",
        ["CH"],
        ["de", "en", "fr"],
    )


@pytest.mark.parametrize(
    ("chosen", "home", "told"),
    [("", "", "AT"), ("", "DE", "DE"), ("FR", "DE", "FR"), ("FR", "", "FR"), ("CH", "DE", "DE"), ("", "CH", "AT")],
    ids=[
        "first",
        "the store's own",
        "chosen",
        "chosen without a store's own",
        "chosen once, gone now",
        "sold elsewhere",
    ],
)
def test_whoever_names_no_country_has_the_default_one(
    client: Client, swiss: Market, chosen: str, home: str, told: str
) -> None:
    Market.objects.filter(code="eu").update(default_country=chosen)
    Store.objects.update(country=home)

    shown = client.get("/api/v1/store").json()["data"]["markets"]
    read = client.get("/api/v1/products").json()["meta"]["context"]
    cart = client.post("/api/v1/carts", {}, content_type="application/json").json()["data"]

    assert [each["default_country"] for each in shown] == [told, "CH"]
    assert (read["market"], read["country"]) == ("eu", told)
    assert (cart["market"], cart["country"]) == ("eu", told)


def test_a_market_without_countries_has_no_default_one(client: Client, swiss: Market) -> None:
    MarketCountry.objects.filter(market=swiss).delete()

    assert client.get("/api/v1/store").json()["data"]["markets"][1]["default_country"] is None


def test_an_address_is_given_only_to_a_store_that_has_none_of_one() -> None:
    first = operations.settle(line1="Am Brunnen 5", city="Leipzig", postal_code="04109", state="", country="DE")
    second = operations.settle(line1="Graben 1", city="Wien", postal_code="1010", state="", country="AT")

    store = Store.objects.get()
    assert (first, second) == (True, False)
    assert (store.line1, store.city, store.postal_code, store.country) == ("Am Brunnen 5", "Leipzig", "04109", "DE")
    assert store.version == 2


def test_payment_instructions_are_given_to_a_store_that_has_none() -> None:
    first = operations.instruct("IBAN CH93 0076 2011 6238 5295 7")
    second = operations.instruct("IBAN DE02 1203 0000 0000 2020 51")

    store = Store.objects.get()
    assert (first, second, store.payment_instructions) == (True, False, "IBAN CH93 0076 2011 6238 5295 7")


def test_reading_the_store_costs_three_queries_however_many_markets_it_has(
    client: Client, swiss: Market, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        client.get("/api/v1/store")


@pytest.mark.parametrize("path", ["/api/v1/store", "/api/v1/countries"])
def test_caches_may_keep_what_nobody_in_particular_was_told(client: Client, path: str) -> None:
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, first["Cache-Control"]) == (200, PUBLIC)
    assert (again.status_code, again.content, again["Cache-Control"], again["ETag"]) == (
        304,
        b"",
        PUBLIC,
        first["ETag"],
    )


@pytest.mark.parametrize("path", ["/api/v1/store", "/api/v1/countries"])
def test_what_somebody_signed_in_was_told_is_kept_by_nobody(client: Client, path: str) -> None:
    user = User.objects.create_user("ada@example.com", "correct horse battery")
    token = open_session(user, device=Device()).access_token

    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_any_change_to_store_or_market_makes_another_etag(client: Client, swiss: Market) -> None:
    before = client.get("/api/v1/store")["ETag"]

    MarketCountry.objects.create(market=swiss, country="LI")
    after = client.get("/api/v1/store", headers={"If-None-Match": before})

    assert after.status_code == 200
    assert after["ETag"] != before


def test_countries_say_what_their_addresses_need(client: Client) -> None:
    canada = country(client, "CA")

    assert (canada["name"], canada["calling_code"], canada["subdivision_required"]) == ("Canada", "+1", True)
    assert [each["name"] for each in canada["fields"]] == [
        "first_name",
        "last_name",
        "company",
        "line1",
        "line2",
        "city",
        "state",
        "postal_code",
        "phone",
    ]
    assert [each["name"] for each in canada["fields"] if each["required"]] == ["line1", "city", "state", "postal_code"]
    assert canada["required_one_of"] == ["first_name", "last_name", "company"]
    assert canada["postal_code"]["examples"] == ["H3Z 2Y7", "V8X 3X4", "T0L 1K0"]
    assert canada["subdivisions"][0] == {"code": "AB", "name": "Alberta"}


def test_what_a_country_has_not_is_null_and_empty(client: Client) -> None:
    hong_kong = country(client, "HK")

    assert hong_kong["postal_code"] is None
    assert country(client, "DE")["subdivisions"] == []
    assert hong_kong["subdivisions"][0] == {"code": "Kowloon", "name": "Kowloon"}


def test_countries_are_read_without_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/api/v1/countries")

    assert len(answer.json()["data"]) == 250
    assert answer.json()["meta"]["pagination"] == {"limit": 250, "next": None, "previous": None}


def test_there_is_never_a_second_store() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Store.objects.create(id="00000000-0000-0000-0000-000000000002", name="Another")

    assert [each.name for each in Store.objects.all()] == ["My store"]


def test_the_store_stays_while_it_has_a_market() -> None:
    with pytest.raises(ProtectedError):
        queries.store().delete()

    assert Store.objects.count() == 1


def test_a_country_is_in_one_market_at_most(swiss: Market) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MarketCountry.objects.create(market=swiss, country="DE")

    assert queries.market_of("DE").code == "eu"


def test_a_country_finds_its_market_and_any_other_the_default_one(swiss: Market) -> None:
    found = [queries.market_of(code).code for code in ("CH", "DE", "US", "")]

    assert found == ["ch", "eu", "eu", "eu"]


def test_exactly_one_market_is_the_default(swiss: Market) -> None:
    operations.make_default(swiss)

    with pytest.raises(IntegrityError), transaction.atomic():
        Market.objects.update(is_default=True)

    assert list(Market.objects.values_list("code", "is_default", "version")) == [("ch", True, 2), ("eu", False, 2)]
    assert queries.market_of("US") == swiss


def test_countries_are_named_and_sorted_in_the_language_of_the_answer(client: Client) -> None:
    english = client.get("/api/v1/countries")
    german = client.get(
        "/api/v1/countries", headers={"Accept-Language": "de", "If-None-Match": english.headers["ETag"]}
    )

    names = [each["name"] for each in german.json()["data"]]
    assert (german.status_code, german["Content-Language"], len(names)) == (200, "de", 250)
    assert names[:5] == ["Afghanistan", "Ägypten", "Ålandinseln", "Albanien", "Algerien"]
    assert [each["name"] for each in english.json()["data"]][:3] == ["Afghanistan", "Åland Islands", "Albania"]
