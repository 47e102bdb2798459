from django.core.management.base import CommandError, CommandParser

from shop.inventory.operations import recount, verify
from shop.platform.management.migrated import MigratedCommand


class Command(MigratedCommand):
    help = "Compare every stock counter with the ledger; --repair resets the counters to the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Reset the counters to the ledger.")

    def handle(self, *_: object, repair: bool, **__: object) -> None:
        differences = recount() if repair else verify()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences and not repair:
            raise CommandError(f"{len(differences)} counters differ from the ledger.")
        self.stdout.write(f"{len(differences)} counters repaired." if repair else "Counters and ledger agree.")
