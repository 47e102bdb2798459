"""Which ways there are to ship."""

import pytest

from shop.shipping.models import ShippingMethod
from shop.shipping.queries import methods
from shop.stores.models import Market
from tests.checkout.shopfront import open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    found = open_shop()
    ShippingMethod.objects.all().delete()
    return found


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
