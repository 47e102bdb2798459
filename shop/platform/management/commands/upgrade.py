from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from shop.platform.upgrading import alone, do_steps


class Command(BaseCommand):
    help = (
        "Bring the database up to date with this version of the shop: migrations, then backfills. Safe to interrupt "
        "and to run again."
    )

    def handle(self, *_: object, verbosity: int, **__: Any) -> None:
        with alone(lambda: self.stdout.write("Another upgrade of this database is running; waiting for it.")):
            call_command("migrate", verbosity=verbosity, interactive=False, stdout=self.stdout, stderr=self.stderr)
            for outcome in do_steps():
                if verbosity:
                    self.stdout.write(outcome.said)
                for sentence in outcome.left:
                    self.stderr.write(f"Action needed: {sentence}")
