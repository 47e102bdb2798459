from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PlatformConfig(AppConfig):
    name = "shop.platform"
    label = "platform"

    def ready(self) -> None:
        """The worker knows every job, periodic function and listener, wherever written; limits can be read."""
        autodiscover_modules("jobs", "subscribers")
        import_module("shop.platform.checks")
        import_module("shop.platform.expiry")
        import_module("shop.platform.limits").check_settings()
