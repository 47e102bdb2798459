"""One key, at most one effect, the same answer (draft-ietf-httpapi-idempotency-key-header).

    acquire ──▶ Lease ──▶ the operation ──▶ finish, in its own transaction     the answer, for 48 hours
      │           └─────▶ release                                              nothing: the key is free
      └─────▶ Replay      the answer of the first time

An answer of more than 64 KiB, however packed, is not stored: the row refers to the object that it shows, and whoever
repeats the call is shown that object as it is now.

The row is inserted before anything else, in a transaction of its own, with a lease. A process that dies leaves a lease
that ends; the next request with the key takes it over and runs the operation again, which resumes. Neither the key nor
the scope nor the body is stored in clear: hashes are keyed, the answer is encrypted with a key made of the client's.
"""

import hashlib
import json
import math
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from shop.kernel.errors import Conflict, Invalid
from shop.kernel.messages import gettext_noop
from shop.platform import clock
from shop.platform.leases import as_soon_as_possible, this_process
from shop.platform.models import IdempotencyRecord

LEASE: Final = timedelta(seconds=30)
"""Long for a call, not a limit of one: who still works when it ends may lose the key, and then commits nothing. It is
waited for only where a whole machine is gone, or its disk: otherwise shop.platform.leases ends it."""
KEPT_FOR: Final = timedelta(hours=48)
LONGEST_KEY: Final = 255
UNGUESSABLE: Final = 22
"""Characters of a key with 128 bits of chance in base64."""

LARGEST_ANSWER: Final = 64 * 1024
"""Bytes of one stored answer."""
PACKED_FROM: Final = 4 * 1024
"""Bytes from which an answer is compressed."""

_IN_FLIGHT, _DONE = IdempotencyRecord.State.IN_FLIGHT, IdempotencyRecord.State.DONE
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,510})"')
_BARE = re.compile(r"[\x21\x23-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]*[\x21-\x2b\x2d-\x7e])?")
"""Without a comma: servers join a header that came twice by one."""
_NONCE_BYTES: Final = 12
_ENCODING, _REFERENCE = ":encoding", ":reference"
"""Notes about the body, beside its headers: no header has such a name."""
_TRIES: Final = 5
_FREE_AGAIN: Final = frozenset({202, 422, 429})


class IdempotencyInFlight(Conflict):
    """Another request with this Idempotency-Key has not finished."""

    code = "idempotency_in_flight"
    message = gettext_noop("A request with this Idempotency-Key is still in progress. Please repeat it in a moment.")

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(params={"retry_after": retry_after})
        self.retry_after = retry_after


class LeaseLost(IdempotencyInFlight):
    """The lease of an Idempotency-Key passed to another request meanwhile."""


class IdempotencyKeyReused(Invalid):
    """The key is stored with another fingerprint."""

    code = "idempotency_key_reused"
    message = gettext_noop("This Idempotency-Key was already used for a different request.")

    def __init__(self) -> None:
        super().__init__(field="Idempotency-Key")


class BadIdempotencyKey(Invalid):
    """The Idempotency-Key header does not have the documented form."""

    code = "invalid_idempotency_key"
    message = gettext_noop(
        "Send one Idempotency-Key of 1 to 255 printable ASCII characters, in double quotes if it contains a comma."
    )

    def __init__(self) -> None:
        super().__init__(field="Idempotency-Key")


class WeakIdempotencyKey(Invalid):
    """An anonymous client's key is short enough to be guessed."""

    code = "weak_idempotency_key"
    message = gettext_noop(
        "Without a login the Idempotency-Key needs at least 22 characters, so that it can't be guessed."
    )

    def __init__(self) -> None:
        super().__init__(field="Idempotency-Key", params={"min": UNGUESSABLE})


class MissingIdempotencyKey(Invalid):
    """The route requires an Idempotency-Key."""

    code = "idempotency_key_required"
    message = gettext_noop("An Idempotency-Key header is required.")

    def __init__(self) -> None:
        super().__init__(field="Idempotency-Key")


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that this key had before."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reference: str | None = None
    """The id of the object that the answer showed, where its body was too large to be stored."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run the operation of one key, until the lease ends."""

    record_id: int
    owner: str
    name: "_Name"
    resumes: bool
    """Whether a process before this one had the key and did not finish: half of the work may be done."""

    def finish(self, status: int, headers: Mapping[str, str], body: bytes, *, reference: str | None = None) -> None:
        """This is the key's answer from now on. Inside the operation's transaction both commit together.

        With a `reference` no more than 64 KiB are stored: of a larger body that alone. Raises LeaseLost when the lease
        ended and another request took over, so that the transaction rolls back.
        """
        self._update(state=_DONE, status=status, answer=self.name.seal(headers, body, reference))

    def renew(self, lease: timedelta = LEASE) -> None:
        """The lease runs from now again. Raises LeaseLost. Call it outside a transaction: others must see it."""
        self._update(lease_until=clock.now() + lease)

    def leave(self) -> None:
        """The key is free when the transaction around this commits. Raises LeaseLost, so that it does not commit when
        the lease ended and another request took over."""
        if not self._mine().delete()[0]:
            raise LeaseLost(retry_after=1)

    def release_eventually(self) -> None:
        """Release now, or as soon as the database is back: a request that it interrupted does not keep its key."""
        try:
            self.release()
        except (OperationalError, InterfaceError):
            as_soon_as_possible(self.release)

    def release(self) -> None:
        """The key is free, as if it had never been used. Nothing happens when it is finished or another's by now."""
        self._mine().delete()

    def _update(self, **changes: object) -> None:
        if not self._mine().update(**changes):
            raise LeaseLost(retry_after=1)

    def _mine(self) -> QuerySet[IdempotencyRecord]:
        return IdempotencyRecord.objects.filter(pk=self.record_id, owner=self.owner, state=_IN_FLIGHT)


def acquire(*, scope: str, key: str, fingerprint: bytes, lease: timedelta = LEASE) -> Lease | Replay:
    """The right to run the operation, or the answer that it gave before.

    `scope` says who asks for what, `fingerprint` with which body. Raises IdempotencyInFlight while another request has
    the lease, IdempotencyKeyReused when the key came with another fingerprint, RuntimeError inside a transaction.
    """
    for _ in range(_TRIES):
        acquired = _acquire(scope, key, fingerprint, lease)
        if acquired is not None:
            return acquired
    raise IdempotencyInFlight(retry_after=1)


def fingerprint(operation: str, body: object) -> bytes:
    """A digest that is equal for equal JSON: the order of names does not matter and 1.0 is 1; null is not absent."""
    text = json.dumps([operation, _plain(body)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def burns(status: int) -> bool:
    """Whether an answer is the key's answer for good. After a 5xx, 429, 202 or 422 the same key may try again.

    A 422 is said before anything changes; whoever changes something first must not end with one.
    """
    return status < 500 and status not in _FREE_AGAIN


def key_from_header(value: str) -> str:
    """The key in an Idempotency-Key header: a structured-field string (RFC 9651, 3.3.3), or the same without quotes.

    Raises BadIdempotencyKey unless it has 1 to 255 printable ASCII characters.
    """
    value = value.strip(" \t")
    quoted = _QUOTED.fullmatch(value)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else value
    if not (quoted or _BARE.fullmatch(value)) or len(key) > LONGEST_KEY:
        raise BadIdempotencyKey
    return key


@dataclass(frozen=True, slots=True)
class _Name:
    """One key in one scope under one SECRET_KEY: where its row is, and what opens its answer."""

    secret: str
    scope: str
    key: str

    def scope_hash(self) -> str:
        return self._keyed("scope", self.scope).hex()

    def key_hash(self) -> str:
        return self._keyed("key", self.key).hex()

    def fingerprint_hash(self, fingerprint: bytes) -> str:
        return self._keyed("fingerprint", fingerprint).hex()

    def record(self) -> IdempotencyRecord | None:
        return IdempotencyRecord.objects.filter(scope_hash=self.scope_hash(), key_hash=self.key_hash()).first()

    def seal(self, headers: Mapping[str, str], body: bytes, reference: str | None) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, _folded(headers, body, reference), None)

    def open(self, answer: bytes) -> tuple[Mapping[str, str], bytes, str | None]:
        return _unfolded(self._cipher().decrypt(answer[:_NONCE_BYTES], answer[_NONCE_BYTES:], None))

    def _cipher(self) -> AESGCM:
        return AESGCM(self._keyed("answer", json.dumps([self.scope, self.key])))

    def _keyed(self, purpose: str, value: str | bytes) -> bytes:
        octets = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        return salted_hmac(f"shop.idempotency.{purpose}", octets, secret=self.secret, algorithm="sha256").digest()


def _acquire(scope: str, key: str, fingerprint: bytes, lease: timedelta) -> Lease | Replay | None:
    """None when the row went away between two looks."""
    name, now, owner = _Name(settings.SECRET_KEY, scope, key), clock.now(), this_process.owner()
    for older in settings.SECRET_KEY_FALLBACKS:  # a retry across a change of SECRET_KEY is a retry all the same
        named_before = _Name(older, scope, key)
        record = named_before.record()
        if record is not None:
            return _judge(record, named_before, fingerprint, owner, lease)
    new = IdempotencyRecord(
        scope_hash=name.scope_hash(),
        key_hash=name.key_hash(),
        fingerprint=name.fingerprint_hash(fingerprint),
        owner=owner,
        lease_until=now + lease,
        expires_at=now + KEPT_FOR,
    )
    try:
        with transaction.atomic(durable=True):
            new.save(force_insert=True)
    except (OperationalError, InterfaceError):  # nobody knows whether it was committed
        as_soon_as_possible(IdempotencyRecord.objects.filter(owner=owner, key_hash=new.key_hash).delete)
        raise
    except IntegrityError:  # idempotency_record_one_per_key: the key is known
        record = name.record()
        return _judge(record, name, fingerprint, owner, lease) if record is not None else None
    return Lease(new.pk, owner, name, resumes=False)


def _judge(
    record: IdempotencyRecord, name: _Name, fingerprint: bytes, owner: str, lease: timedelta
) -> Lease | Replay | None:
    now = clock.now()
    same = IdempotencyRecord.objects.filter(pk=record.pk, owner=record.owner)
    if record.expires_at <= now:
        same.filter(expires_at__lte=now).delete()
        return None
    if record.fingerprint != name.fingerprint_hash(fingerprint):
        raise IdempotencyKeyReused
    if record.status is not None and record.answer is not None:
        return Replay(record.status, *name.open(bytes(record.answer)))
    if record.lease_until > now:
        rest = (record.lease_until - now).total_seconds()
        raise IdempotencyInFlight(retry_after=max(math.ceil(rest), 1))
    taken_over = same.filter(state=_IN_FLIGHT, lease_until__lte=now).update(
        owner=owner, lease_until=now + lease, expires_at=now + KEPT_FOR
    )
    return Lease(record.pk, owner, name, resumes=True) if taken_over else None


def _folded(headers: Mapping[str, str], body: bytes, reference: str | None) -> bytes:
    """A line of headers and the body: as it is, compressed, or left out where a reference stands for it."""
    notes: dict[str, str] = {}
    if len(body) >= PACKED_FROM:
        body, notes = zlib.compress(body, 3), {_ENCODING: "deflate"}
    if len(body) > LARGEST_ANSWER and reference is not None:
        body, notes = b"", {_REFERENCE: reference}
    return json.dumps({**headers, **notes}).encode() + b"\n" + body


def _unfolded(folded: bytes) -> tuple[Mapping[str, str], bytes, str | None]:
    line, _, body = folded.partition(b"\n")
    headers: dict[str, str] = json.loads(line)
    if headers.pop(_ENCODING, None):
        body = zlib.decompress(body)
    return headers, body, headers.pop(_REFERENCE, None)


def _plain(value: object) -> object:
    match value:
        case float():
            return int(value) if value.is_integer() else value
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value
