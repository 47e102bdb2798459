"""Settings of checkout: `checkout_settings()`."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class CheckoutSettings:
    """Deployment choices of this app; project/settings.py fills them from the environment."""

    most_unpaid_orders: int = 3
    """The most unpaid orders that an email address, an account and a client may have at once."""
    most_waiting_payments: int = 10
    """The most payments waiting for their shopper that an account and a client may have at once."""


def checkout_settings() -> CheckoutSettings:
    """The settings in force."""
    current: CheckoutSettings = settings.CHECKOUT
    return current
