"""What a database's trouble is, by its SQLSTATE: away, too slow, or busy with somebody else."""

from enum import Enum

from django.db import Error

from shop.platform.retries import PASSING

CANCELED = "57014"
"""SQLSTATE of a statement that took longer than it may (PostgreSQL, query_canceled)."""


class Trouble(Enum):
    """Why a statement failed for no fault of its own."""

    AWAY = "away"
    SLOW = "slow"
    BUSY = "busy"


def trouble_of(failure: Error) -> Trouble:
    """The kind of an OperationalError or InterfaceError."""
    state = getattr(failure.__cause__, "sqlstate", None)
    if state == CANCELED:
        return Trouble.SLOW
    is_locked = state in PASSING or str(failure.__cause__) in ("database is locked", "database table is locked")
    return Trouble.BUSY if is_locked else Trouble.AWAY
