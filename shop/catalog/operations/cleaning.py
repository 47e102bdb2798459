"""Cleaning pictures that were stored before cleaning was introduced, or with a larger size limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction

from shop.catalog import pictures
from shop.catalog.errors import NotAPicture
from shop.catalog.models import Image, Product
from shop.platform import files

RULE: Final = 1
"""The version of the rule for clean pictures. Raise it with a stricter rule, and the next upgrade checks them again."""
CLEAN: Final = "clean"
MENDED: Final = "mended"
UNREADABLE: Final = "unreadable"
GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one stored picture: clean, cleaned now, unreadable, or deleted in the meantime."""

    name: str
    word: str


def clean_pictures(*, after: str = "", limit: int | None = None) -> Iterator[Outcome]:
    """Clean all stored pictures, or at most `limit` of those whose names sort behind `after`.

    A cleaned picture gets a new name; the old name redirects to it, and the old file is deleted.

    It can be interrupted and repeated: the new file is written first, then the rows, and the old file is deleted last.
    """
    for name in [each for each in _stored() if each > after][:limit]:
        try:
            yield Outcome(name, MENDED if clean_picture(name) else CLEAN)
        except NotAPicture:
            yield Outcome(name, UNREADABLE)
        except FileNotFoundError:
            yield Outcome(name, GONE)


def clean_picture(name: str) -> bool:
    """Clean the stored picture; return False if it was clean already. Raises NotAPicture."""
    with default_storage.open(name) as opened:
        content = opened.read()
    if pictures.is_clean(content, name):
        return False
    clean_file = pictures.stored(pictures.cleaned_again(content))
    with transaction.atomic():
        files.move(name, clean_file.name)
        rows = Image.objects.filter(file=name)
        product_ids = set(rows.order_by().values_list("product_id", flat=True))
        rows.changed(file=clean_file.name, width=clean_file.width, height=clean_file.height)
        Product.objects.filter(pk__in=product_ids).changed()
    default_storage.delete(name)
    return True


def _stored() -> list[str]:
    """The names of all stored files, including those that only old orders show."""
    try:
        _, names = default_storage.listdir(pictures.FOLDER)
    except FileNotFoundError:
        return []
    return [f"{pictures.FOLDER}/{name}" for name in sorted(names)]
