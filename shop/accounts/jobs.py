"""What the worker does for accounts: mails on demand, cleaning up every few minutes."""

from datetime import timedelta

import shop.accounts.mails  # noqa: F401 registers the mails
from shop.accounts.operations import email_change, one_time_passwords, registration, sessions
from shop.platform.jobs import every


@every(timedelta(minutes=1))
def purge_one_time_passwords() -> None:
    one_time_passwords.purge()


@every(timedelta(minutes=15))
def purge_what_nobody_confirmed() -> None:
    registration.purge()
    email_change.purge()


@every(timedelta(hours=6))
def purge_old_sessions() -> None:
    sessions.purge()
