"""Rows that are replayed are as many, in the same tables, as those that the shop makes."""

import pytest

from shop.catalog.models import Variant
from tests.checkout.storefront_client import level, open_shop, sell
from tests.contracts.callers import everything
from tests.replayed import replayed
from tests.rolled_back import RolledBack


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {table: len(rows) for table, rows in everything().items()}


@pytest.mark.django_db
@pytest.mark.parametrize("_", range(2))
def test_a_replayed_shop_has_the_rows_of_a_shop_that_was_opened(_: int) -> None:
    with RolledBack():
        open_shop()
        sell()
        made = counts()

    replayed(open_shop)
    replayed(sell)

    assert counts() == made
    assert level(Variant.objects.get()) == (10, 0, 0)
