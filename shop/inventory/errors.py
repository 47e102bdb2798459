"""What the inventory refuses."""

from collections.abc import Sequence

from shop.inventory.types import Shortage
from shop.kernel.errors import Conflict, Invalid


class InsufficientStock(Conflict):
    """Not enough stock for some items."""

    code = "insufficient_stock"

    def __init__(self, shortages: Sequence[Shortage], *, field: str | None = None) -> None:
        super().__init__(field=field, params={"shortages": [each.facts() for each in shortages]})
        self.shortages = tuple(shortages)


class StockSpokenFor(Conflict):
    """Stock can't go below what is reserved or unavailable."""

    code = "stock_spoken_for"


class InvalidStockQuantity(Invalid):
    """A quantity of stock is a whole number within the limits."""

    code = "invalid_stock_quantity"

    def __init__(self, *, field: str, least: int, most: int) -> None:
        super().__init__(field=field, params={"min": least, "max": most})


class BooksDisagree(RuntimeError):
    """A counter is not what operations can have left there: `manage.py verify_stock` says more."""
