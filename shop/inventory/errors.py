"""What the inventory refuses."""

from collections.abc import Sequence

from shop.inventory.types import Shortage
from shop.kernel.errors import Conflict, Invalid
from shop.kernel.messages import gettext_noop


class InsufficientStock(Conflict):
    """At least one variant has too little available stock; `shortages` has the numbers."""

    code = "insufficient_stock"
    message = gettext_noop("Not enough stock for some items.")

    def __init__(self, shortages: Sequence[Shortage], *, field: str | None = None) -> None:
        super().__init__(field=field, params={"shortages": [each.facts() for each in shortages]})
        self.shortages = tuple(shortages)


class StockReserved(Conflict):
    """The change would leave less stock on hand than is reserved or unavailable."""

    code = "stock_reserved"
    message = gettext_noop("Stock can't go below what is reserved or unavailable.")


class InvalidStockQuantity(Invalid):
    """A stock quantity is not a whole number from `min` to `max`."""

    code = "invalid_stock_quantity"
    message = gettext_noop("Enter a whole number within the limits.")

    def __init__(self, *, field: str, least: int, most: int) -> None:
        super().__init__(field=field, params={"min": least, "max": most})


class BooksDisagree(RuntimeError):
    """A counter is not what operations can have left there: `manage.py verify_stock` says more."""
