"""The threads of a worker process: some do jobs, each from its queues, and one runs the periodic functions."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connection, reset_queries

from shop.platform.error_notes import note
from shop.platform.job_leases import LEASES
from shop.platform.schedule import plan, tick
from shop.platform.settings import shop_settings
from shop.platform.worker import look_around, release, work_once

LONGEST_PAUSE_SECONDS: Final = 10.0

_log = logging.getLogger("shop.jobs")


def all_queues() -> Sequence[str]:
    """The queues of this installation, the most urgent first."""
    queues: Sequence[str] = settings.TASKS["default"]["QUEUES"]
    return queues


def shared_out(queues: Sequence[str], threads: int) -> list[Sequence[str]]:
    """The queues of each thread: the last takes all, the one before it all but the last-named queue, and so on.

    So while there are two threads or more, no job of the first queue waits for one of the last; and while there are as
    many threads as queues, none waits for one of a queue that is named after its own.
    """
    return [queues[: max(1, len(queues) - less)] for less in reversed(range(threads))]


class WorkerPool:
    """Does what is due until it is stopped. Survives a database that goes away."""

    def __init__(self, *, queues: Sequence[str] = (), threads: int = 0) -> None:
        """Without queues those of all, whatever a row says; without threads one for each queue."""
        named: Sequence[str] = queues or all_queues()
        shares: list[Sequence[str] | None] = [*shared_out(named, threads or len(named))]
        if not queues:
            shares[-1] = None  # so that a row of a queue that exists no more is not lost
        self._stopping = threading.Event()
        self._planned = False
        self._looking = threading.Lock()
        self._threads = [
            self._thread("schedule", self._run_schedule),
            *(
                self._thread(f"jobs-{number}", partial(self._do_job, share))
                for number, share in enumerate(shares, start=1)
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def is_alive(self) -> bool:
        """Whether all threads run: one ends by itself only when something is badly wrong."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self, *, within: timedelta) -> int:
        """No more jobs are begun, and those that run may end within that time. Return how many did not.

        These are due again at once, for another worker: the process has to end now.
        """
        self._stopping.set()
        until = time.monotonic() + within.total_seconds()
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        jobs = LEASES.held()
        for job in jobs:
            try:
                release(job)
            except DatabaseTrouble as error:
                _log.warning("job %s %s comes up again when its lease ends: %s", job.name, job.pk, note(error))
        return len(jobs)

    def _thread(self, name: str, work: Callable[[], bool]) -> threading.Thread:
        return threading.Thread(target=self._repeat, args=(work,), name=name, daemon=True)

    def _repeat(self, work: Callable[[], bool]) -> None:
        poll = pause = shop_settings().job_poll.total_seconds()
        while not self._stopping.is_set():
            try:
                busy = work()
                pause = poll
            except Exception as error:
                connection.close()
                busy, pause = False, min(pause * 2, LONGEST_PAUSE_SECONDS)
                foreseen = isinstance(error, DatabaseTrouble)
                _log.warning("worker pauses %.1f s: %s", pause, note(error), exc_info=not foreseen)
            close_old_connections()
            reset_queries()
            if not busy:
                self._stopping.wait(pause)
        connection.close()

    def _run_schedule(self) -> bool:
        if not self._planned:
            plan()
            self._planned = True
        return tick()

    def _do_job(self, queues: Sequence[str] | None) -> bool:
        try:
            is_busy = self._look_around()
        except Exception as error:
            if not work_once(queues):
                raise
            _log.warning("a job was done though looking for work failed: %s", note(error))
            return True
        return work_once(queues) or is_busy

    def _look_around(self) -> bool:
        """One thread looks at a time: a second one would only wait for what the first one finds."""
        if not self._looking.acquire(blocking=False):
            return False
        try:
            return look_around()
        finally:
            self._looking.release()
