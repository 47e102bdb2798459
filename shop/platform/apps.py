from importlib import import_module

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import autodiscover_modules


class PlatformConfig(AppConfig):
    name = "shop.platform"
    label = "platform"

    def ready(self) -> None:
        """The worker knows every job, periodic function and listener, wherever written; limits can be read.

        What is wrong with them ends the process with a sentence, as a mistake in the environment does.
        """
        autodiscover_modules("jobs", "subscribers", "limits")
        import_module("shop.platform.checks")
        import_module("shop.platform.expiry")
        import_module("shop.platform.upgrading")
        try:
            import_module("shop.platform.limits").check_settings()
        except ImproperlyConfigured as wrong:
            raise SystemExit(f"The shop does not start. LIMIT_QUOTAS: {wrong}") from None
