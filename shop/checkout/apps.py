from importlib import import_module

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "shop.checkout"
    label = "checkout"

    def ready(self) -> None:
        """Register what follows a login and the closing of an account."""
        import_module("shop.checkout.operations.merging")
        import_module("shop.checkout.operations.leaving")
