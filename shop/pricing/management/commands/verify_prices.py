from django.core.management.base import BaseCommand, CommandError

from shop.pricing import history


class Command(BaseCommand):
    help = "Compares the price history with the price lists; record_prices writes the rows that are missing."

    def handle(self, *_: object, **__: object) -> None:
        differences = history.verify()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences:
            raise CommandError(f"{len(differences)} prices are not what the history says. Run record_prices.")
        self.stdout.write("The history and the price lists agree.")
