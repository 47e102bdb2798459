"""The shipping methods of a market."""

import pytest
from django.db import IntegrityError, transaction

from shop.kernel.money import AmountTooLarge, Money
from shop.shipping import operations as shipping
from shop.shipping.models import ShippingMethod
from shop.shipping.queries import methods
from shop.stores.limits import LARGEST_PRICE
from shop.stores.models import Market
from tests.checkout.storefront_client import open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    market = open_shop()
    ShippingMethod.objects.all().delete()
    return market


def test_the_active_ways_of_a_market_in_their_order(market: Market) -> None:
    other = Market.objects.create(code="ch", name="Switzerland", currency="CHF")
    ShippingMethod.objects.create(market=market, code="express", name="Express", price=990, position=2)
    ShippingMethod.objects.create(market=market, code="parcel", name="Parcel", price=490, position=1)
    ShippingMethod.objects.create(market=market, code="pigeon", name="Pigeon", price=1, is_active=False)
    ShippingMethod.objects.create(market=other, code="post", name="Post", price=900)

    assert [each.code for each in methods(market.pk)] == ["parcel", "express"]
    assert [each.code for each in methods(other.pk)] == ["post"]


def test_a_market_without_any_has_none(market: Market) -> None:
    assert methods(market.pk) == []


def test_a_price_has_an_upper_bound_and_the_refusal_names_it(market: Market) -> None:
    with pytest.raises(AmountTooLarge) as refused:
        shipping.offer("gold", market=market, name="Gold", price=Money(LARGEST_PRICE + 1, "EUR"))

    assert (refused.value.problem.field, refused.value.problem.params) == ("price", {"max": 20_000_000_000})
    assert ShippingMethod.objects.count() == 0


def test_the_database_knows_the_bound_too(market: Market) -> None:
    with pytest.raises(IntegrityError, match="shipping_method_price_not_too_large"), transaction.atomic():
        ShippingMethod.objects.create(market=market, code="gold", name="Gold", price=LARGEST_PRICE + 1)

    assert ShippingMethod.objects.count() == 0
