"""How Django's own login, the admin's, checks credentials: by the same operation and limits as the API's."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest

from shop.accounts.models import User
from shop.accounts.models.one_time_password import NOBODY_MAY
from shop.accounts.operations import login
from shop.platform import limits


class LimitedBackend(ModelBackend):
    """Lets only staff in, counts failures for account and address as the API does, and gives nobody what nobody may.

    Raises TooManyRequests.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        email = username or kwargs.get(User.USERNAME_FIELD)
        if email is None or password is None:
            return None
        user, _ = login.identify(email, password, ip=_address(request), only_staff=True)
        return user

    def get_user_permissions(self, *args: Any, **kwargs: Any) -> set[str]:
        return super().get_user_permissions(*args, **kwargs) - NOBODY_MAY

    def get_group_permissions(self, *args: Any, **kwargs: Any) -> set[str]:
        return super().get_group_permissions(*args, **kwargs) - NOBODY_MAY

    def with_perm(self, perm: str | Permission, *args: Any, **kwargs: Any) -> QuerySet[User]:
        found: QuerySet[User] = super().with_perm(perm, *args, **kwargs)
        return found.none() if _name(perm) in NOBODY_MAY else found

    async def aget_user_permissions(self, *args: Any, **kwargs: Any) -> set[str]:
        return await super().aget_user_permissions(*args, **kwargs) - NOBODY_MAY

    async def aget_group_permissions(self, *args: Any, **kwargs: Any) -> set[str]:
        return await super().aget_group_permissions(*args, **kwargs) - NOBODY_MAY


def _name(perm: str | Permission) -> str:
    return perm if isinstance(perm, str) else f"{perm.content_type.app_label}.{perm.codename}"


def _address(request: HttpRequest | None) -> str:
    if request is None:
        return "local"
    return limits.client_of(request.META)
