"""Identifiers: time-ordered UUIDs in the database, prefixed and opaque in the API; and secrets that grant access.

In the API, an id is three letters, an underscore and the 128 bits in 26 characters of Crockford's base32 in lower case
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
    """The prefixes of ids, one for each type of object."""

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
"""The time of the latest id, and how many earlier ones had it. Threads may race here: the random bits differ anyway."""


def uuid7() -> UUID:
    """Return a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, 12 of their fraction (6.2, method 3), the rest
    random.

    Ids that one process makes sort in the order in which they were made, even within one tick of the clock.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    tick = milliseconds * 4096 + rest * 4096 // 1_000_000
    _last_tick[:] = tick, _last_tick[1] + 1 if tick == _last_tick[0] else 0
    milliseconds, fraction = divmod(tick + _last_tick[1], 4096)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))


def unguessable() -> UUID:
    """Return a random UUID with all 128 bits random, for an id that grants access by itself, such as a cart's."""
    return UUID(int=secrets.randbits(128))


def public(prefix: str, key: UUID) -> str:
    """Return the key as an id of the API: "usr_" and 26 characters. Raises ValueError for a prefix not in Prefix."""
    _known(prefix)
    value = key.int
    return prefix + "_" + "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])


def private(prefix: str, text: str) -> UUID:
    """Return the key of an id of the API. Raises NotFound unless it is exactly what public() returns for the prefix."""
    _known(prefix)
    head, _, body = text.partition("_")
    if head != prefix or not _CANONICAL.fullmatch(body):
        raise NotFound
    return UUID(int=int(body.translate(_TO_PYTHON), 32))


def secret(prefix: str) -> str:
    """Return a new secret: three letters for its type, an underscore and 256 random bits, URL-safe."""
    if not _SECRET_PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is not three lower-case letters")
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """Return the SHA-256 in hex under which a secret is stored. No salt or slow hash is needed for random secrets."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _known(prefix: str) -> None:
    if prefix not in _PREFIXES:
        raise ValueError(f"shop.kernel.ids.Prefix has no {prefix!r}")
