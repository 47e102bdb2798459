"""Connections to the database, of which a server has only so many."""

from django.db import connection


def let_go() -> None:
    """This thread keeps no connection while it waits for somebody else; its next statement opens one. Not inside a
    transaction: that would be lost with it."""
    if not connection.in_atomic_block:
        connection.close()
