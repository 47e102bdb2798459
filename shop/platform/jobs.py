"""What is done after the commit: a durable queue in the database, and periodic functions.

    @task("accounts.mail_code", queue_name="mail")
    def mail_code(otp: str) -> None: …

    mail_code.enqueue(otp=…)
    mail_code.using(run_after=…, unique_key=…).enqueue(otp=…)

This is the API of Django's tasks framework; the table of jobs is its backend (`TASKS` in the settings). A job is a row
that is inserted with the change it follows from, so it exists exactly when that was committed. A worker
(shop.platform.worker) takes it under a lease; when the worker is killed the lease ends and the job comes up again. So a
job runs at least once: its function must be idempotent.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Generic, ParamSpec, Self

from shop.platform import clock
from shop.platform.models import Job
from shop.platform.tasks import BaseTaskBackend, InvalidTask, Task, TaskResult, TaskResultStatus

Scalar = str | int | float | bool | None
P = ParamSpec("P")

LONGEST_NAME: Final = 100
LONGEST_KEY: Final = 200
BY_POSITION: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL)


class RetryLater(Exception):
    """Raised by a task that is not done yet: it runs again after that time, with all its attempts."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"after {after}")
        self.after = after


@dataclass(frozen=True, kw_only=True)
class JobTask(Task, Generic[P]):  # type: ignore[type-arg]  # Django's own classes can't be subscripted
    """A task whose jobs are rows: a name that stays, attempts, and a key that at most one waiting job has."""

    job_name: str = ""
    """The name in the rows; without one the task's module path."""
    attempts: int = 8
    """How often a job is tried before it is dead."""
    unique_key: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        TASKS.setdefault(self.stored_name, self)

    @property
    def stored_name(self) -> str:
        return self.job_name or self.module_path

    def using(self, *, unique_key: str | None = None, **changes: Any) -> Self:
        """The same task with another queue, time (`run_after`) or unique key."""
        task = super().using(**changes)
        return task if unique_key is None else replace(task, unique_key=unique_key)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> "TaskResult[None]":
        """The job runs after the transaction around this commits, and not before `run_after`. One INSERT.

        While a job of that name with the same `unique_key` waits, it stands as it is and there is no second one; one
        that runs already does not count, for it may have read what was before. Raises TypeError for arguments that the
        function does not take or JSON can't hold.
        """
        return super().enqueue(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that runs again and again, on one worker at a time."""

    name: str
    function: Callable[[], None]
    interval: timedelta


TASKS: Final[dict[str, JobTask[...]]] = {}
PERIODICS: Final[dict[str, Periodic]] = {}
STANDBY: Final[list[Callable[[], bool]]] = []


def task(name: str, *, queue_name: str = "default", attempts: int = 8) -> Callable[[Callable[P, None]], JobTask[P]]:
    """The function is a task whose jobs have this name, which stays the same when the function moves.

    The framework's own `@task` works too: its jobs are named after the function's module and tried eight times.
    """

    def register(function: Callable[P, None]) -> JobTask[P]:
        if name in TASKS:
            raise ValueError(f"There are two tasks named {name}.")
        return JobTask(func=function, job_name=name, queue_name=queue_name, attempts=attempts)

    return register


def task_named(name: str) -> JobTask[...]:
    """The task of that name, for those that can't import it. Raises LookupError."""
    if name not in TASKS:
        raise LookupError(f"There is no task named {name}: decorate the function with @task({name!r}).")
    return TASKS[name]


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


class JobBackend(BaseTaskBackend):
    """The backend of the tasks framework that inserts jobs. Results are not kept: a job that is done is deleted."""

    task_class = JobTask
    supports_defer = True

    def validate_task(self, task: "Task[..., Any]") -> None:
        super().validate_task(task)
        assert isinstance(task, JobTask)  # noqa: S101 - the framework makes tasks of `task_class`
        parameters = inspect.signature(task.func).parameters.values()
        if task.takes_context or any(parameter.kind in BY_POSITION for parameter in parameters):
            raise InvalidTask(f"{task.stored_name} can be given arguments by name alone, and no context.")
        if len(task.stored_name) > LONGEST_NAME:
            raise InvalidTask(f"A job's name has at most {LONGEST_NAME} characters: name {task.stored_name} itself.")

    def enqueue(self, task: "Task[..., Any]", args: Sequence[Any], kwargs: Mapping[str, Any]) -> "TaskResult[Any]":
        assert isinstance(task, JobTask)  # noqa: S101 - the framework makes tasks of `task_class`
        job = Job(
            name=task.stored_name,
            queue=task.queue_name,
            arguments=_by_name(task, args, kwargs),
            due_at=task.run_after or clock.now(),
            unique_key=task.unique_key,
        )
        _insert(job)
        return TaskResult(
            task=task,
            id=str(job.pk),
            status=TaskResultStatus.READY,
            enqueued_at=job.created_at,
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=[],
            kwargs=job.arguments,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def _by_name(task: JobTask[...], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Scalar]:
    """The arguments as the row has them. Raises TypeError."""
    signature = inspect.signature(task.func)
    signature.bind(*args, **kwargs)
    arguments = {**dict(zip(signature.parameters, args, strict=False)), **kwargs}
    for argument, value in arguments.items():
        if not isinstance(value, Scalar):
            raise TypeError(f"{argument} is a {type(value).__name__}; a job takes text, numbers, true, false and null.")
    return arguments


def _insert(job: Job) -> None:
    if len(job.unique_key) > LONGEST_KEY:
        raise ValueError(f"A unique_key has at most {LONGEST_KEY} characters.")
    if not job.unique_key:
        job.save(force_insert=True)
        return
    job.waiting_key = job.key_in_line
    Job.objects.bulk_create(  # on conflict nothing changes, but the row is held: it can't run before this commits
        [job], update_conflicts=True, unique_fields=["waiting_key"], update_fields=["unique_key"]
    )
