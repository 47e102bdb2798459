"""Settings of accounts: `accounts_settings()`."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class AccountsSettings:
    """Deployment choices of this app; project/settings.py fills them from the environment."""

    require_email_verification: bool = True
    otp_resend_after: timedelta = timedelta(seconds=30)
    """The least time between two one-time passwords for the same address."""


def accounts_settings() -> AccountsSettings:
    """The settings in force."""
    current: AccountsSettings = settings.ACCOUNTS
    return current
