"""Settings of inventory: `inventory_settings()`."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class InventorySettings:
    """Deployment choices of this app; project/settings.py fills them from the environment."""

    low_stock: int = 5
    """This many units or fewer are "low stock", of which shoppers see the number."""
    provisional_stock_percent: int = 50
    """The largest share of a variant's stock that unconfirmed orders and waiting payments may hold, or one unit."""


def inventory_settings() -> InventorySettings:
    """The settings in force."""
    current: InventorySettings = settings.INVENTORY
    return current
