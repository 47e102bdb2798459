"""Advisory locks, for when there is no row to lock."""

import hashlib

from django.db import connection


def advisory_lock(purpose: str, subject: str) -> None:
    """Wait until no other transaction has the lock of the subject, and hold it until this one ends.

    SQLite has one writer at a time by itself.
    """
    if connection.vendor != "postgresql":
        return
    digest = hashlib.sha256(f"{purpose}:{subject}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
