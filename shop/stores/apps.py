from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "shop.stores"
    label = "stores"
