"""Fill the shop with demo data."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from shop.catalog.models import Product
from shop.exchange import importing
from shop.exchange.demo import people, products, purchases, terms
from shop.kernel.errors import Refusal
from shop.platform.clock import as_of, now
from shop.platform.management.migrated import MigratedCommand
from shop.platform.statistics import refresh
from shop.stores.queries import markets


class Command(MigratedCommand):
    help = "Fill an empty shop with a demo catalog, customers and orders. Does nothing if there are products."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="Add the demo even if there are products.")

    def handle(self, *, force: bool, verbosity: int, **options: Any) -> None:
        if Product.objects.exists() and not force:
            if verbosity:
                self.stdout.write("There are products already, so nothing was added. (--force adds the demo to them.)")
            return
        self.stdout.write("Filling the shop with a demo catalog …")
        self.stdout.flush()
        market = markets()[0]
        drawn = products.draw()
        try:
            with transaction.atomic():
                terms.agree(market)
                today = now()
                with as_of(today - products.OPENED):
                    password = people.admit()
                    written = products.fill(drawn, currency=market.currency, today=today)
            placed = purchases.buy(market)
            refresh(importing.WRITTEN)
        except Refusal as refusal:
            raise CommandError(f"The demo does not fit into this shop: {refusal}") from None
        variants = sum(len(each.variants) for each in written)
        self.stdout.write(f"Demo: {len(written)} products, {variants} variants, {placed} orders.")
        if password:
            names = ", ".join(people.CUSTOMERS)
            self.stdout.write(f"Customers: {names}   password: {password}   (shown this once)")
