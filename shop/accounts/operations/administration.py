"""What staff does to accounts in the admin, and what follows from it. Codes come first, then the account's row."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from shop.accounts import passwords
from shop.accounts.mails import mail_email_changed, mail_password_changed
from shop.accounts.models import PendingEmail, Session, User, email_key
from shop.accounts.operations import one_time_passwords, sessions


def set_password(user: User, new: str | None) -> None:
    """The account has this password, or none at all; every device is logged out, a notice is on its way."""
    user.set_unusable_password()
    if new is not None:
        user.password = passwords.hashed(new)
    with transaction.atomic():
        one_time_passwords.forget(subjects=[user.email_key, str(user.pk)])
        User.objects.filter(pk=user.pk).changed(password=user.password, instance=user)
        sessions.end_all(user.pk, because=Session.Ending.PASSWORD)
        mail_password_changed.enqueue(user=str(user.pk))


@contextmanager
def changing(user: User, *, old_email: str, was_active: bool, was_staff: bool) -> Iterator[None]:
    """Within, the changed account is stored; what follows from the change happens before and after, or none of it.

    Whoever is switched off, or has another address now, is logged out everywhere; whoever is not staff any more, of the
    admin API. Codes for the old address are dead and its owner gets a notice.
    """
    has_moved = email_key(old_email) != email_key(user.email)
    with transaction.atomic():
        if has_moved:
            one_time_passwords.forget(subjects=[email_key(old_email), str(user.pk)])
        yield
        if has_moved or (was_active and not user.is_active):
            sessions.end_all(user.pk, because=Session.Ending.REVOKED)
        if was_staff and not user.is_staff:
            sessions.end_all(user.pk, because=Session.Ending.REVOKED, audience=Session.Audience.ADMIN)
        if has_moved:
            PendingEmail.objects.filter(user=user).delete()
            mail_email_changed.enqueue(to=old_email, locale=user.locale)


def is_staff_account(user: User) -> bool:
    """Whether only superusers may touch the account."""
    return user.is_staff or user.is_superuser
