"""Another address for an account: confirmed by a code to the new one, told to the old one."""

from uuid import UUID

from django.db import IntegrityError, transaction

from shop.accounts import queries
from shop.accounts.errors import StaffAccount
from shop.accounts.mails import mail_code, mail_email_changed
from shop.accounts.models import OneTimePassword, PendingEmail, User, email_key
from shop.accounts.operations import one_time_passwords, password
from shop.accounts.operations.holding import held
from shop.platform import expiry
from shop.platform.clock import now

PURPOSE = OneTimePassword.Purpose.EMAIL_CHANGE


def ask(user_id: UUID, *, new_email: str, current_password: str, ip: str) -> None:
    """A code is on its way to the new address, in place of any before, known address or not.

    Raises WrongPassword, TooManyRequests, StaffAccount.
    """
    user = queries.user(user_id)
    password.confirm(user, current_password)
    if user.is_staff:
        raise StaffAccount()
    one_time_passwords.allow_asking(str(user_id), email_key(new_email), purpose=PURPOSE, ip=ip)
    with transaction.atomic():
        otp = one_time_passwords.ask(subject=str(user_id), purpose=PURPOSE)
        PendingEmail.objects.update_or_create(
            user=held(user_id), defaults={"email": new_email, "expires_at": now() + one_time_passwords.LIFE}
        )
        mail_code.enqueue(otp=str(otp))


def confirm(user_id: UUID, *, code: str, ip: str) -> User:
    """The account has the new address, confirmed. Raises InvalidOrExpiredOtp, also when it is somebody's meanwhile."""
    before = queries.user(user_id)
    row = one_time_passwords.check(subject=str(user_id), purpose=PURPOSE, code=code, ip=ip, address=before.email_key)
    try:
        with transaction.atomic():
            one_time_passwords.consume(row)
            one_time_passwords.forget(subjects=[before.email_key])
            user = held(user_id)
            _readdress(user)
            mail_email_changed.enqueue(to=before.email, locale=user.locale)
    except IntegrityError:
        raise one_time_passwords.wrong(PURPOSE) from None
    return user


def _readdress(user: User) -> None:
    wish = PendingEmail.objects.filter(user=user, expires_at__gt=now()).first()
    if wish is None:
        raise one_time_passwords.wrong(PURPOSE)
    User.objects.filter(pk=user.pk).changed(
        email=wish.email, email_key=email_key(wish.email), email_verified_at=now(), instance=user
    )
    wish.delete()


def purge() -> None:
    """Wishes that nobody confirmed in time are forgotten."""
    expiry.purge(PendingEmail.objects.filter(expires_at__lte=now()))
