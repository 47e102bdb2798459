"""The mails of accounts, written by the job worker. Mails to unconfirmed addresses carry no text of a client.

Each is in the language of its reader: the locale of the account, else that of the store.
"""

from collections.abc import Callable

from django.utils.translation import gettext

from shop.accounts.models import OneTimePassword, PendingEmail, PendingRegistration, User, email_key
from shop.accounts.operations import one_time_passwords
from shop.platform.jobs import task
from shop.platform.links import storefront_url
from shop.platform.mail.mails import Code, Link, Mail, send
from shop.platform.translation import in_language_of
from shop.stores import queries as stores

Purpose = OneTimePassword.Purpose


@task("accounts.mail_code", queue_name="mail")
def mail_code(otp: str) -> None:
    """Make the code that was asked for and mail it; send nothing where there is nobody to tell.

    A second try of the worker makes another code: the one in the last mail is the one that counts.
    """
    row = OneTimePassword.objects.live().filter(pk=otp).first()
    if row is not None:
        _WRITERS[row.purpose](row)


def _reset(row: OneTimePassword) -> None:
    user = User.objects.filter(email_key=row.subject, is_active=True).first()
    if user is None:
        return
    with in_language_of(user.locale):
        url = storefront_url("reset")
        page = Link(gettext("Enter it here"), url) if url else None
        sentence = gettext("Enter this code to choose a new password:")
        _send_code(row, user.email, gettext("Reset your password"), sentence, page=page)


def _verification(row: OneTimePassword) -> None:
    user = User.objects.filter(email_key=row.subject).first()
    pending = PendingRegistration.objects.filter(email_key=row.subject).first()
    if user is not None:
        with in_language_of(user.locale):
            mail = _already_registered()
        send(mail, user.email)
    elif pending is not None:
        with in_language_of(pending.locale or stores.store().locale):
            sentence = gettext("Enter this code to confirm your email address:")
            _send_code(row, pending.email, gettext("Confirm your email address"), sentence)


def _already_registered() -> Mail:
    return Mail(
        gettext("You already have an account"),
        gettext(
            "Somebody, probably you, tried to register with this email address. You already have an account with "
            "it: log in, or reset your password if you've forgotten it."
        ),
        _not_you(),
    )


def _change(row: OneTimePassword) -> None:
    pending = PendingEmail.objects.filter(user_id=row.subject).select_related("user").first()
    if pending is None:
        return
    with in_language_of(pending.user.locale):
        if User.objects.filter(email_key=email_key(pending.email)).exists():
            send(_already_in_use(), pending.email)
        else:
            sentence = gettext("Enter this code to confirm your email address:")
            _send_code(row, pending.email, gettext("Confirm your new email address"), sentence)


def _already_in_use() -> Mail:
    return Mail(
        gettext("This email address is already in use"),
        gettext(
            "Somebody, probably you, wanted to use this email address for another account. "
            "It already belongs to an account, so nothing was changed."
        ),
        _not_you(),
    )


_WRITERS: dict[str, Callable[[OneTimePassword], None]] = {
    Purpose.PASSWORD_RESET: _reset,
    Purpose.EMAIL_VERIFICATION: _verification,
    Purpose.EMAIL_CHANGE: _change,
}


def _send_code(row: OneTimePassword, to: str, subject: str, sentence: str, *, page: Link | None = None) -> None:
    code = one_time_passwords.issue_code(row.pk)
    if code is not None:
        valid = gettext("It is valid for 5 minutes and can be used once.")
        send(Mail(subject, sentence, Code(code), *filter(None, [page]), valid, _not_you()), to)


def _not_you() -> str:
    return gettext("If you didn't request this, you can ignore this email.")


@task("accounts.mail_password_changed", queue_name="mail")
def mail_password_changed(user: str) -> None:
    """Tell the owner of the account that the password was changed, and what to do if it was somebody else."""
    owner, contact = User.objects.filter(pk=user, closed_at=None).first(), stores.store().email
    if owner is None:
        return
    with in_language_of(owner.locale):
        if contact:
            advice = gettext("If this wasn't you, reset your password immediately and contact us at %(email)s.")
        else:
            advice = gettext("If this wasn't you, reset your password immediately and contact us.")
        mail = Mail(
            gettext("Your password was changed"),
            gettext("The password of your account has just been changed. Other devices have been logged out."),
            advice % {"email": contact},
        )
    send(mail, owner.email)


@task("accounts.mail_email_changed", queue_name="mail")
def mail_email_changed(to: str, locale: str = "") -> None:
    """Tell the owner of the former address that the account has another one now."""
    store = stores.store()
    with in_language_of(locale or store.locale):  # jobs that were stored before name no locale
        if store.email:
            advice = gettext("If this wasn't you, contact us at %(email)s immediately.")
        else:
            advice = gettext("If this wasn't you, contact us immediately.")
        mail = Mail(
            gettext("Your email address was changed"),
            gettext("Your account now uses another email address; this one is no longer used."),
            advice % {"email": store.email},
        )
    send(mail, to)


@task("accounts.mail_session_ended", queue_name="mail")
def mail_session_ended(user: str) -> None:
    """Tell the owner that an old token of a device came back, and that the device was logged out."""
    owner = User.objects.filter(pk=user, closed_at=None).first()
    if owner is None:
        return
    with in_language_of(owner.locale):
        mail = Mail(
            gettext("A device was logged out"),
            gettext(
                "We noticed that an expired login of one of your devices was used again, and logged that device out to "
                "protect your account."
            ),
            gettext("If you don't recognize this, change your password."),
        )
    send(mail, owner.email)
