"""Connections to the database, of which a server has only so many."""

from typing import Literal

from django.conf import settings
from django.db import connection, connections


def release_connection() -> None:
    """This thread keeps no connection while it waits for somebody else; its next statement opens one. Not inside a
    transaction: that would be lost with it."""
    if not connection.in_atomic_block:
        connection.close()


def limit_to(process: Literal["server", "worker"]) -> None:
    """From now on connections to PostgreSQL have the limits of such a process: no statement takes longer than it may.

    Before, and in a management command, a statement may take any time.
    """
    for alias in connections:
        database = connections.settings[alias]
        if database["ENGINE"] == "django.db.backends.postgresql":
            database.setdefault("OPTIONS", {})["options"] = settings.DATABASE_LIMITS[process]
    connection.close()
