from shop.platform.management.migrated import MigratedCommand
from shop.pricing import history


class Command(MigratedCommand):
    help = (
        "Write the missing rows of the price history. `upgrade` does this too; run it after changing prices by SQL. "
        "Safe to repeat."
    )

    def handle(self, *_: object, **__: object) -> None:
        written = history.record_all()
        self.stdout.write(f"{written} prices recorded." if written else "Every price is recorded.")
