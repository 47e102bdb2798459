from django.core.management.base import CommandError

from shop.platform.management.migrated import MigratedCommand
from shop.pricing import history


class Command(MigratedCommand):
    help = "Compare the price history with the price lists; record_prices writes missing rows."

    def handle(self, *_: object, **__: object) -> None:
        differences = history.verify()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences:
            raise CommandError(f"{len(differences)} prices differ from the history. Run record_prices.")
        self.stdout.write("Price history and price lists agree.")
