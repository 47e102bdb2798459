"""Logging in, alike for known and unknown addresses: the same statements, as many hashes, the same refusal.

Whoever registers under a foreign address knows the password that waits there. So it is compared whether or not the
address has an account, and where nothing waits a hash is computed all the same: a login that fails computes two. The
account's own password comes first, so that its owner waits for one.
"""

from shop.accounts import limits as ours
from shop.accounts import passwords
from shop.accounts.errors import EmailNotVerified, InvalidCredentials, InvalidOrExpiredOtp
from shop.accounts.models import PendingRegistration, Session, User, email_key
from shop.accounts.operations import registration
from shop.accounts.operations.sessions import Device, Tokens, open_session
from shop.accounts.settings import accounts_settings
from shop.platform import limits
from shop.platform.clock import now


def log_in(email: str, password: str, *, device: Device) -> Tokens:
    """The user of these credentials is logged in on this device.

    Raises InvalidCredentials alike for unknown addresses, wrong passwords and accounts that are switched off;
    EmailNotVerified for the right password of an address that nobody has confirmed; TooManyRequests.
    """
    user, pending = identify(email, password, ip=device.ip)
    must_verify = accounts_settings().require_email_verification
    if user is None:
        if pending is None:
            raise InvalidCredentials()
        if must_verify:
            raise EmailNotVerified()
        user = _admitted(pending)
    if must_verify and not user.email_verified:
        raise EmailNotVerified()
    return open_session(user, device=device)


def log_in_staff(email: str, password: str, *, device: Device) -> Tokens:
    """The member of staff with these credentials is logged in at the admin API on this device.

    Raises InvalidCredentials alike for wrong credentials and for accounts that are not staff; TooManyRequests.
    """
    user, _ = identify(email, password, ip=device.ip, only_staff=True)
    if user is None:
        raise InvalidCredentials()
    return open_session(user, device=device, audience=Session.Audience.ADMIN)


def _admitted(pending: PendingRegistration) -> User:
    """Return the account of a registration that need not be confirmed; a concurrent login may have made it.

    Raises InvalidCredentials where the address has an account with another password.
    """
    try:
        return registration.admit(pending, verified=False)
    except InvalidOrExpiredOtp:
        made = User.objects.filter(email_key=pending.email_key, password=pending.password, is_active=True).first()
        if made is None:
            raise InvalidCredentials() from None
        return made


def identify(
    email: str, password: str, *, ip: str, only_staff: bool = False
) -> tuple[User | None, PendingRegistration | None]:
    """Whose password this is: the active user's, or that of a registration that waits for its code; else none.

    A registration may wait under the address of an account too; nothing comes of it. Failures count for this account
    from this client; those from everywhere together only make each client slower, so that nobody can lock somebody else
    out. Raises TooManyRequests when there were too many.

    With `only_staff` the passwords of customers and of registrations are wrong ones: they count and cost the same, so
    that a login for staff can't be used to guess them.
    """
    key = email_key(email)
    tries = _tries(key, ip)
    waiting = PendingRegistration.objects.filter(email_key=key, expires_at__gt=now())
    pending = None if only_staff else waiting.first()  # first: what is admitted now is a user next
    accounts = User.objects.filter(email_key=key, is_active=True)  # all others are compared like unknown addresses
    user = (accounts.filter(is_staff=True) if only_staff else accounts).first()
    is_users = passwords.matches(password, user.password if user else None) and user is not None
    if not is_users and not passwords.matches(password, pending.password if pending else None):
        return None, None
    for policy, subject in tries:
        limits.undo(policy, subject)
    if not is_users or user is None:
        return None, pending
    _keep_hash_current(user, password)
    return user, None


def _tries(key: str, ip: str) -> list[tuple[limits.Policy, str]]:
    """One try more of everything that a failure counts for; a success gives them back. Raises TooManyRequests."""
    from_here = [(policy, f"{key}|{ip}") for policy in ours.LOGIN]
    anywhere, guarded = (ours.LOGIN_ANYWHERE, key), (ours.LOGIN_GUARDED, f"{key}|{ip}")
    limits.hit_all(from_here)
    try:
        limits.hit_all([anywhere])
    except limits.TooManyRequests:
        limits.hit_all([guarded])
        return [*from_here, guarded]
    return [*from_here, anywhere]


def _keep_hash_current(user: User, password: str) -> None:
    """A hash made with older parameters is replaced, now that the password is at hand."""
    if passwords.is_dated(user.password):
        User.objects.filter(pk=user.pk, password=user.password).update(password=passwords.hashed(password))
        user.refresh_from_db(fields=["password"])
