from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from shop.catalog.operations.cleaning import CLEAN, MENDED, UNREADABLE, clean_pictures


class Command(BaseCommand):
    help = (
        "Takes position, camera and other metadata out of pictures that are stored, and scales down those that are too "
        "large. It can be ended at any moment and run again; running it again changes nothing."
    )

    def handle(self, *_: object, **__: object) -> None:
        counted: Counter[str] = Counter()
        for outcome in clean_pictures():
            counted[outcome.word] += 1
            if outcome.word == UNREADABLE:
                self.stderr.write(f"{outcome.name} is not a picture that can be read; it stays as it is.")
        self.stdout.write(", ".join(f"{counted[word]} {word}" for word in (MENDED, CLEAN, UNREADABLE)))
        if counted[UNREADABLE]:
            raise CommandError(f"{counted[UNREADABLE]} files could not be read.")
