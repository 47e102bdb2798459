"""The leases of the jobs that run in this process, renewed by one thread."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.db import Error as DatabaseTrouble
from django.db import connection
from django.db.models import QuerySet

from shop.platform import clock
from shop.platform.error_notes import note
from shop.platform.models import Job

LEASE: Final = timedelta(seconds=60)
RETRY_SECONDS: Final = 1.0

_log = logging.getLogger("shop.jobs")


def leased(*jobs: Job) -> QuerySet[Job]:
    """The rows of these jobs, as far as whoever leased them still has them: an owner is of one lease of one job."""
    owners = [job.owner for job in jobs]
    return Job.objects.filter(pk__in=[job.pk for job in jobs], owner__in=owners, state=Job.State.WAITING)


class LeaseKeeper:
    """Renews the leases of the jobs it holds, all by one statement, three times in the length of a lease.

    A renewal that fails is tried again after a second.

    It touches the database only for jobs that take long: one that ends before the next renewal costs nothing.
    """

    def __init__(self, lease: timedelta) -> None:
        self.lease = lease
        self._held: dict[str, Job] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def hold(self, job: Job) -> Iterator[None]:
        """The job stays leased while the body runs."""
        with self._changed:
            self._held[job.owner] = job
            if self._thread is None or not self._thread.is_alive():  # the first, or this process is a fork
                self._thread = threading.Thread(target=self._renew_forever, name="job-leases", daemon=True)
                self._thread.start()
            self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                del self._held[job.owner]

    def held(self) -> list[Job]:
        """The jobs that run in this process."""
        with self._changed:
            return list(self._held.values())

    def _renew_forever(self) -> None:
        pause = period = self.lease.total_seconds() / 3
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._held)
            time.sleep(pause)
            jobs = self.held()
            is_renewed = not jobs or self._renew(jobs)
            pause = period if is_renewed else min(period, RETRY_SECONDS)

    def _renew(self, jobs: list[Job]) -> bool:
        """Return whether the database could be asked."""
        try:
            leased(*jobs).update(due_at=clock.now() + self.lease)
        except DatabaseTrouble as error:
            _log.warning("the leases of %d jobs are not renewed: %s", len(jobs), note(error))
            return False
        else:
            return True
        finally:
            connection.close()


LEASES: Final = LeaseKeeper(LEASE)
