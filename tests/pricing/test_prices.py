"""The price of a variant: from the applicable list with the highest priority."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from shop.accounts.models import CustomerGroup
from shop.catalog.models import Variant
from shop.kernel.money import AmountTooLarge, CurrencyMismatch, Money
from shop.pricing import operations as pricing
from shop.pricing.models import Price, PriceList
from shop.pricing.operations import NotReduced
from shop.pricing.queries import unit_prices
from shop.stores.limits import LARGEST_PRICE
from shop.stores.models import Market
from tests.checkout.storefront_client import open_shop, sell

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def market() -> Market:
    return open_shop()


@pytest.fixture
def mug(market: Market) -> Variant:
    """19.99 EUR."""
    return sell(stock=None)


def price(variant: Variant, market: Market, *, group: Any = None, at: datetime = NOON) -> tuple[int, str] | None:
    """Return the amount and the list that has it."""
    prices = unit_prices([variant.pk], market_id=market.pk, currency=market.currency, group_id=group, at=at)
    return (prices[variant.pk].amount.minor, prices[variant.pk].source) if prices else None


def listed(code: str, variant: Variant, amount: int, *, priority: int = 10, **fits: Any) -> PriceList:
    """Create a list with one price."""
    made = PriceList.objects.create(code=code, name=code, currency="EUR", priority=priority, **fits)
    pricing.set_prices(made, {variant.pk: (Money(amount, "EUR"), None)})
    return made


def test_the_ordinary_price_is_for_everybody(mug: Variant, market: Market) -> None:
    assert price(mug, market) == price(mug, market, group=uuid4()) == (1999, "base-eur")


def test_what_has_no_price_is_left_out(mug: Variant, market: Market) -> None:
    Price.objects.all().delete()

    assert price(mug, market) is None


def test_the_highest_priority_wins_also_when_it_is_dearer(mug: Variant, market: Market) -> None:
    listed("sale", mug, 1500, priority=10)
    listed("special", mug, 1700, priority=20)

    assert price(mug, market) == (1700, "special")


def test_lists_of_one_priority_are_told_apart_by_their_codes(mug: Variant, market: Market) -> None:
    listed("b", mug, 1500)
    listed("a", mug, 1700)

    assert price(mug, market) == (1500, "b")


@pytest.mark.parametrize(
    ("moment", "amount"),
    [(-1, 1999), (0, 1500), (3599, 1500), (3600, 1999)],
    ids=["before", "at its start", "in its last second", "at its end"],
)
def test_a_lists_time_is_half_open(mug: Variant, market: Market, moment: int, amount: int) -> None:
    listed("sale", mug, 1500, starts_at=NOON, ends_at=NOON + timedelta(hours=1))

    shown = price(mug, market, at=NOON + timedelta(seconds=moment))

    assert shown is not None
    assert shown[0] == amount


def test_a_list_of_another_market_or_currency_does_not_fit(mug: Variant, market: Market) -> None:
    other = Market.objects.create(code="fr", name="France", currency="EUR")
    listed("france", mug, 1500, market=other)
    pricing.set_price(mug.pk, Money(2500, "CHF"))

    assert (price(mug, market), price(mug, other)) == ((1999, "base-eur"), (1500, "france"))


def test_a_group_has_its_own_prices(mug: Variant, market: Market) -> None:
    club = CustomerGroup.objects.create(code="club", name="Club")
    listed("club", mug, 1500, group=club)

    assert price(mug, market, group=club.pk) == (1500, "club")
    assert price(mug, market) == price(mug, market, group=uuid4()) == (1999, "base-eur")


def test_whoever_is_in_no_group_is_in_the_default_one(mug: Variant, market: Market) -> None:
    default, _ = CustomerGroup.objects.get_or_create(is_default=True, defaults={"code": "everybody", "name": "All"})
    club = CustomerGroup.objects.create(code="club", name="Club")
    listed("everybody", mug, 1800, group=default)

    assert price(mug, market) == price(mug, market, group=default.pk) == (1800, "everybody")
    assert price(mug, market, group=club.pk) == (1999, "base-eur")


def test_setting_the_same_price_again_changes_nothing(mug: Variant) -> None:
    same, other = pricing.set_price(mug.pk, Money(1999, "EUR")), pricing.set_price(mug.pk, Money(2099, "EUR"))

    assert (same, other) == (False, True)
    assert list(Price.objects.values_list("amount", "version")) == [(2099, 2)]


def test_a_price_before_is_higher_than_the_price_now(mug: Variant) -> None:
    with pytest.raises(NotReduced):
        pricing.set_price(mug.pk, Money(1500, "EUR"), compare_at=Money(1500, "EUR"))

    assert list(Price.objects.values_list("amount", "compare_at")) == [(1999, None)]


def test_a_list_holds_one_currency(mug: Variant) -> None:
    with pytest.raises(CurrencyMismatch):
        pricing.set_prices(PriceList.objects.get(code="base-eur"), {mug.pk: (Money(1, "USD"), None)})

    assert Price.objects.get().amount == 1999


@pytest.mark.parametrize("count", [1, 30])
def test_prices_are_one_statement_however_many_there_are(
    market: Market, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    variants = [sell(f"thing-{n}", stock=None).pk for n in range(count)]

    with django_assert_num_queries(1):
        prices = unit_prices(variants, market_id=market.pk, currency="EUR", group_id=None, at=NOON)

    assert len(prices) == count


def test_a_price_has_an_upper_bound_and_the_refusal_names_it(mug: Variant) -> None:
    pricing.set_price(mug.pk, Money(LARGEST_PRICE, "EUR"))

    with pytest.raises(AmountTooLarge) as refused:
        pricing.set_price(mug.pk, Money(LARGEST_PRICE + 1, "EUR"))

    assert (refused.value.problem.field, refused.value.problem.params) == ("price", {"max": 20_000_000_000})
    assert Price.objects.get().amount == LARGEST_PRICE


def test_the_database_knows_the_bound_too(mug: Variant) -> None:
    with pytest.raises(IntegrityError, match="price_not_too_large"), transaction.atomic():
        Price.objects.update(amount=LARGEST_PRICE + 1)

    assert Price.objects.get().amount == 1999
