"""Registration: a wish first, an account when its address is confirmed.

Known and unknown addresses take the same way: a pending row, a waiting code, a job. Only the job knows which mail to
write. A pending row of a known address can't become anything: no code is ever made for it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from shop.accounts import passwords
from shop.accounts.errors import WeakPassword
from shop.accounts.mails import mail_code
from shop.accounts.models import OneTimePassword, PendingRegistration, User, email_key
from shop.accounts.operations import one_time_passwords
from shop.accounts.operations.sessions import Device, Tokens, open_session
from shop.kernel.ids import digest, secret
from shop.platform import expiry
from shop.platform.clock import now
from shop.stores import queries as stores

PURPOSE = OneTimePassword.Purpose.EMAIL_VERIFICATION
LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What somebody registers with."""

    email: str
    password: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    locale: str | None = None
    """Of the browser or the app; the store's where it says none."""


def register(applicant: Applicant, *, ip: str) -> str:
    """A registration waits for its code, in place of any before; returns the token that must come with the code.

    Raises WeakPassword and TooManyRequests, known address or not.
    """
    reasons = passwords.weaknesses(applicant.password, of=applicant)
    if reasons:
        raise WeakPassword(reasons, field="password")
    key = email_key(applicant.email)
    one_time_passwords.allow_asking(key, purpose=PURPOSE, ip=ip)
    stored, token = passwords.hashed(applicant.password), secret("srg")
    locale = stores.spoken_anywhere(applicant.locale)
    with transaction.atomic():
        _mail_code(key)  # first: concurrent requests for the email wait for one another at its code
        PendingRegistration.objects.filter(email_key=key).delete()
        PendingRegistration.objects.create(
            email=applicant.email,
            email_key=key,
            password=stored,
            first_name=applicant.first_name,
            last_name=applicant.last_name,
            phone=applicant.phone,
            locale=locale,
            token_digest=digest(token),
            expires_at=now() + LIFE,
        )
    return token


def resend(email: str, *, registration_token: str, ip: str) -> None:
    """A new code is on its way if this is a waiting registration; otherwise nothing has changed."""
    key = email_key(email)
    one_time_passwords.allow_asking(key, purpose=PURPOSE, ip=ip)
    if _waiting(key, registration_token) is not None:
        with transaction.atomic():
            _mail_code(key)


def verify(email: str, *, code: str, registration_token: str, device: Device) -> Tokens:
    """The account exists and is logged in. Raises InvalidOrExpiredOtp."""
    key = email_key(email)
    pending = _waiting(key, registration_token)
    if pending is None:
        raise one_time_passwords.wrong(PURPOSE)
    row = one_time_passwords.check(subject=key, purpose=PURPOSE, code=code, ip=device.ip)
    with transaction.atomic():
        one_time_passwords.consume(row)
        user = admit(pending, verified=True)
        return open_session(user, device=device)


def admit(pending: PendingRegistration, *, verified: bool) -> User:
    """The registration has become an account.

    Raises InvalidOrExpiredOtp when it was replaced, or the address has an account meanwhile.
    """
    user = User(
        email=pending.email,
        password=pending.password,
        first_name=pending.first_name,
        last_name=pending.last_name,
        phone=pending.phone,
        locale=pending.locale or stores.store().locale,
        email_verified_at=now() if verified else None,
    )
    try:
        with transaction.atomic():
            if not PendingRegistration.objects.filter(pk=pending.pk).delete()[0]:
                raise one_time_passwords.wrong(PURPOSE)
            user.save(force_insert=True)
    except IntegrityError:
        raise one_time_passwords.wrong(PURPOSE) from None
    return user


def purge() -> None:
    """Registrations that nobody confirmed in 24 hours are forgotten."""
    expiry.purge(PendingRegistration.objects.filter(expires_at__lte=now()))


def _waiting(key: str, token: str) -> PendingRegistration | None:
    return PendingRegistration.objects.filter(email_key=key, token_digest=digest(token), expires_at__gt=now()).first()


def _mail_code(key: str) -> None:
    mail_code.enqueue(otp=str(one_time_passwords.ask(subject=key, purpose=PURPOSE)))
