from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BackofficeConfig(AppConfig):
    name = "shop.backoffice"
    label = "backoffice"
    default = True


class Admin(AdminConfig):
    """Django's admin with the shop's own site in the place of the default one."""

    default_site = "shop.backoffice.site.Site"
