"""What the accounts refuse."""

from shop.kernel.errors import Conflict, Forbidden, Invalid, Problem, Unauthenticated


class InvalidCredentials(Unauthenticated):
    """The email or password is wrong."""

    code = "invalid_credentials"


class InvalidRefreshToken(Unauthenticated):
    """The refresh token is invalid or expired. Please log in again."""

    code = "invalid_refresh_token"


class EmailNotVerified(Forbidden):
    """Please confirm your email address first: enter the code we sent you, or request a new one."""

    code = "email_not_verified"


class InvalidOrExpiredOtp(Invalid):
    """The code is wrong or has expired. Please request a new one."""

    code = "invalid_or_expired_otp"


class WeakPassword(Invalid):
    """This password is too easy to guess."""

    code = "weak_password"

    def __init__(self, reasons: list[str], *, field: str) -> None:
        super().__init__(field=field, params={"reasons": reasons})


class WrongPassword(Invalid):
    """The current password is wrong."""

    code = "wrong_password"

    def __init__(self, *, others: tuple[Problem, ...] = ()) -> None:
        super().__init__(field="current_password", others=others)


class TooManyAddresses(Conflict):
    """The address book is full: it holds at most 50 addresses. Delete one first."""

    code = "too_many_addresses"


class StaffAccount(Conflict):
    """Staff accounts are changed by a superuser in the back office."""

    code = "staff_account"


class AccountBusy(Conflict):
    """An order of this account is being paid at the moment. Please try again in a few minutes."""

    code = "account_busy"
