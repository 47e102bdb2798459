"""The types that other apps get from the queries of prices."""

from dataclasses import dataclass

from shop.kernel.money import Money


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A unit price; `compare_at` is the price before a reduction, `source` the price list that has it."""

    amount: Money
    compare_at: Money | None
    source: str
