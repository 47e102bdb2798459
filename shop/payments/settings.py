"""Settings of payments: `payments_settings()`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from pydantic import SecretStr


@dataclass(frozen=True, kw_only=True)
class PaymentsSettings:
    """Deployment choices of this app; project/settings.py fills them from the environment."""

    gateways: tuple[str, ...] = ("shop.payments.gateways.manual.Manual",)
    """Dotted paths of the classes that move money (shop.payments.ports)."""
    credentials: Mapping[str, Mapping[str, SecretStr]] = field(default_factory=dict)
    """What gateways call their providers with, by provider and by field of the gateway's `credentials_type`."""
    test_mode: bool = False
    """Whether there is a test gateway beside them, with which no money moves."""
    test_gateway_delay: timedelta = timedelta(seconds=2)
    """How long its `tok_slow` takes to answer."""


def payments_settings() -> PaymentsSettings:
    """The settings in force."""
    current: PaymentsSettings = settings.PAYMENTS
    return current
