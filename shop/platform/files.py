"""Files of the storage that have another name now."""

from django.db import transaction

from shop.platform.models import MovedFile


@transaction.atomic
def move(name: str, to: str) -> None:
    """Whoever asks for the file `name`, or for one that led there, is led to the file `to`."""
    MovedFile.objects.filter(name=to).delete()
    MovedFile.objects.filter(moved_to=name).update(moved_to=to)
    MovedFile.objects.update_or_create(name=name, defaults={"moved_to": to})


def moved_to(name: str) -> str | None:
    """The name that the file has now; None for one that was not moved."""
    return MovedFile.objects.filter(name=name).values_list("moved_to", flat=True).first()
