"""Getting a password back, and changing it."""

from typing import Any
from uuid import UUID

from django.db import transaction

from shop.accounts import limits as ours
from shop.accounts import passwords, queries
from shop.accounts.errors import WeakPassword, WrongPassword
from shop.accounts.mails import mail_code, mail_password_changed
from shop.accounts.models import OneTimePassword, Session, User, email_key
from shop.accounts.operations import one_time_passwords, sessions
from shop.platform import limits
from shop.platform.clock import now
from shop.platform.records import Records

PURPOSE = OneTimePassword.Purpose.PASSWORD_RESET


def forgot(email: str, *, ip: str) -> None:
    """A code is on its way if there is such an account; what was asked for before is dead either way.

    Nothing here looks for the account: the job does. Raises TooManyRequests, known address or not.
    """
    key = email_key(email)
    one_time_passwords.allow_asking(key, purpose=PURPOSE, ip=ip)
    with transaction.atomic():
        mail_code.enqueue(otp=str(one_time_passwords.ask(subject=key, purpose=PURPOSE)))


def verify_code(email: str, *, code: str, ip: str) -> tuple[str, int]:
    """A ticket in exchange for the code, and how many seconds it lives. Raises InvalidOrExpiredOtp."""
    row = one_time_passwords.check(subject=email_key(email), purpose=PURPOSE, code=code, ip=ip)
    return one_time_passwords.exchange_for_ticket(row), int((row.expires_at - now()).total_seconds())


def reset(email: str, *, code: str, new_password: str, ip: str) -> None:
    """The password is the new one, every token and admin session is dead, a notice is on its way.

    Raises InvalidOrExpiredOtp, and WeakPassword, which leaves the code as it was.
    """
    _refuse_weak(new_password, of=User(email=email))
    row = one_time_passwords.check(subject=email_key(email), purpose=PURPOSE, code=code, ip=ip)
    try:
        _set(row, new_password)
    except WeakPassword:
        one_time_passwords.refund_attempt(row)
        raise


def reset_by_ticket(ticket: str, *, new_password: str) -> None:
    """As `reset`, with what `verify_code` gave."""
    _refuse_weak(new_password, of=None)
    _set(one_time_passwords.by_ticket(ticket, purpose=PURPOSE), new_password)


def _set(row: OneTimePassword, new_password: str) -> None:
    user = User.objects.filter(email_key=row.subject, is_active=True).first()
    if user is None:
        raise one_time_passwords.wrong(PURPOSE)
    _refuse_weak(new_password, of=user)  # only whoever has the code learns that the names matter
    stored = passwords.hashed(new_password)
    with transaction.atomic():
        one_time_passwords.consume(row)
        one_time_passwords.forget(subjects=[str(user.pk)])
        open_account = User.objects.filter(pk=user.pk, is_active=True)
        if not _store(open_account, stored, email_verified_at=user.email_verified_at or now()):
            raise one_time_passwords.wrong(PURPOSE)
        _tell(user, but=None)


def change(user_id: UUID, *, session_id: UUID | None, current: str, new: str) -> None:
    """The password is the new one and every other session has ended.

    Raises WrongPassword and WeakPassword, both in one, and TooManyRequests.
    """
    user = queries.user(user_id)
    weak = _weakness(new, of=user)
    try:
        confirm(user, current)
    except WrongPassword:
        raise WrongPassword(others=weak.problems if weak else ()) from None
    if weak:
        raise weak
    stored = passwords.hashed(new)
    with transaction.atomic():
        one_time_passwords.forget(subjects=[user.email_key, str(user.pk)])
        unchanged = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
        if not _store(unchanged, stored):
            raise WrongPassword()
        _tell(user, but=session_id)


def confirm(user: User, current: str) -> None:
    """The user has shown the password once more. Raises WrongPassword, TooManyRequests."""
    tries = [(policy, f"confirm|{user.pk}") for policy in ours.LOGIN]
    limits.hit_all(tries)
    if not passwords.matches(current, user.password):
        raise WrongPassword()
    for policy, subject in tries:
        limits.undo(policy, subject)


def _store(whose: Records[User], stored: str, **also: Any) -> int:
    return whose.changed(password=stored, **also)


def _tell(user: User, *, but: UUID | None) -> None:
    """After the password: whoever logs in with the old one either waits for this row or is among those that end."""
    sessions.end_all(user.pk, because=Session.Ending.PASSWORD, but=but)
    mail_password_changed.enqueue(user=str(user.pk))


def _refuse_weak(password: str, *, of: User | None) -> None:
    weak = _weakness(password, of=of)
    if weak:
        raise weak


def _weakness(password: str, *, of: User | None) -> WeakPassword | None:
    reasons = passwords.weaknesses(password, of=of)
    return WeakPassword(reasons, field="new_password") if reasons else None
