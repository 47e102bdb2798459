"""What people may change about themselves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q

from shop.accounts import queries
from shop.accounts.errors import StaffAccount
from shop.accounts.models import Address, PendingEmail, PendingRegistration, Session, User, email_key
from shop.accounts.operations import one_time_passwords, password, sessions
from shop.accounts.operations.holding import held
from shop.accounts.ports import leaving
from shop.platform import metadata
from shop.platform.clock import now
from shop.platform.records import Stale
from shop.stores import queries as stores


@transaction.atomic
def update(user_id: UUID, changes: Mapping[str, Any], *, version: int | None) -> User:
    """The profile has these values; others are unchanged. Metadata is merged into what is there.

    A language that the shop does not have falls back to the store's.

    Raises Stale when `version` is given and is not the last, FieldsWrong for too much metadata.
    """
    user = held(user_id)
    if version is not None and user.version != version:
        raise Stale()
    values = dict(changes)
    if "locale" in values:
        values["locale"] = stores.spoken_anywhere(values["locale"])
    if "metadata" in values:
        values["metadata"] = metadata.patched(user.metadata, values["metadata"])
    User.objects.filter(pk=user_id).changed(**values)
    return queries.user(user_id)


def close(user_id: UUID, *, current_password: str, expected_version: int | None = None) -> None:
    """Nobody can log in any more and nothing personal is left; the address may register anew.

    Raises WrongPassword, StaffAccount, AccountBusy, Stale.
    """
    user = queries.user(user_id)
    password.confirm(user, current_password)
    with transaction.atomic():
        one_time_passwords.forget(subjects=[user.email_key, str(user.pk)])
        user = held(user_id)
        if expected_version is not None and user.version != expected_version:
            raise Stale()
        if user.is_staff:
            raise StaffAccount()
        leaving(user.pk)
        sessions.end_all(user.pk, because=Session.Ending.CLOSED)
        _forget_what_staff_noted(user)
        Session.objects.filter(user=user).changed(device_name="", user_agent="", ip="")
        Address.objects.filter(user=user).delete()
        PendingEmail.objects.filter(user=user).delete()
        PendingRegistration.objects.filter(email_key=user.email_key).delete()
        _forget_person(user)


def _forget_person(user: User) -> None:
    email = f"closed+{user.pk}@invalid"
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).changed(
        email=email,
        email_key=email_key(email),
        email_verified_at=None,
        password=user.password,
        first_name="",
        last_name="",
        phone="",
        metadata={},
        marketing_consent=False,
        is_active=False,
        last_login=None,
        closed_at=now(),
    )


def _forget_what_staff_noted(user: User) -> None:
    """The admin's log keeps who did what to which row and when, without the names that rows had."""
    rows = [user.pk, *user.addresses.values_list("pk", flat=True), *user.sessions.values_list("pk", flat=True)]
    noted = Q(object_id__in=[str(each) for each in rows]) | Q(object_repr__icontains=user.email)
    LogEntry.objects.filter(noted).update(object_repr="closed account", change_message="")
