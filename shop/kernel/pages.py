"""Keyset pages: where a reader is in a sorted list, as a cursor that only this server can write.

A cursor names a place by the sort keys of a row, the unique id last, and the direction to read from there; the row
itself is not part of what follows. Without keys it stands at the list's end: NEXT from the start, PREVIOUS from the
last row backwards. So rows that come or go meanwhile make no duplicate and no gap.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from shop.kernel.errors import Invalid
from shop.kernel.messages import gettext_noop

Scalar = str | int | float | bool | None
Row = TypeVar("Row")

LONGEST = 2048
"""The longest sealed cursor, in characters: it has to fit into a URL."""

MOST_COUNTED = 10_000
"""How far a list is counted: to know more, the database would have to look at every row."""

_SIGNATURE_BYTES = 16


class BadCursor(Invalid):
    """The cursor is malformed, was tampered with or is of another list."""

    code = "invalid_cursor"
    message = gettext_noop("This cursor does not belong to this list.")


class Direction(StrEnum):
    """Which way the list is read from a cursor."""

    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows, and the way to read from it."""

    direction: Direction
    keys: tuple[Scalar, ...]


START = Cursor(Direction.NEXT, ())
"""The first page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in the list's order, and the cursors of the pages around them, or None at the ends."""

    items: tuple[Row, ...]
    next: Cursor | None
    previous: Cursor | None
    total: int | None = None
    """How many rows the whole list has, if that was asked; above MOST_COUNTED only that there are more."""


def page(
    fetched: Sequence[Row],
    *,
    limit: int,
    keys: Callable[[Row], tuple[Scalar, ...]],
    cursor: Cursor = START,
) -> Page[Row]:
    """The page that `limit` + 1 rows make, fetched from the cursor in the order in which it reads.

    For PREVIOUS that is the list's order reversed. The row too many is not shown: it tells that there is more.
    """
    forward = cursor.direction is Direction.NEXT
    items = tuple(fetched[:limit] if forward else reversed(fetched[:limit]))
    ahead, behind = len(fetched) > limit, bool(cursor.keys)
    after, before = (ahead, behind) if forward else (behind, ahead)
    return Page(
        items,
        next=_beside(items[-1:], Direction.NEXT, keys) if after else None,
        previous=_beside(items[:1], Direction.PREVIOUS, keys) if before else None,
    )


def seal(cursor: Cursor, *, binding: str, key: bytes) -> str:
    """The cursor as URL-safe text, signed together with the binding: the filters, sort and currency of its list.

    Keys are JSON scalars; ValueError when they make more than LONGEST characters or hold NaN or Infinity.
    """
    payload = json.dumps([cursor.direction, *cursor.keys], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    body = payload.encode()
    text = _text(_signature(body, binding, key) + body)
    if len(text) > LONGEST:
        raise ValueError(f"a cursor has at most {LONGEST} characters: sort by shorter keys")
    return text


def unseal(text: str, *, binding: str, key: bytes) -> Cursor:
    """The cursor that seal() made of the same binding and key; BadCursor for anything else."""
    if len(text) > LONGEST:
        raise BadCursor(field="cursor")
    try:
        sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise BadCursor(field="cursor") from None
    signature, body = sealed[:_SIGNATURE_BYTES], sealed[_SIGNATURE_BYTES:]
    genuine = hmac.compare_digest(signature, _signature(body, binding, key))
    if not genuine or _text(sealed) != text:  # the decoder forgives foreign characters and stray bits; this doesn't
        raise BadCursor(field="cursor")
    direction, *keys = json.loads(body)
    return Cursor(Direction(direction), tuple(keys))


def _beside(row: Sequence[Row], direction: Direction, keys: Callable[[Row], tuple[Scalar, ...]]) -> Cursor:
    """Away from the outermost row; from the list's end when the page has none (its rows have gone meanwhile)."""
    return Cursor(direction, keys(row[0]) if row else ())


def _signature(body: bytes, binding: str, key: bytes) -> bytes:
    """HMAC-SHA-256 cut to 128 bits (RFC 2104, 5), over the binding's digest, whose length is fixed, and the body."""
    bound = hashlib.sha256(binding.encode("utf-8", "surrogatepass")).digest()
    return hmac.digest(key, b"page cursor" + bound + body, "sha256")[:_SIGNATURE_BYTES]


def _text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()
