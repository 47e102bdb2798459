from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register


class PaymentsConfig(AppConfig):
    name = "shop.payments"
    label = "payments"

    def ready(self) -> None:
        """Hide providers' secrets in logs, and check gateways and their credentials before anybody wants to pay."""
        import_module("shop.payments.scrubbing")
        checks = import_module("shop.payments.checks")
        register(checks.gateways_exist)
        register(checks.credentials_fit)
