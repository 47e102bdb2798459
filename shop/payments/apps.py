from django.apps import AppConfig
from django.core.checks import register

from shop.payments.checks import credentials_fit, gateways_exist


class PaymentsConfig(AppConfig):
    name = "shop.payments"
    label = "payments"

    def ready(self) -> None:
        """A gateway that is misspelt in the settings is noticed before anybody wants to pay."""
        register(gateways_exist)
        register(credentials_fit)
