"""What the accounts refuse."""

from shop.kernel.errors import Conflict, Forbidden, Invalid, Problem, Unauthenticated
from shop.kernel.messages import gettext_noop


class InvalidCredentials(Unauthenticated):
    """No active user has this email and password. The answer is the same whichever is wrong."""

    code = "invalid_credentials"
    message = gettext_noop("The email or password is wrong.")


class InvalidRefreshToken(Unauthenticated):
    """The refresh token is unknown, expired, already used or of an ended session."""

    code = "invalid_refresh_token"
    message = gettext_noop("The refresh token is invalid or expired. Please log in again.")


class EmailNotVerified(Forbidden):
    """The password is right, but nobody has confirmed the email of the account."""

    code = "email_not_verified"
    message = gettext_noop("Please confirm your email address first: enter the code we sent you, or request a new one.")


class InvalidOrExpiredOtp(Invalid):
    """The one-time password is wrong, used, expired or out of attempts; which of these is not told."""

    code = "invalid_or_expired_otp"
    message = gettext_noop("The code is wrong or has expired. Please request a new one.")


class WeakPassword(Invalid):
    """A password validator refuses the new password; `reasons` has its codes."""

    code = "weak_password"
    message = gettext_noop("This password is too easy to guess.")

    def __init__(self, reasons: list[str], *, field: str) -> None:
        super().__init__(field=field, params={"reasons": reasons})


class WrongPassword(Invalid):
    """The current password, asked for again, does not match."""

    code = "wrong_password"
    message = gettext_noop("The current password is wrong.")

    def __init__(self, *, others: tuple[Problem, ...] = ()) -> None:
        super().__init__(field="current_password", others=others)


class TooManyAddresses(Conflict):
    """The user has as many addresses as an address book may hold."""

    code = "too_many_addresses"
    message = gettext_noop("The address book is full: it holds at most 50 addresses. Delete one first.")


class StaffAccount(Conflict):
    """A staff account can be neither closed nor given another email by the API."""

    code = "staff_account"
    message = gettext_noop("Staff accounts are changed by a superuser in the back office.")


class AccountBusy(Conflict):
    """The account can't be closed while a payment of one of its orders is in progress."""

    code = "account_busy"
    message = gettext_noop("A payment for this account is in progress. Please try again in a few minutes.")
