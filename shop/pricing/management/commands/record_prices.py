from django.core.management.base import BaseCommand

from shop.pricing import history


class Command(BaseCommand):
    help = (
        "Writes the first row of the price history for every price that has none, and whatever else is missing. "
        "Run it after migrate; running it again changes nothing."
    )

    def handle(self, *_: object, **__: object) -> None:
        written = history.record_all()
        self.stdout.write(f"{written} prices recorded." if written else "Every price is recorded.")
