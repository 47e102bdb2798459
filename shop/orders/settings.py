"""Settings of orders: `orders_settings()`."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class OrdersSettings:
    """Deployment choices of this app; project/settings.py fills them from the environment."""

    unpaid_for: timedelta = timedelta(hours=72)
    """How long an order waits for money that arrives by itself, such as a bank transfer."""
    unconfirmed_for: timedelta = timedelta(hours=2)
    """How long an order waits for its email address to be confirmed."""


def orders_settings() -> OrdersSettings:
    """The settings in force."""
    current: OrdersSettings = settings.ORDERS
    return current
