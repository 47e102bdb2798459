"""Who is asking. An actor is a parameter, never ambient."""

from dataclasses import dataclass, field
from functools import cache
from typing import Protocol
from uuid import UUID

from django.utils.module_loading import import_string

from shop.kernel.errors import Unauthenticated
from shop.kernel.messages import gettext_noop
from shop.platform.settings import shop_settings


class InvalidToken(Unauthenticated):
    """The access token is malformed, expired or revoked."""

    code = "invalid_token"
    message = gettext_noop("The access token is invalid or expired.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever calls: a signed-in user, or nobody (`user_id` is None).

    `is_staff` is who acts as staff: signed in to the admin or its API, not a member of staff who shops.
    """

    user_id: UUID | None = None
    session_id: UUID | None = None
    is_staff: bool = False
    is_superuser: bool = False
    permissions: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None


ANONYMOUS = Actor()


class Authenticate(Protocol):
    def __call__(self, token: str) -> Actor | None:
        """The actor whom a live bearer token stands for, or None."""
        ...


@cache
def authenticator() -> Authenticate:
    """The function that the setting `authenticator` names: accounts live above this layer."""
    found: Authenticate = import_string(shop_settings().authenticator)
    return found
