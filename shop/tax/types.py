"""The types that other apps get from the queries of taxes."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TaxPercentage:
    """A tax by its name and percentage."""

    name: str
    percent: Decimal


UNTAXED = TaxPercentage("", Decimal(0))
