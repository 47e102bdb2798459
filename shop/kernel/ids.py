"""Identifiers: time-ordered inside, prefixed and opaque outside; and secrets that grant access by themselves.

Outside, an id is three letters, an underscore and the 128 bits in 26 characters of Crockford's base32 in lower case
(crockford.com/base32.html): no i, l, o, u, and exactly one way to write each id.
"""

import hashlib
import re
import secrets
import time
from enum import StrEnum
from uuid import UUID

from shop.kernel.errors import NotFound


class Prefix(StrEnum):
    """What an id names: the only prefixes that ids have."""

    ADDRESS = "adr"
    BRAND = "brd"
    CART = "crt"
    CATEGORY = "cat"
    COLLECTION = "col"
    DISCOUNT_CODE = "cod"
    EVENT = "evt"
    IMAGE = "img"
    LINE = "lin"
    MARKET = "mkt"
    ONE_TIME_PASSWORD = "otp"  # noqa: S105 a name, not a password
    ORDER = "ord"
    PAYMENT = "pay"
    PRODUCT = "prd"
    REFUND = "ref"
    REQUEST = "req"
    SESSION = "ses"
    SHIPPING_METHOD = "shm"
    STORE = "sto"
    USER = "usr"
    VARIANT = "var"
    WEBHOOK = "whk"


_PREFIXES = frozenset(Prefix)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_SHIFTS = range(120, -1, -10)
_CANONICAL = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")  # 26 characters hold 130 bits: the first two are zero
_TO_PYTHON = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_SECRET_PREFIX = re.compile(r"[a-z]{3}")


_last_tick = [0, 0]
"""The newest id's time, and how many had it before. Threads that meet here share a place: chance tells them apart."""


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, 12 of their fraction (6.2, method 3), then chance.

    So rows that one process makes one after the other come in that order when they are sorted by it, also where the
    clock is too coarse to tell them apart.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    tick = milliseconds * 4096 + rest * 4096 // 1_000_000
    _last_tick[:] = tick, _last_tick[1] + 1 if tick == _last_tick[0] else 0
    milliseconds, fraction = divmod(tick + _last_tick[1], 4096)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))


def unguessable() -> UUID:
    """128 bits of chance and nothing else: for an id that itself grants access, as a cart's does."""
    return UUID(int=secrets.randbits(128))


def public(prefix: str, key: UUID) -> str:
    """How the key is shown outside: "usr_" and 26 characters. ValueError for a prefix that Prefix doesn't have."""
    _known(prefix)
    value = key.int
    return prefix + "_" + "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])


def private(prefix: str, text: str) -> UUID:
    """The key behind a shown id; NotFound unless it is exactly what public() writes for this prefix."""
    _known(prefix)
    head, _, body = text.partition("_")
    if head != prefix or not _CANONICAL.fullmatch(body):
        raise NotFound
    return UUID(int=int(body.translate(_TO_PYTHON), 32))


def secret(prefix: str) -> str:
    """A new capability: three letters that say what it opens, an underscore and 256 bits of chance, URL-safe."""
    if not _SECRET_PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is not three lower-case letters")
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """SHA-256 in hex, under which a capability is stored and looked up: enough, since nobody can guess 128 bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _known(prefix: str) -> None:
    if prefix not in _PREFIXES:
        raise ValueError(f"shop.kernel.ids.Prefix has no {prefix!r}")
