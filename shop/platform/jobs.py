"""What is done after the commit: a durable queue in the database, and periodic functions.

A job is a row that is inserted with the change it follows from, so it exists exactly when that was committed. A
worker (shop.platform.worker) takes it under a lease; when the worker is killed the lease ends and the job comes up
again. So a job runs at least once: its function must bear being repeated.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, ParamSpec

from shop.platform import clock
from shop.platform.models import Job

Scalar = str | int | float | bool | None
P = ParamSpec("P")

LONGEST_KEY: Final = 200


class RetryLater(Exception):
    """Raised by a job's function that is not done yet: it runs again after that time, and no attempt is counted."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"after {after}")
        self.after = after


@dataclass(frozen=True, slots=True)
class Definition:
    """A function that may be enqueued, and how often it is tried before its job is dead."""

    name: str
    function: Callable[..., None]
    attempts: int


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that runs again and again, on one worker at a time."""

    name: str
    function: Callable[[], None]
    interval: timedelta


JOBS: Final[dict[str, Definition]] = {}
PERIODICS: Final[dict[str, Periodic]] = {}
STANDBY: Final[list[Callable[[], bool]]] = []


def job(name: str, *, attempts: int = 8) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """The function can be enqueued under this name, which stays the same when the function moves."""

    def register(function: Callable[P, None]) -> Callable[P, None]:
        if name in JOBS:
            raise ValueError(f"There are two jobs named {name}.")
        JOBS[name] = Definition(name, function, attempts)
        return function

    return register


def every(interval: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """The function runs once in each interval, whichever worker is first; a failure waits for the next one."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        name = f"{function.__module__.removeprefix('shop.')}.{function.__name__}"
        if name in PERIODICS:
            raise ValueError(f"There are two periodic functions named {name}.")
        PERIODICS[name] = Periodic(name, function, interval)
        return function

    return register


def standby(function: Callable[[], bool]) -> Callable[[], bool]:
    """The function looks for work of its own between jobs, and says whether there was any. It has to look cheaply."""
    STANDBY.append(function)
    return function


def enqueue(
    wanted: Callable[..., None] | str, *, run_at: datetime | None = None, unique_key: str = "", **arguments: Scalar
) -> None:
    """The job runs after the transaction around this commits, and not before `run_at`. One INSERT.

    While a job of that name with the same `unique_key` waits, it stands as it is and there is no second one; one that
    runs already does not count, for it may have read what was before. Raises LookupError for what is no job, TypeError
    for arguments that the function does not take or JSON can't hold.
    """
    definition = definition_of(wanted)
    inspect.signature(definition.function).bind(**arguments)
    for argument, value in arguments.items():
        if not isinstance(value, Scalar):
            raise TypeError(f"{argument} is a {type(value).__name__}; a job takes text, numbers, true, false and null.")
    if len(unique_key) > LONGEST_KEY:
        raise ValueError(f"A unique_key has at most {LONGEST_KEY} characters.")
    new = Job(name=definition.name, arguments=arguments, due_at=run_at or clock.now(), unique_key=unique_key)
    if not unique_key:
        new.save(force_insert=True)
        return
    new.waiting_key = new.key_in_line
    Job.objects.bulk_create(  # on conflict nothing changes, but the row is held: it can't run before this commits
        [new], update_conflicts=True, unique_fields=["waiting_key"], update_fields=["unique_key"]
    )


def definition_of(wanted: Callable[..., None] | str) -> Definition:
    """What was registered under this name, or for this function. Raises LookupError."""
    for definition in JOBS.values():
        if wanted in (definition.name, definition.function):
            return definition
    raise LookupError(f"{wanted} is not a job: decorate the function with @job(name).")
