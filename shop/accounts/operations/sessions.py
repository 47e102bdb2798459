"""Sessions and their tokens.

An access token lives 15 minutes, a refresh token 30 days without use, the session 90 days in all; for the admin API 30
minutes and 12 hours. A refresh token is used once; its successor is derived from the token itself and a nonce, so that
racing tabs can be given the same pair again although nothing but digests is stored.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from shop.accounts.errors import InvalidCredentials, InvalidRefreshToken
from shop.accounts.mails import mail_session_ended
from shop.accounts.models import RefreshToken, Session, User
from shop.accounts.models.session import is_entitled
from shop.kernel.errors import NotFound
from shop.kernel.ids import digest, secret
from shop.platform import expiry
from shop.platform.clock import now
from shop.platform.keys import key_for

ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=30)
GRACE = timedelta(seconds=10)

Audience = Session.Audience


@dataclass(frozen=True, slots=True)
class Terms:
    """What the tokens of an audience are called, and how long they live."""

    access_prefix: str
    refresh_prefix: str
    refresh_life: timedelta
    """How long a session lasts without being refreshed."""
    session_life: timedelta


TERMS: Final[Mapping[str, Terms]] = {
    Audience.STOREFRONT: Terms("sat", "srt", REFRESH_LIFE, timedelta(days=90)),
    Audience.ADMIN: Terms("saa", "sar", timedelta(minutes=30), timedelta(hours=12)),
}


@dataclass(frozen=True, slots=True)
class Device:
    """What a login says about where it comes from."""

    name: str = ""
    user_agent: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens in clear, on its way to the client; lives in seconds."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int


@transaction.atomic
def open_session(user: User, *, device: Device, audience: str = Audience.STOREFRONT) -> Tokens:
    """The user is logged in on one more device, at the storefront or at the admin API.

    Raises InvalidCredentials when the password was changed meanwhile, or the user is not staff any more.
    """
    at, terms = now(), TERMS[audience]
    unchanged = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
    if audience == Audience.ADMIN:
        unchanged = unchanged.filter(is_staff=True)
    if not unchanged.update(last_login=at):  # holds the row: a reset comes before this, or ends the new session too
        raise InvalidCredentials()
    access, refresh_token = secret(terms.access_prefix), secret(terms.refresh_prefix)
    session = Session.objects.create(
        user=user,
        audience=audience,
        device_name=device.name[:100],
        user_agent=device.user_agent[:200],
        ip=device.ip[:45],
        access_digest=digest(access),
        access_expires_at=at + ACCESS_LIFE,
        last_seen_at=at,
        expires_at=at + terms.session_life,
    )
    first = RefreshToken.objects.create(
        session=session, digest=digest(refresh_token), created_at=at, expires_at=at + terms.refresh_life
    )
    return _tokens(session, access, refresh_token, row=first)


def refresh(refresh_token: str, *, audience: str = Audience.STOREFRONT) -> Tokens:
    """A new pair for the same audience; the old one is dead. Racing tabs get the same pair within ten seconds.

    Raises InvalidRefreshToken; an old token that comes back later ends its whole session, and the owner is told.
    """
    row = _known(refresh_token, audience)
    if row.used_at is None:
        fresh = _rotate(row, refresh_token)
        if fresh is not None:
            return fresh
        row = _known(refresh_token, audience)  # a concurrent request has rotated it
    again = _successor(row, refresh_token)
    if again is None:
        with transaction.atomic():
            if end([row.session_id], because=Session.Ending.REUSE):
                mail_session_ended.enqueue(user=str(row.session.user_id))
        raise InvalidRefreshToken()
    return again


def _known(refresh_token: str, audience: str) -> RefreshToken:
    at = now()
    row = (
        RefreshToken.objects.filter(digest=digest(refresh_token), expires_at__gt=at)
        .filter(
            is_entitled("session__"), session__ended_at=None, session__expires_at__gt=at, session__audience=audience
        )
        .select_related("session__user")
        .first()
    )
    if row is None:
        raise InvalidRefreshToken()
    return row


@transaction.atomic
def _rotate(row: RefreshToken, refresh_token: str) -> Tokens | None:
    at, nonce, session = now(), token_hex(16), row.session
    terms = TERMS[session.audience]
    unused = RefreshToken.objects.filter(pk=row.pk, used_at=None)
    # from now on it is kept until the session expires: whoever sends it again, however late, gives a theft away
    if not unused.update(used_at=at, nonce=nonce, expires_at=session.expires_at):
        return None
    access = _derived(terms.access_prefix, refresh_token, nonce)
    following = _derived(terms.refresh_prefix, refresh_token, nonce)
    session.access_expires_at = at + ACCESS_LIFE
    alive = Session.objects.filter(pk=session.pk, ended_at=None)
    if not alive.changed(access_digest=digest(access), access_expires_at=session.access_expires_at, last_seen_at=at):
        raise InvalidRefreshToken()
    successor = RefreshToken.objects.create(
        session=session, digest=digest(following), created_at=at, expires_at=at + terms.refresh_life
    )
    return _tokens(session, access, following, row=successor)


def _successor(row: RefreshToken, refresh_token: str) -> Tokens | None:
    """The pair that this token was changed for, while the grace lasts and nobody has used it to go on."""
    if row.used_at is None or now() - row.used_at > GRACE:
        return None
    terms = TERMS[row.session.audience]
    following = _derived(terms.refresh_prefix, refresh_token, row.nonce)
    successor = RefreshToken.objects.filter(digest=digest(following), used_at=None).first()
    if successor is None:
        return None
    access = _derived(terms.access_prefix, refresh_token, row.nonce)
    return _tokens(row.session, access, following, row=successor)


def end(session_ids: list[UUID], *, because: Session.Ending) -> int:
    """These sessions have ended and their tokens are dead; says how many were still alive."""
    return Session.objects.filter(pk__in=session_ids, ended_at=None).changed(ended_at=now(), ending=because)


def end_all(user_id: UUID, *, because: Session.Ending, but: UUID | None = None, audience: str | None = None) -> int:
    """Every session of the user has ended, or every one for an audience, except `but`."""
    chosen = (Q(audience=audience) if audience else Q()) & (~Q(pk=but) if but else Q())
    return Session.objects.filter(chosen, user_id=user_id, ended_at=None).changed(ended_at=now(), ending=because)


def end_by_token(refresh_token: str) -> None:
    """The session of this refresh token has ended; an unknown token changes nothing (RFC 7009, 2.2)."""
    found = RefreshToken.objects.filter(digest=digest(refresh_token)).values_list("session_id", flat=True)
    end(list(found), because=Session.Ending.LOGOUT)


def revoke(user_id: UUID, session_id: UUID) -> None:
    """One of the user's own sessions at the storefront has ended. Raises NotFound."""
    own = Session.objects.live().filter(pk=session_id, user_id=user_id, audience=Audience.STOREFRONT)
    if not own.changed(ended_at=now(), ending=Session.Ending.REVOKED):
        raise NotFound()


def purge() -> None:
    """Sessions that ended a month ago are forgotten, and expired refresh tokens, used ones with their session."""
    at = now()
    expiry.purge(Session.objects.filter(Q(ended_at__lte=at - REFRESH_LIFE) | Q(expires_at__lte=at - REFRESH_LIFE)))
    expiry.purge(RefreshToken.objects.filter(expires_at__lte=at))


def _derived(prefix: str, token: str, nonce: str) -> str:
    made = hmac.digest(key_for("refresh"), f"{prefix}:{nonce}:{token}".encode(), "sha256")
    return f"{prefix}_{urlsafe_b64encode(made).rstrip(b'=').decode()}"


def _tokens(session: Session, access: str, refresh_token: str, *, row: RefreshToken) -> Tokens:
    at = now()
    return Tokens(
        user=session.user,
        access_token=access,
        refresh_token=refresh_token,
        expires_in=round((min(session.access_expires_at, session.expires_at) - at).total_seconds()),
        refresh_expires_in=round((min(row.expires_at, session.expires_at) - at).total_seconds()),
    )
