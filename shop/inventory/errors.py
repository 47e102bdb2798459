"""What the inventory refuses."""

from collections.abc import Sequence

from shop.inventory.types import Shortage
from shop.kernel.errors import Conflict, Invalid


class InsufficientStock(Conflict):
    """Some of this is no longer available in that quantity."""

    code = "insufficient_stock"

    def __init__(self, shortages: Sequence[Shortage], *, field: str | None = None) -> None:
        super().__init__(field=field, params={"shortages": [each.facts() for each in shortages]})
        self.shortages = tuple(shortages)


class StockSpokenFor(Conflict):
    """More than that is set aside for buyers or can't be sold."""

    code = "stock_spoken_for"


class InvalidStockQuantity(Invalid):
    """A quantity of stock is a whole number within the limits."""

    code = "invalid_stock_quantity"

    def __init__(self, *, field: str, least: int, most: int) -> None:
        super().__init__(field=field, params={"min": least, "max": most})


class BooksDisagree(RuntimeError):
    """A counter is not what operations can have left there: `manage.py verify_stock` says more."""
