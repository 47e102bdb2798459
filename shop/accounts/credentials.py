"""From a bearer token to an actor: one indexed look-up for each request that carries one."""

from datetime import timedelta

from shop.accounts.models import Session
from shop.kernel.ids import digest
from shop.platform.actors import Actor
from shop.platform.clock import now

SEEN_EVERY = timedelta(minutes=5)


def authenticate(token: str) -> Actor | None:
    """The actor of a live access token, or None. Notes at most every five minutes that the device was seen."""
    at = now()
    session = (
        Session.objects.live()
        .filter(access_digest=digest(token), access_expires_at__gt=at, user__is_active=True)
        .select_related("user")
        .first()
    )
    if session is None:
        return None
    if session.last_seen_at < at - SEEN_EVERY:
        Session.objects.filter(pk=session.pk).update(last_seen_at=at)
    user = session.user
    permissions = frozenset(user.get_all_permissions()) if user.is_staff else frozenset()
    return Actor(
        user_id=user.pk,
        session_id=session.pk,
        is_staff=user.is_staff,
        is_superuser=user.is_superuser,
        permissions=permissions,
    )
