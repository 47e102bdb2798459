from django.contrib.admin.apps import AdminConfig


class Admin(AdminConfig):
    """Django's admin with the shop's own site in the place of the default one."""

    default_site = "shop.project.admin.Site"
