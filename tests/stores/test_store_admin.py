from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client

from shop.accounts.models import User
from shop.catalog.models import Variant
from shop.kernel.money import Money
from shop.pricing.operations import set_price
from shop.shipping import operations as shipping
from shop.stores.models import THE_STORE, Market, MarketCountry, Store
from shop.tax import operations as tax
from tests.storefront.window import put

pytestmark = pytest.mark.django_db

STORE = f"/admin/stores/store/{THE_STORE}/change/"
MARKETS = "/admin/stores/market/"
FORM = {
    "name": "Bicycles",
    "legal_name": "Bicycles GmbH",
    "email": "hello@example.com",
    "currency": "CHF",
    "timezone": "Europe/Zurich",
    "locale": "de",
    "locales": "de, en",
    "line1": "Bahnhofstrasse 1",
    "postal_code": "8001",
    "city": "Zürich",
    "country": "CH",
}


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com", "a long passphrase"))
    return client


def errors(answer: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def test_the_list_of_stores_is_the_store(root: Client) -> None:
    answer = root.get("/admin/stores/store/")

    assert (answer.status_code, answer["Location"]) == (302, STORE)
    assert root.get(STORE).status_code == 200


def test_what_is_changed_is_what_the_api_says(root: Client) -> None:
    answer = root.post(STORE, FORM)

    told = root.get("/api/v1/store").json()["data"]
    assert answer.status_code == 302
    assert (told["name"], told["currency"], told["locales"], told["version"]) == ("Bicycles", "CHF", ["de", "en"], 2)
    assert told["address"]["city"] == "Zürich"


def test_where_to_pay_is_kept_and_not_told_to_everybody(root: Client) -> None:
    answer = root.post(STORE, {**FORM, "payment_instructions": "IBAN CH93 0076 2011 6238 5295 7"})

    assert answer.status_code == 302
    assert Store.objects.get().payment_instructions == "IBAN CH93 0076 2011 6238 5295 7"
    assert "IBAN" not in root.get("/api/v1/store").content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {
            "name": "",
            "currency": "XXX",
            "timezone": "Mars/Olympus",
            "locale": "no tag",
            "locales": "de, de",
            "postal_code": "80",
            "email": "nobody",
            "payment_instructions": "x" * 1001,
        },
        {"currency": "", "locales": "no tag", "country": "XX"},
        {"locales": " , "},
    ],
)
def test_what_can_not_be_is_told_at_each_field(root: Client, changes: dict[str, str]) -> None:
    answer = root.post(STORE, {**FORM, **changes})

    assert errors(answer).keys() == changes.keys()
    assert Store.objects.get().version == 1


@pytest.mark.parametrize("path", ["add/", f"{THE_STORE}/delete/"])
def test_there_is_no_second_store_and_no_way_without_one(root: Client, path: str) -> None:
    answer = root.post(f"/admin/stores/store/{path}", {**FORM, "post": "yes"})

    assert answer.status_code == 403
    assert [each.name for each in Store.objects.all()] == ["My store"]


def market(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Switzerland",
        "code": "ch",
        "currency": "CHF",
        "locale": "de",
        "countries": ["CH", "LI"],
        **changes,
    }


def test_a_market_is_made_with_its_countries(root: Client) -> None:
    answer = root.post(f"{MARKETS}add/", market())

    made = Market.objects.get(code="ch")
    assert answer.status_code == 302
    assert [each.country for each in made.countries.all()] == ["CH", "LI"]
    assert (made.prices_include_tax, made.is_default) == (False, False)


def test_a_market_is_given_its_default_country(root: Client) -> None:
    answer = root.post(f"{MARKETS}add/", market(default_country="LI"))

    [_, told] = root.get("/api/v1/store").json()["data"]["markets"]
    assert answer.status_code == 302
    assert (told["countries"], told["default_country"]) == (["CH", "LI"], "LI")


def test_a_market_gains_and_loses_countries(root: Client) -> None:
    root.post(f"{MARKETS}add/", market())
    made = Market.objects.get(code="ch")

    answer = root.post(f"{MARKETS}{made.pk}/change/", market(countries=["CH", "NO"], read_version="1"))

    changed = Market.objects.get(code="ch")
    assert answer.status_code == 302
    assert ([each.country for each in changed.countries.all()], changed.version) == (["CH", "NO"], 2)


def test_a_market_keeps_its_currency(root: Client) -> None:
    root.post(f"{MARKETS}add/", market())
    made = Market.objects.get(code="ch")

    answer = root.post(f"{MARKETS}{made.pk}/change/", market(currency="JPY", name="Helvetia", read_version="1"))

    made.refresh_from_db()
    assert answer.status_code == 302
    assert (made.currency, made.name) == ("CHF", "Helvetia")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"countries": ["CH", "DE"]}, {"countries": ["Germany is in the market European Union."]}),
        ({"countries": ["XX"]}, {"countries": ["Select a valid choice. XX is not one of the available choices."]}),
        ({"default_country": "DE"}, {"default_country": ["Germany is not one of the countries of this market."]}),
        ({"code": "eu"}, {"code": ["Market with this Code already exists."]}),
        ({"code": "Not This"}, {"code": ["Lower-case letters, digits and hyphens."]}),
        ({"currency": "ZZZ"}, {"currency": ["Select a valid choice. ZZZ is not one of the available choices."]}),
    ],
)
def test_a_market_that_can_not_be_is_told_at_the_field(
    root: Client, changes: dict[str, Any], told: dict[str, list[str]]
) -> None:
    answer = root.post(f"{MARKETS}add/", market(**changes))

    assert errors(answer) == told
    assert (Market.objects.count(), MarketCountry.objects.count()) == (1, 27)


def test_another_market_becomes_the_default_and_then_the_first_may_go(root: Client) -> None:
    root.post(f"{MARKETS}add/", market())
    swiss, european = Market.objects.get(code="ch"), Market.objects.get(code="eu")
    refused = root.post(f"{MARKETS}{european.pk}/delete/", {"post": "yes"}).status_code

    root.post(MARKETS, {"action": "make_it_default", "_selected_action": str(swiss.pk)})
    gone = root.post(f"{MARKETS}{european.pk}/delete/", {"post": "yes"}).status_code

    assert (refused, gone) == (403, 302)
    assert list(Market.objects.values_list("code", "is_default")) == [("ch", True)]


def test_a_form_of_an_older_version_is_refused(root: Client) -> None:
    Store.objects.update(version=5, name="Skates")

    answer = root.post(STORE, {**FORM, "read_version": "4"})

    assert "This has changed since you read it." in answer.content.decode()
    assert Store.objects.get().name == "Skates"


def test_whoever_may_only_look_changes_nothing(client: Client) -> None:
    viewer = User.objects.create_user("viewer@example.com", "a long passphrase", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_store", "view_market"]))
    client.force_login(viewer)
    eu = Market.objects.get()

    seen = [client.get(STORE).status_code, client.get(f"{MARKETS}{eu.pk}/change/").status_code]
    refused = [client.post(STORE, FORM).status_code, client.post(f"{MARKETS}{eu.pk}/change/", market()).status_code]

    assert (seen, refused) == ([200, 200], [403, 403])
    assert Store.objects.get().name == "My store"


def test_saving_a_market_tells_what_is_missing_to_sell_there(root: Client) -> None:
    [variant] = put("mug").variants
    put("cup")

    nothing = root.post(f"{MARKETS}add/", market())
    told = [str(each) for each in get_messages(nothing.wsgi_request)]
    root.get(MARKETS)  # which shows them, once
    made = Market.objects.get(code="ch")
    set_price(variant.pk, Money(2100, "CHF"))
    shipping.offer("parcel-ch", market=made, name="Parcel", price=Money(700, "CHF"))
    tax.add_rates({"CH": Decimal("8.1"), "LI": Decimal("8.1")})
    page = root.get(f"{MARKETS}{made.pk}/change/").content.decode()
    Variant.objects.exclude(pk=variant.pk).update(is_active=False)
    whole = root.get(f"{MARKETS}{made.pk}/change/").content.decode()

    assert told[:3] == [
        "Nothing has a price in CHF: shoppers there see no products.",
        "There is no shipping method: nothing can be sent there.",
        "No tax is charged in CH, LI: there is no tax rate.",
    ]
    assert "Some products have no price in CHF: they are not sold there." in page
    assert "There is no shipping method" not in page
    assert "No tax is charged" not in page
    assert "Nothing. This market is ready to sell." in whole
