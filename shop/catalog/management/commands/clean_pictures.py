from collections import Counter

from django.core.management.base import CommandError

from shop.catalog.operations.cleaning import CLEAN, MENDED, UNREADABLE, clean_pictures
from shop.platform.management.migrated import MigratedCommand


class Command(MigratedCommand):
    help = (
        "Remove position, camera and other metadata from stored pictures, and scale down those that are too large. "
        "Safe to interrupt and to run again."
    )

    def handle(self, *_: object, **__: object) -> None:
        counted: Counter[str] = Counter()
        for outcome in clean_pictures():
            counted[outcome.word] += 1
            if outcome.word == UNREADABLE:
                self.stderr.write(f"{outcome.name} is not a readable picture; it is left unchanged.")
        self.stdout.write(", ".join(f"{counted[word]} {word}" for word in (MENDED, CLEAN, UNREADABLE)))
        if counted[UNREADABLE]:
            raise CommandError(f"{counted[UNREADABLE]} files could not be read.")
