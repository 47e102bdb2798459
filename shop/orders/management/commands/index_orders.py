from django.core.management.base import BaseCommand

from shop.orders.search import index


class Command(BaseCommand):
    help = "Makes orders from before this release findable by name, e-mail address, SKU and city. Can be repeated."

    def handle(self, *_: object, **__: object) -> None:
        self.stdout.write(f"Orders that can be found now: {index()}.")
