"""What happens to the store."""

from dataclasses import dataclass
from typing import ClassVar

from shop.platform.events import Event


@dataclass(frozen=True, slots=True)
class MarketOpened(Event):
    """There is a new market, which sells in `currency`."""

    name: ClassVar[str] = "market.opened"
    currency: str
