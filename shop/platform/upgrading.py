"""One upgrade: the tables, and then what rows of before need. It can be repeated, and one process does it at a time.

The steps are the roof's (`SHOP.upgrade_steps`). Each looks for what is left to do, so that a second run changes
nothing, and commits in pieces, so that it can be ended anywhere. What processes of the version before still write while
they are replaced is looked through once more by the worker.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.utils.module_loading import import_string

from shop.platform import clock
from shop.platform.jobs import task
from shop.platform.models import UpgradeStep
from shop.platform.settings import shop_settings

with suppress(ImportError):  # not on Windows: two upgrades of a SQLite file are not kept apart there
    from fcntl import LOCK_EX, LOCK_NB, flock

logger = logging.getLogger("shop.upgrade")

LOCK: Final = 0x73686F70_75706772
"""The advisory lock of PostgreSQL that whoever upgrades holds."""
PAUSE: Final = 0.2
CATCH_UP_AFTER: Final = timedelta(minutes=15)
"""By then the processes of the version before have ended."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step did, in a sentence, and what it left to a person; the shop works all the same."""

    said: str
    left: Sequence[str] = ()


Step = Callable[[], Outcome]


def steps() -> Sequence[Step]:
    """What rows of an earlier version need, in the order in which it is done."""
    path = shop_settings().upgrade_steps
    found: Sequence[Step] = import_string(path) if path else ()
    return found


def do_steps() -> Iterator[Outcome]:
    """Rows of before are as this version writes them; those that old processes still write will be."""
    for step in steps():
        yield step()
    catch_up.using(run_after=clock.now() + CATCH_UP_AFTER, unique_key="upgrade").enqueue()


@task("platform.catch_up", queue_name="bulk")
def catch_up() -> None:
    """The steps once more, for what was written while processes of the version before were still there."""
    for step in steps():
        for sentence in step().left:
            logger.warning("%s", sentence)


@contextmanager
def once(name: str, revision: str) -> Iterator[bool]:
    """Whether this was not done in this revision yet; then it counts as done, if what happens inside commits."""
    with transaction.atomic():
        UpgradeStep.objects.bulk_create([UpgradeStep(name=name, revision="")], ignore_conflicts=True)
        row = UpgradeStep.objects.filter(name=name)
        yield bool(row.exclude(revision=revision).update(revision=revision, done_at=clock.now()))


@contextmanager
def alone(say_busy: Callable[[], object]) -> Iterator[None]:
    """Nobody else upgrades this database meanwhile; whoever comes second is told, and waits."""
    with _turn() as taken:
        if not taken():
            say_busy()
            while not taken():
                time.sleep(PAUSE)
        yield


@contextmanager
def _turn() -> Iterator[Callable[[], bool]]:
    """A try to be the one who upgrades; true once it is."""
    if connection.vendor == "postgresql":
        own = connection.copy()  # the other one may be closed meanwhile, and its locks with it

        def held() -> bool:
            with own.cursor() as cursor:  # never waiting: CREATE INDEX CONCURRENTLY would wait for whoever waits
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                return bool(cursor.fetchone()[0])

        try:
            yield held
        finally:
            own.close()
        return
    name = Path(str(connection.settings_dict["NAME"]))
    if "flock" not in globals():  # pragma: no cover
        yield lambda: True
        return
    with name.with_name(f"{name.name}.upgrade").open("w") as file:

        def locked() -> bool:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield locked
