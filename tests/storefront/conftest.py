import pytest

from shop.pricing.models import PriceList
from shop.stores.models import Market, MarketCountry
from tests.checkout.storefront_client import open_shop
from tests.replayed import replayed


@pytest.fixture
def market(db: None) -> Market:
    """An open shop: the default market, in euros."""
    replayed(open_shop)
    return Market.objects.get(is_default=True)


@pytest.fixture
def francs(market: Market) -> PriceList:
    """Return the price list of another market: Switzerland, in francs, without tax."""
    other = Market.objects.create(
        code="ch", name="Switzerland", currency="CHF", locale="de-CH", prices_include_tax=False
    )
    MarketCountry.objects.create(market=other, country="CH")
    price_list, _ = PriceList.objects.get_or_create(code="base-chf", defaults={"name": "Francs", "currency": "CHF"})
    return price_list
