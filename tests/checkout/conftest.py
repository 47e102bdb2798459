import pytest

from shop.catalog.models import Variant
from shop.stores.models import Market
from tests.checkout.storefront_client import open_shop, sell
from tests.payments.conftest import bank
from tests.payments.gateways import Watched
from tests.replayed import replayed

__all__ = ["bank"]


@pytest.fixture
def market(transactional_db: None, bank: Watched) -> Market:
    """An open shop, with the watched test bank."""
    replayed(open_shop)
    return Market.objects.get(is_default=True)


@pytest.fixture
def mug(market: Market) -> Variant:
    """19.99 EUR, ten of them."""
    replayed(sell)
    return Variant.objects.select_related("product").get()
