"""Leases of server processes that are gone end at once, and what a broken connection left is tidied when it is back.

Each server process holds the lock of a file of its own: whatever way it ends, the system opens the lock. Whoever starts
next, on the same machine or the same volume, finds the files of the dead and ends what they had leased.
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from shop.platform import clock
from shop.platform.models import IdempotencyRecord
from shop.platform.settings import shop_settings

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # pragma: no cover - not on Windows: leases end by their time there
    flock = None  # type: ignore[assignment]

logger = logging.getLogger("shop.leases")

MARK_LENGTH: Final = 12
TIMEOUT: Final = 60.0
PAUSE: Final = 0.5


class Process:
    """This process, as its leases name it."""

    def __init__(self) -> None:
        self.mark = secrets.token_hex(MARK_LENGTH // 2)
        self._lock: int | None = None

    def owner(self) -> str:
        """A new owner of a lease: chance, behind the mark of the process."""
        return self.mark + secrets.token_hex(10)

    def announce(self, folder: Path) -> None:
        """The folder has a locked file of this process, as long as it lives. The name comes after the lock."""
        folder.mkdir(parents=True, exist_ok=True)
        unnamed = folder / f".{self.mark}"
        self._lock = os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)  # till the process ends
        flock(self._lock, LOCK_EX)
        unnamed.rename(folder / self.mark)

    def fall_silent(self) -> None:
        """As if the process had ended."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


this_process: Final = Process()


def take_over() -> None:
    """This process is announced, and what dead ones of this installation had leased is free, as soon as the database is
    there. Where no file can be kept leases end by their time alone."""
    folder = shop_settings().processes
    if folder is None or flock is None:
        return
    try:
        this_process.announce(folder)
        gone = [each for each in folder.iterdir() if not each.name.startswith(".") and _is_dead(each)]
    except OSError as refused:
        logger.warning("no mark of this process can be kept: %s", refused.strerror)
        return
    for each in gone:
        as_soon_as_possible(partial(bury, each))


def bury(mark: Path) -> None:
    """The leases of a dead process have ended, and its mark is gone."""
    IdempotencyRecord.objects.filter(
        state=IdempotencyRecord.State.IN_FLIGHT, owner__startswith=mark.name, lease_until__gt=clock.now()
    ).update(lease_until=clock.now())
    mark.unlink(missing_ok=True)


def _is_dead(mark: Path) -> bool:
    try:
        with open(mark, "rb") as file:
            flock(file, LOCK_EX | LOCK_NB)
    except OSError:
        return False
    return len(mark.name) == MARK_LENGTH


def as_soon_as_possible(act: Callable[[], object]) -> threading.Thread:
    """The act is tried by a thread of its own until the database takes it, for a minute at most."""
    thread = threading.Thread(target=_repeat_until_done, args=(act,), name="leases", daemon=True)
    thread.start()
    return thread


def _repeat_until_done(act: Callable[[], object]) -> None:
    until = time.monotonic() + TIMEOUT
    try:
        while time.monotonic() < until:
            try:
                act()
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(PAUSE)
            else:
                return
    except Exception as failed:  # a thread that nobody waits for tells it here or nowhere
        logger.warning("leases could not be ended: %s", type(failed).__name__)
    finally:
        connection.close()
