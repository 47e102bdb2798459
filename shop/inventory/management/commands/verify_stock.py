from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.inventory.operations import recount, verify


class Command(BaseCommand):
    help = "Compares every counter of stock with the books; --repair makes the counters what the books say."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Write what the books say into the counters.")

    def handle(self, *_: object, repair: bool, **__: object) -> None:
        differences = recount() if repair else verify()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences and not repair:
            raise CommandError(f"{len(differences)} counters are not what the books say.")
        self.stdout.write(f"{len(differences)} counters repaired." if repair else "Counters and books agree.")
