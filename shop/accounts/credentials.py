"""From a bearer token to an actor: one indexed look-up for each request that carries one."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from shop.accounts.models import Session, User
from shop.kernel.ids import digest
from shop.platform.actors import Actor
from shop.platform.clock import now

SEEN_EVERY = timedelta(minutes=5)

_READ: Final = (
    "audience",
    "access_expires_at",
    "expires_at",
    "ended_at",
    "last_seen_at",
    "user__is_active",
    "user__is_staff",
    "user__is_superuser",
)
"""The columns that each request needs: composing a statement costs more the more there are of them."""


def authenticate(token: str) -> Actor | None:
    """The actor of a live access token, or None. Notes at most every five minutes that the device was seen.

    Only a token of the admin API makes somebody staff: with one of the storefront a superuser is a shopper.
    """
    at = now()
    try:
        session = Session.objects.select_related("user").only(*_READ).get(access_digest=digest(token))
    except Session.DoesNotExist:
        return None
    if session.access_expires_at <= at or not session.is_live or not session.is_entitled:
        return None
    if session.last_seen_at < at - SEEN_EVERY:
        Session.objects.filter(pk=session.pk).changed(last_seen_at=at)
    user = session.user
    if session.audience != Session.Audience.ADMIN:
        return Actor(user_id=user.pk, session_id=session.pk)
    return staff_actor(user, session_id=session.pk)


def staff_actor(user: User, *, session_id: UUID | None = None) -> Actor:
    """The member of staff as an actor, with the permissions of now: two statements, none for a superuser."""
    return Actor(
        user_id=user.pk,
        session_id=session_id,
        is_staff=True,
        is_superuser=user.is_superuser,
        permissions=frozenset() if user.is_superuser else frozenset(user.get_all_permissions()),
    )
