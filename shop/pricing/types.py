"""What other apps are told of prices."""

from dataclasses import dataclass

from shop.kernel.money import Money


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one piece costs; `compare_at` is what it cost before, `source` the price list that says so."""

    amount: Money
    compare_at: Money | None
    source: str
