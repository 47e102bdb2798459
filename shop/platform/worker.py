"""How one job is done: it is leased, runs outside any transaction, and is deleted or put back.

Leasing moves `due_at` to the end of a lease, which is renewed while the function runs. When the worker is killed nobody
renews, the lease ends, and the job is due again like any other. Threads and processes: shop.platform.worker_pool.
"""

import logging
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from shop.platform import clock
from shop.platform.error_notes import note
from shop.platform.job_leases import LEASES, LeaseKeeper, leased
from shop.platform.jobs import STANDBY, TASKS, JobTask, RetryLater
from shop.platform.models import Job
from shop.platform.schedule import plan, tick

BACKOFF: Final = tuple(timedelta(seconds=each) for each in (5, 30, 120, 900, 3_600, 21_600, 86_400))

_log = logging.getLogger("shop.jobs")
_chance = secrets.SystemRandom()


def drain(queues: Collection[str] | None = None) -> int:
    """Do what is due until nothing is; return how many jobs were tried. Periodic functions that are due run first."""
    plan()
    tick()
    tried = 0
    while work_once(queues) or look_around():
        tried += 1
    return tried


def look_around() -> bool:
    """Run every function of STANDBY, which look for work themselves; return whether there was any."""
    outcomes = [look() for look in STANDBY]  # a list: all of them look, whatever the first finds
    return any(outcomes)


def work_once(queues: Collection[str] | None = None, *, leases: LeaseKeeper = LEASES) -> bool:
    """Try one job that is due, of these queues or of any; return False when there was none."""
    job = _lease_next(queues, leases)
    if job is None:
        return False
    task = TASKS[job.name]
    if job.attempts > task.attempts:
        _mark_dead(job, "the worker ended during the last attempt")
        return True
    with leases.hold(job):  # until the row says how it ended, or another thread could lease it in between
        _run(job, task)
    return True


def _run(job: Job, task: JobTask[...]) -> None:
    try:
        task.call(**job.arguments)
    except RetryLater as later:
        _reschedule(job, after=later.after, attempts=0, error="")
    except Exception as error:
        error_note = note(error, job.arguments)
        if job.attempts >= task.attempts:
            _mark_dead(job, error_note)
        else:
            _reschedule(job, after=backoff(job.attempts), attempts=job.attempts, error=error_note)
            _log.warning("job %s %s failed, attempt %d: %s", job.name, job.pk, job.attempts, error_note)
    else:
        leased(job).delete()


def backoff(attempt: int) -> timedelta:
    """How long to wait after the attempt of that number: 5 s, 30 s, 2 min, 15 min, 1 h, 6 h, a day, ± a fifth."""
    return BACKOFF[min(attempt, len(BACKOFF)) - 1] * _chance.uniform(0.8, 1.2)


def revive(dead: QuerySet[Job]) -> int:
    """These dead jobs wait again, due now and with all their attempts. Says how many."""
    jobs = list(dead.filter(state=Job.State.DEAD))
    for job in jobs:
        _wait(job, Job.objects.filter(pk=job.pk, state=Job.State.DEAD), due_at=clock.now(), attempts=0)
    return len(jobs)


def release(job: Job) -> None:
    """The job of a process that ends is due now, for another; the attempt that was cut short does not count."""
    _reschedule(job, after=timedelta(0), attempts=job.attempts - 1, error=job.error)


def _lease_next(queues: Collection[str] | None, leases: LeaseKeeper) -> Job | None:
    """The job that is due first, leased. Never one that this process runs: its lease may have ended unrenewed."""
    now = clock.now()
    due = Job.objects.filter(state=Job.State.WAITING, due_at__lte=now, name__in=TASKS).order_by("due_at", "pk")
    if queues is not None:
        due = due.filter(queue__in=queues)
    due = due.exclude(pk__in=[job.pk for job in leases.held()])
    if not due.exists():
        return None
    with transaction.atomic():
        job = due.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        unchanged = Job.objects.filter(pk=job.pk, state=Job.State.WAITING, owner=job.owner, due_at=job.due_at)
        job.owner, job.attempts = secrets.token_hex(16), job.attempts + 1
        won = unchanged.update(owner=job.owner, attempts=job.attempts, due_at=now + leases.lease, waiting_key=None)
    return job if won else None


def _reschedule(job: Job, *, after: timedelta, attempts: int, error: str) -> None:
    _wait(job, leased(job), due_at=clock.now() + after, attempts=attempts, owner="", error=error)


def _wait(job: Job, row: QuerySet[Job], **changes: object) -> None:
    try:
        with transaction.atomic():
            row.update(state=Job.State.WAITING, waiting_key=job.key_in_line, **changes)
    except IntegrityError:  # the next one waits already and does this one's work
        row.delete()


def _mark_dead(job: Job, error_note: str) -> None:
    leased(job).update(state=Job.State.DEAD, owner="", error=error_note)
    _log.error("job %s %s is dead after %d attempts: %s", job.name, job.pk, job.attempts, error_note)
