"""The mails of accounts, written by the job worker. Mails to unconfirmed addresses carry no text of a client."""

from collections.abc import Callable

from shop.accounts.models import OneTimePassword, PendingEmail, PendingRegistration, User, email_key
from shop.accounts.operations import one_time_passwords
from shop.platform.jobs import task
from shop.platform.links import storefront_url
from shop.platform.mail.mails import Code, Link, Mail, send
from shop.stores import queries as stores

Purpose = OneTimePassword.Purpose

VALID = "It is valid for 5 minutes and can be used once."
NOT_YOU = "If you didn't request this, you can ignore this email."


@task("accounts.mail_code")
def mail_code(otp: str) -> None:
    """The code that was asked for is made and mailed; where there is nobody to tell, nothing is sent.

    A second try of the worker makes another code: the one in the last mail is the one that counts.
    """
    row = OneTimePassword.objects.live().filter(pk=otp).first()
    if row is not None:
        _WRITERS[row.purpose](row)


def _reset(row: OneTimePassword) -> None:
    user = User.objects.filter(email_key=row.subject, is_active=True).first()
    if user is not None:
        url = storefront_url("reset")
        page = Link("Enter it here", url) if url else None
        sentence = "Enter this code to choose a new password:"
        _send_code(row, user.email, "Reset your password", sentence, page=page)


def _verification(row: OneTimePassword) -> None:
    user = User.objects.filter(email_key=row.subject).first()
    pending = PendingRegistration.objects.filter(email_key=row.subject).first()
    if user is None and pending is not None:
        _send_code(row, pending.email, "Confirm your email address", "Enter this code to confirm your email address:")
    elif user is not None:
        send(
            Mail(
                "You already have an account",
                "Somebody, probably you, tried to register with this email address. You already have an account with "
                "it: log in, or reset your password if you've forgotten it.",
                NOT_YOU,
            ),
            user.email,
        )


def _change(row: OneTimePassword) -> None:
    wish = PendingEmail.objects.filter(user_id=row.subject).select_related("user").first()
    if wish is None:
        return
    if User.objects.filter(email_key=email_key(wish.email)).exists():
        send(
            Mail(
                "This email address is already in use",
                "Somebody, probably you, wanted to use this email address for another account. "
                "It already belongs to an account, so nothing was changed.",
                NOT_YOU,
            ),
            wish.email,
        )
    else:
        _send_code(row, wish.email, "Confirm your new email address", "Enter this code to confirm your email address:")


_WRITERS: dict[str, Callable[[OneTimePassword], None]] = {
    Purpose.PASSWORD_RESET: _reset,
    Purpose.EMAIL_VERIFICATION: _verification,
    Purpose.EMAIL_CHANGE: _change,
}


def _send_code(row: OneTimePassword, to: str, subject: str, sentence: str, *, page: Link | None = None) -> None:
    code = one_time_passwords.issue_code(row.pk)
    if code is not None:
        send(Mail(subject, sentence, Code(code), *filter(None, [page]), VALID, NOT_YOU), to)


def _contact_us() -> str:
    """What to do about a change that somebody else made; with the email address of the store where it has one."""
    email = stores.store().email
    return f"contact us at {email}" if email else "contact us"


@task("accounts.mail_password_changed")
def mail_password_changed(user: str) -> None:
    """The owner of the account knows that the password was changed, and what to do if it was somebody else."""
    found = User.objects.filter(pk=user, closed_at=None).first()
    if found is not None:
        send(
            Mail(
                "Your password was changed",
                "The password of your account has just been changed. Other devices have been logged out.",
                f"If this wasn't you, reset your password immediately and {_contact_us()}.",
            ),
            found.email,
        )


@task("accounts.mail_email_changed")
def mail_email_changed(to: str) -> None:
    """The old address knows that the account has another one now."""
    send(
        Mail(
            "Your email address was changed",
            "Your account now uses another email address; this one is no longer used.",
            f"If this wasn't you, {_contact_us()} immediately.",
        ),
        to,
    )


@task("accounts.mail_session_ended")
def mail_session_ended(user: str) -> None:
    """The owner knows that an old token of a device came back, and that the device was logged out."""
    found = User.objects.filter(pk=user, closed_at=None).first()
    if found is not None:
        send(
            Mail(
                "A device was logged out",
                "We noticed that an expired login of one of your devices was used again, and logged that device out to "
                "protect your account.",
                "If you don't recognize this, change your password.",
            ),
            found.email,
        )
