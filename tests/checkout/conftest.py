import pytest

from shop.catalog.models import Variant
from shop.stores.models import Market
from tests.checkout.shopfront import open_shop, sell
from tests.payments.banks import Watched
from tests.payments.conftest import bank

__all__ = ["bank"]


@pytest.fixture
def market(transactional_db: None, bank: Watched) -> Market:
    """An open shop, with the watched test bank."""
    return open_shop()


@pytest.fixture
def mug(market: Market) -> Variant:
    """19.99 EUR, ten of them."""
    return sell()
