from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register


class PaymentsConfig(AppConfig):
    name = "shop.payments"
    label = "payments"

    def ready(self) -> None:
        """A gateway that is misspelt in the settings is noticed before anybody wants to pay, and so are credentials."""
        checks = import_module("shop.payments.checks")
        register(checks.gateways_exist)
        register(checks.credentials_fit)
