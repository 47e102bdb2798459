"""Metadata: pairs of texts that clients keep with their objects. The shop returns them and never reads them."""

from collections.abc import Iterable, Mapping
from typing import Final, cast

from shop.kernel.errors import FieldsWrong, Problem
from shop.kernel.merge_patch import merge_patch
from shop.kernel.messages import gettext_noop

MOST_PAIRS: Final = 50


def patched(stored: Mapping[str, str], patch: Mapping[str, str | None] | None) -> dict[str, str]:
    """The metadata after a merge-patch: null removes a pair, and None all of them.

    Raises FieldsWrong when there are more than 50 pairs then.
    """
    merged = cast(dict[str, str], merge_patch(stored, patch) or {})
    if len(merged) > MOST_PAIRS:
        message = gettext_noop("Must have at most %(max)s items.")
        raise FieldsWrong([Problem("too_long", message, "metadata", {"max": MOST_PAIRS})])
    return merged


def size(metadata: Iterable[Mapping[str, str]]) -> int:
    """Bytes of all names and values together, in UTF-8."""
    return sum(len(name.encode()) + len(value.encode()) for each in metadata for name, value in each.items())
