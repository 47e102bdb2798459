"""Cleaning pictures that were kept before pictures were cleaned, or under a larger bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from shop.catalog import pictures
from shop.catalog.errors import NotAPicture
from shop.catalog.models import Image, Product
from shop.platform import files
from shop.platform.clock import now

RULE: Final = 1
"""What clean means, as a number: whoever asks more of stored pictures raises it, and the next upgrade looks again."""
CLEAN: Final = "clean"
MENDED: Final = "mended"
UNREADABLE: Final = "unreadable"
GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one stored picture: clean, mended, unreadable, or gone meanwhile."""

    name: str
    word: str


def clean_pictures(*, after: str = "", limit: int | None = None) -> Iterator[Outcome]:
    """Every stored picture is clean, or so many of those whose names follow.

    One that was not has a new name, its old one leads there, its old bytes are gone.

    It can be ended at any moment and begun again: the new file comes first, then the rows, and the old file goes last.
    """
    for name in [each for each in _stored() if each > after][:limit]:
        try:
            yield Outcome(name, MENDED if clean_picture(name) else CLEAN)
        except NotAPicture:
            yield Outcome(name, UNREADABLE)
        except FileNotFoundError:
            yield Outcome(name, GONE)


def clean_picture(name: str) -> bool:
    """The stored picture is clean; says whether it was not. Raises NotAPicture."""
    with default_storage.open(name) as opened:
        content = opened.read()
    if pictures.is_clean(content, name):
        return False
    kept = pictures.stored(pictures.cleaned_again(content))
    with transaction.atomic():
        files.move(name, kept.name)
        rows = Image.objects.filter(file=name)
        product_ids = set(rows.order_by().values_list("product_id", flat=True))
        changes = {"file": kept.name, "width": kept.width, "height": kept.height}
        rows.update(**changes, version=F("version") + 1, updated_at=now())
        Product.objects.filter(pk__in=product_ids).update(version=F("version") + 1, updated_at=now())
    default_storage.delete(name)
    return True


def _stored() -> list[str]:
    """The files that there are, those that only an old order shows among them."""
    try:
        _, names = default_storage.listdir(pictures.FOLDER)
    except FileNotFoundError:
        return []
    return [f"{pictures.FOLDER}/{name}" for name in sorted(names)]
