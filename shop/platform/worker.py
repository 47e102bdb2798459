"""The process that does the jobs: leases one, runs it outside any transaction, deletes it or puts it back.

Leasing moves `due_at` to the end of a lease and is renewed while the function runs. When the worker is killed nobody
renews, the lease ends, and the job is due again like any other.
"""

import logging
import re
import secrets
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.db import Error as DatabaseTrouble
from django.db import IntegrityError, close_old_connections, connection, reset_queries, transaction
from django.db.models import QuerySet

from shop.platform import clock
from shop.platform.jobs import PERIODICS, STANDBY, TASKS, RetryLater
from shop.platform.models import Job, Schedule
from shop.platform.scrub import scrub_text
from shop.platform.settings import shop_settings

LEASE: Final = timedelta(seconds=60)
BACKOFF: Final = tuple(timedelta(seconds=each) for each in (5, 30, 120, 900, 3_600, 21_600, 86_400))
LONGEST_PAUSE_SECONDS: Final = 10.0
LONGEST_NOTE: Final = 500

_log = logging.getLogger("shop.jobs")
_chance = secrets.SystemRandom()
_PERSONAL = re.compile(r"""[\w.+-]+@[\w.-]+ | (['"]).*?\1 | \d{4,} | [\w-]{24,}""", re.VERBOSE)


def run_forever(stop: threading.Event) -> None:
    """Does what is due until `stop` is set; the job that runs then is finished. Survives a database that goes away."""
    poll = pause = shop_settings().job_poll.total_seconds()
    planned = False
    while not stop.is_set():
        try:
            planned = planned or plan()
            busy = tick() | look_around() | work_once()
            pause = poll
        except Exception as error:
            connection.close()
            busy, pause = False, min(pause * 2, LONGEST_PAUSE_SECONDS)
            foreseen = isinstance(error, DatabaseTrouble)
            _log.warning("worker pauses %.1f s: %s", pause, note(error), exc_info=not foreseen)
        close_old_connections()
        reset_queries()
        if not busy:
            stop.wait(pause)
    connection.close()


def drain() -> int:
    """Nothing is due any more. Says how many jobs were tried; periodic functions that were due have run too."""
    plan()
    tick()
    tried = 0
    while work_once() or look_around():
        tried += 1
    return tried


def plan() -> bool:
    """Every periodic function has its row in the schedule, due at most one interval from now."""
    now = clock.now()
    Schedule.objects.bulk_create([Schedule(name=name, next_at=now) for name in PERIODICS], ignore_conflicts=True)
    for periodic in PERIODICS.values():
        soonest = now + periodic.interval
        Schedule.objects.filter(name=periodic.name, next_at__gt=soonest).update(next_at=soonest)
    return True


def tick() -> bool:
    """The periodic functions whose time has come have run, here or on another worker. Says whether any ran here."""
    now = clock.now()
    due = list(Schedule.objects.filter(next_at__lte=now, name__in=PERIODICS))
    ran = [_run_periodic(row, now) for row in due]
    return any(ran)


def look_around() -> bool:
    """Run every function of STANDBY, which look for work themselves; return whether there was any."""
    outcomes = [look() for look in STANDBY]  # a list: all of them look, whatever the first finds
    return any(outcomes)


def _run_periodic(row: Schedule, now: datetime) -> bool:
    periodic, rows = PERIODICS[row.name], Schedule.objects.filter(name=row.name)
    if not rows.filter(next_at=row.next_at).update(next_at=now + periodic.interval, ran_at=now):
        return False
    error = ""
    try:
        periodic.function()
    except Exception as wrong:
        error = note(wrong)
        _log.error("periodic %s failed: %s", row.name, error)
    if error != row.error:
        rows.update(error=error)
    return True


def work_once(*, lease: timedelta = LEASE) -> bool:
    """One job that was due has been tried. False when none was to be had."""
    job = _lease_next(lease)
    if job is None:
        return False
    task = TASKS[job.name]
    if job.attempts > task.attempts:
        _mark_dead(job, "the worker ended during the last attempt")
        return True
    try:
        with _held(job, lease):
            task.call(**job.arguments)
    except RetryLater as later:
        _reschedule(job, after=later.after, attempts=job.attempts - 1, error="")
    except Exception as error:
        error_note = note(error, job.arguments)
        if job.attempts >= task.attempts:
            _mark_dead(job, error_note)
        else:
            _reschedule(job, after=backoff(job.attempts), attempts=job.attempts, error=error_note)
            _log.warning("job %s %s failed, attempt %d: %s", job.name, job.pk, job.attempts, error_note)
    else:
        _mine(job).delete()
    return True


def backoff(attempt: int) -> timedelta:
    """How long to wait after the attempt of that number: 5 s, 30 s, 2 min, 15 min, 1 h, 6 h, a day, ± a fifth."""
    return BACKOFF[min(attempt, len(BACKOFF)) - 1] * _chance.uniform(0.8, 1.2)


def revive(dead: QuerySet[Job]) -> int:
    """These dead jobs wait again, due now and with all their attempts. Says how many."""
    jobs = list(dead.filter(state=Job.State.DEAD))
    for each in jobs:
        _wait(each, Job.objects.filter(pk=each.pk, state=Job.State.DEAD), due_at=clock.now(), attempts=0)
    return len(jobs)


def note(error: BaseException, arguments: Mapping[str, object] | None = None) -> str:
    """What is kept of an error: its class, its text without whatever may be somebody's data, and the place."""
    text = " ".join(str(error).split())
    for value in sorted((str(each) for each in (arguments or {}).values()), key=len, reverse=True):
        text = text.replace(value, "…") if len(value) > 2 else text
    text = _PERSONAL.sub("…", scrub_text(text))[:200]
    frames = [(frame.f_globals.get("__name__", ""), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    places = [f"{module}:{line}" for module, line in frames if module != __name__]
    ours = [place for place in places if place.startswith("shop.")] or places
    return f"{type(error).__name__}: {text} ({ours[-1] if ours else 'worker'})"[:LONGEST_NOTE]


def _lease_next(lease: timedelta) -> Job | None:
    now = clock.now()
    due = Job.objects.filter(state=Job.State.WAITING, due_at__lte=now, name__in=TASKS).order_by("due_at", "pk")
    if not due.exists():
        return None
    with transaction.atomic():
        job = due.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        unchanged = Job.objects.filter(pk=job.pk, state=Job.State.WAITING, owner=job.owner, due_at=job.due_at)
        job.owner, job.attempts = secrets.token_hex(16), job.attempts + 1
        won = unchanged.update(owner=job.owner, attempts=job.attempts, due_at=now + lease, waiting_key=None)
    return job if won else None


@contextmanager
def _held(job: Job, lease: timedelta) -> Iterator[None]:
    """Renews the lease in a thread of its own, which touches the database only when the function takes long."""
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(job, lease, done), name="job-lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()


def _renew(job: Job, lease: timedelta, done: threading.Event) -> None:
    while not done.wait(lease.total_seconds() / 3):
        try:
            _mine(job).update(due_at=clock.now() + lease)
        except DatabaseTrouble as error:
            _log.warning("job %s %s: lease not renewed: %s", job.name, job.pk, note(error))
        finally:
            connection.close()


def _reschedule(job: Job, *, after: timedelta, attempts: int, error: str) -> None:
    _wait(job, _mine(job), due_at=clock.now() + after, attempts=attempts, owner="", error=error)


def _wait(job: Job, row: QuerySet[Job], **changes: object) -> None:
    try:
        with transaction.atomic():
            row.update(state=Job.State.WAITING, waiting_key=job.key_in_line, **changes)
    except IntegrityError:  # the next one waits already and does this one's work
        row.delete()


def _mark_dead(job: Job, error_note: str) -> None:
    _mine(job).update(state=Job.State.DEAD, owner="", error=error_note)
    _log.error("job %s %s is dead after %d attempts: %s", job.name, job.pk, job.attempts, error_note)


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, owner=job.owner, state=Job.State.WAITING)
