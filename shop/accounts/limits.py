"""How often accounts may be tried. All are counted by address whether or not an account exists."""

from dataclasses import replace

from shop.accounts.settings import accounts_settings
from shop.platform.limits import Policy

AUTH = Policy("auth-ip", 30, 60, strict=True)
"""Every call to /auth, for each client address."""

LOGIN = (
    Policy("login", 5, 30, strict=True),
    Policy("login-slower", 10, 10 * 60, strict=True),
    Policy("login-slowest", 20, 2 * 60 * 60, strict=True),
)
"""Failed logins, for each account from each client address: they slow a guesser down and never lock others out."""

LOGIN_ANYWHERE = Policy("login-anywhere", 50, 60 * 60, strict=True)
"""Failed logins of an account, from whatever address. When they are used up each client has one try in a while."""

LOGIN_GUARDED = Policy("login-guarded", 1, 10 * 60, strict=True)
"""Tries of an account that many have failed to enter, for each client address: its owner needs one."""

CODES_PER_ADDRESS = Policy("otp-hour", 5, 60 * 60, strict=True, always=True)
"""Codes asked for, for each address, whatever they are for; and changes of address, for each account."""

CODES_PER_IP = Policy("otp-ip", 20, 60 * 60, strict=True)
WRONG_CODES = Policy("otp-tries", 20, 24 * 60 * 60, strict=True, always=True)
"""Wrong codes, for each address from each client in a day, over all codes that were asked for, whatever they are for.

Only tries of a code that can be compared count: to know an address is not enough to use up its day.
"""

CODES_TRIED = Policy("otp-tried", 1_000_000_000, WRONG_CODES.window_seconds, strict=True, always=True, internal=True)
"""What counts them: it goes on counting when the day's are used up, and is no limit itself."""

GUESSED_CODES = Policy("otp-guessed", 100, WRONG_CODES.window_seconds, strict=True, always=True)
"""Wrong codes, for each address in a day, from whichever client: past them its codes have eight digits."""

_CODE_GAP = Policy("otp-gap", 1, 30, strict=True, always=True)


def code_gap() -> Policy:
    """One code for one purpose in so many seconds, as the settings say; 0 seconds limits nothing."""
    return replace(_CODE_GAP, window_seconds=int(accounts_settings().otp_resend_after.total_seconds()))
