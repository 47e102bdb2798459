"""Keyset pagination with signed cursors.

A cursor has the sort keys of a row, the unique id last, and the direction to read from there; the row itself is
excluded. A cursor without keys starts at the end of the list: NEXT at the first row, PREVIOUS at the last one. So
rows that are added or deleted between two requests cause no duplicates and no gaps.
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
"""The maximum length of a sealed cursor in characters: it has to fit into a URL."""

MOST_COUNTED = 10_000
"""The number at which counting a list stops, because the database would have to read every row."""

_SIGNATURE_BYTES = 16


class BadCursor(Invalid):
    """The cursor is malformed, was tampered with or belongs to another list."""

    code = "invalid_cursor"
    message = gettext_noop("This cursor does not belong to this list.")


class Direction(StrEnum):
    """The direction in which the list is read from a cursor."""

    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position between two rows, and the direction to read from it."""

    direction: Direction
    keys: tuple[Scalar, ...]


START = Cursor(Direction.NEXT, ())
"""The first page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the list's order, and the cursors of the next and previous page, or None at the ends."""

    items: tuple[Row, ...]
    next: Cursor | None
    previous: Cursor | None
    total: int | None = None
    """The number of rows in the whole list, if requested; a number above MOST_COUNTED means "or more"."""


def page(
    fetched: Sequence[Row],
    *,
    limit: int,
    keys: Callable[[Row], tuple[Scalar, ...]],
    cursor: Cursor = START,
) -> Page[Row]:
    """Return the page of `limit` + 1 rows that were fetched from the cursor in the cursor's direction.

    For PREVIOUS that is the reverse order of the list. The extra row only shows that there is another page.
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
    """Return the cursor as URL-safe text, signed together with the binding: the filters, sort and currency of its list.

    Keys are JSON scalars. Raises ValueError if the text exceeds LONGEST characters, and for NaN or Infinity.
    """
    payload = json.dumps([cursor.direction, *cursor.keys], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    body = payload.encode()
    text = _text(_signature(body, binding, key) + body)
    if len(text) > LONGEST:
        raise ValueError(f"a cursor has at most {LONGEST} characters: sort by shorter keys")
    return text


def unseal(text: str, *, binding: str, key: bytes) -> Cursor:
    """Return the cursor of a text that seal() made with the same binding and key. Raises BadCursor for any other."""
    if len(text) > LONGEST:
        raise BadCursor(field="cursor")
    try:
        sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise BadCursor(field="cursor") from None
    signature, body = sealed[:_SIGNATURE_BYTES], sealed[_SIGNATURE_BYTES:]
    genuine = hmac.compare_digest(signature, _signature(body, binding, key))
    if not genuine or _text(sealed) != text:  # the decoder ignores foreign characters and stray bits
        raise BadCursor(field="cursor")
    direction, *keys = json.loads(body)
    return Cursor(Direction(direction), tuple(keys))


def _beside(row: Sequence[Row], direction: Direction, keys: Callable[[Row], tuple[Scalar, ...]]) -> Cursor:
    """Return the cursor that starts at this row, or at the list's end if the page is empty (its rows were deleted)."""
    return Cursor(direction, keys(row[0]) if row else ())


def _signature(body: bytes, binding: str, key: bytes) -> bytes:
    """Return the HMAC-SHA-256 of the binding's digest and the body, truncated to 128 bits (RFC 2104, 5)."""
    bound = hashlib.sha256(binding.encode("utf-8", "surrogatepass")).digest()
    return hmac.digest(key, b"page cursor" + bound + body, "sha256")[:_SIGNATURE_BYTES]


def _text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()
