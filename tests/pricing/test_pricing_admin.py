"""Price lists and prices in the admin."""

from typing import Any

import pytest

from shop.kernel.money import Money
from shop.pricing.models import Price, PriceList
from shop.pricing.operations import base_list, set_price
from tests.admins import cost, errors, root
from tests.inventory.factories import variant

pytestmark = pytest.mark.django_db

PRICES, LISTS = "/admin/pricing/price/", "/admin/pricing/pricelist/"
YEN: dict[str, Any] = {"name": "Ordinary", "code": "yen", "currency": "JPY", "priority": "0"}


def test_a_price_is_text_in_major_units() -> None:
    client, mug = root(), variant()

    added = client.post(
        f"{PRICES}add/", {"price_list": str(base_list("EUR").pk), "variant": str(mug.pk), "amount": "19.99"}
    )
    price = Price.objects.get()
    changed = client.post(
        f"{PRICES}{price.pk}/change/", {"amount": "15", "compare_at": "19.99", "read_version": price.version}
    )

    assert (added.status_code, changed.status_code) == (302, 302)
    assert (price.amount, price.compare_at) == (1999, None)
    assert Price.objects.values_list("amount", "compare_at", "version").get() == (1500, 1999, 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "1,50,5"}, "amount"),
        ({"amount": "-1.00"}, "amount"),
        ({"amount": "1.999"}, "amount"),
        ({"amount": "200000000.01"}, "amount"),
        ({"amount": "99999999999999999999"}, "amount"),
        ({"amount": "\x00"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"compare_at": "1.00"}, "compare_at"),
        ({"variant": "nonsense"}, "variant"),
        ({"price_list": "\x00"}, "price_list"),
    ],
)
def test_what_can_not_be_is_told_at_the_field(changes: dict[str, str], field: str) -> None:
    good = {"price_list": str(base_list("EUR").pk), "variant": str(variant().pk), "amount": "19.99"}

    answer = root().post(f"{PRICES}add/", {**good, **changes})

    assert list(errors(answer)) == [field]
    assert Price.objects.count() == 0


def test_a_currency_without_decimals_takes_none() -> None:
    client, mug = root(), variant()
    client.post(f"{LISTS}add/", YEN)
    sent = {"price_list": str(PriceList.objects.get(code="yen").pk), "variant": str(mug.pk)}

    refused = client.post(f"{PRICES}add/", {**sent, "amount": "500.50"})
    made = client.post(f"{PRICES}add/", {**sent, "amount": "500"})

    assert list(errors(refused)) == ["amount"]
    assert (made.status_code, Price.objects.get().amount) == (302, 500)


def test_a_lists_currency_stays_while_there_are_prices() -> None:
    set_price(variant().pk, Money(1999, "EUR"))
    euros = base_list("EUR")

    answer = root().post(
        f"{LISTS}{euros.pk}/change/", {**YEN, "code": euros.code, "name": euros.name, "read_version": euros.version}
    )

    assert errors(answer) == {"currency": ["The list has prices already, so its currency can't be changed."]}
    assert PriceList.objects.get(pk=euros.pk).currency == "EUR"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"priority": "-1"}, "priority"),
        ({"priority": "99999999999999999999"}, "priority"),
        ({"starts_at_0": "2026-12-02", "ends_at_0": "2026-12-01"}, "ends_at"),
    ],
)
def test_a_list_that_can_not_be_is_told_at_the_field(changes: dict[str, str], field: str) -> None:
    times = {"starts_at_1": "10:00", "ends_at_1": "10:00"} if "ends_at" in field else {}

    answer = root().post(f"{LISTS}add/", {**YEN, **times, **changes})

    assert list(errors(answer)) == [field]
    assert not PriceList.objects.filter(code="yen").exists()


@pytest.mark.parametrize("path", [PRICES, f"{PRICES}?q=mug", LISTS])
def test_a_list_costs_the_same_however_long_it_is(path: str) -> None:
    client = root()
    set_price(variant().pk, Money(1999, "EUR"))
    short = cost(client, path)

    more = [set_price(variant().pk, Money(1999, "EUR")) for _ in range(9)]
    long = cost(client, path)

    assert (long, len(more)) == (short, 9)
