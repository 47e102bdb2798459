from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from shop.platform.jobs import PERIODICS, TASKS, every, task, task_named
from shop.platform.models import Job
from shop.platform.tasks import InvalidTask, TaskResultStatus
from shop.platform.tasks import task as framework_task
from shop.platform.worker import drain

pytestmark = pytest.mark.django_db

done: list[str] = []
AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)


@task("test.greet", attempts=3)
def greet(*, name: str, times: int = 1) -> None:
    """Never runs here."""


@task("test.add")
def add(first: int, second: int) -> None:
    """Never runs here."""


@framework_task
def plain(*, what: str) -> None:
    done.append(what)


def takes_any_number(*numbers: int) -> None:
    """Never runs here."""


def takes_by_position(number: int, /) -> None:
    """Never runs here."""


def takes_context(context: object) -> None:
    """Never runs here."""


def test_what_is_enqueued_waits_with_its_arguments() -> None:
    with time_machine.travel(AT, tick=False):
        greet.enqueue(name="Ada", times=2)

    found = Job.objects.get()
    assert (found.name, found.arguments, found.state) == ("test.greet", {"name": "Ada", "times": 2}, "waiting")
    assert (found.due_at, found.attempts, found.owner) == (AT, 0, "")


def test_it_can_be_enqueued_by_name_and_for_later() -> None:
    task_named("test.greet").using(run_after=AT + timedelta(days=1)).enqueue(name="Ada")

    assert Job.objects.get().due_at == AT + timedelta(days=1)


@pytest.mark.parametrize("key", ["", "greet-ada"])
def test_enqueuing_is_one_query(key: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        greet.using(unique_key=key).enqueue(name="Ada")


def test_what_is_rolled_back_was_never_enqueued() -> None:
    with pytest.raises(DatabaseError):
        enqueue_and_fail()

    assert Job.objects.count() == 0


def test_with_a_unique_key_the_first_that_waits_stands() -> None:
    greet.using(unique_key="ada").enqueue(name="Ada")

    greet.using(unique_key="ada", run_after=AT).enqueue(name="Ada Lovelace")

    assert Job.objects.get().arguments == {"name": "Ada"}
    assert Job.objects.get().due_at != AT


def test_unique_keys_of_other_jobs_and_no_keys_do_not_meet() -> None:
    greet.using(unique_key="ada").enqueue(name="Ada")
    greet.using(unique_key="bob").enqueue(name="Bob")
    greet.enqueue(name="Ada")
    greet.enqueue(name="Ada")

    assert Job.objects.count() == 4


def test_one_that_runs_already_does_not_count() -> None:
    greet.using(unique_key="ada").enqueue(name="Ada")
    Job.objects.update(owner="a worker", waiting_key=None)

    greet.using(unique_key="ada").enqueue(name="Ada")

    assert Job.objects.count() == 2


@pytest.mark.parametrize(
    "arguments", [{}, {"name": "Ada", "age": 36}, {"name": ["Ada"]}, {"name": b"Ada"}, {"name": AT}]
)
def test_arguments_that_do_not_fit_are_refused_at_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        greet.enqueue(**arguments)

    assert Job.objects.count() == 0


def test_a_name_that_no_task_has_is_refused() -> None:
    with pytest.raises(LookupError, match=r"no task named test\.unknown"):
        task_named("test.unknown")

    assert Job.objects.count() == 0


def test_enqueuing_returns_a_result_that_is_ready() -> None:
    with time_machine.travel(AT, tick=False):
        result = greet.enqueue(name="Ada")

    job = Job.objects.get()
    assert (result.task, result.id, result.status) == (greet, str(job.pk), TaskResultStatus.READY)
    assert (result.args, result.kwargs, result.enqueued_at) == ([], {"name": "Ada"}, AT)


def test_arguments_given_by_position_are_stored_by_name() -> None:
    add.enqueue(1, second=2)

    assert Job.objects.get().arguments == {"first": 1, "second": 2}


def test_the_frameworks_own_decorator_makes_jobs_too() -> None:
    plain.enqueue(what="this")

    drain()

    assert done == ["this"]
    assert Job.objects.count() == 0


def test_a_task_of_the_frameworks_own_decorator_is_named_after_its_place() -> None:
    plain.enqueue(what="this")

    assert Job.objects.get().name == "tests.platform.test_jobs.plain"
    assert TASKS["tests.platform.test_jobs.plain"].attempts == 8


@pytest.mark.parametrize("function", [takes_any_number, takes_by_position])
def test_a_function_whose_arguments_have_no_names_is_no_task(function: Callable[..., None]) -> None:
    names = set(TASKS)

    with pytest.raises(InvalidTask, match="arguments by name alone"):
        framework_task(function)

    assert set(TASKS) == names


def test_a_task_is_given_no_context() -> None:
    names = set(TASKS)

    with pytest.raises(InvalidTask, match="no context"):
        framework_task(takes_context=True)(takes_context)

    assert set(TASKS) == names


def test_a_name_that_the_column_can_not_hold_is_refused() -> None:
    names = set(TASKS)

    with pytest.raises(InvalidTask, match="at most 100 characters"):
        task("n" * 101)(add.func)

    assert set(TASKS) == names


def test_a_key_that_the_column_can_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 200 characters"):
        greet.using(unique_key="k" * 201).enqueue(name="Ada")

    assert Job.objects.count() == 0


def test_two_tasks_have_two_names() -> None:
    with pytest.raises(ValueError, match=r"two tasks named test\.greet"):
        task("test.greet")(greet.func)

    assert TASKS["test.greet"].attempts == 3


def test_a_periodic_function_is_named_after_its_place() -> None:
    assert PERIODICS["platform.expiry.purge_counters"].interval == timedelta(minutes=10)

    with pytest.raises(ValueError, match=r"two periodic functions named platform\.expiry\.purge_counters"):
        every(timedelta(days=1))(PERIODICS["platform.expiry.purge_counters"].function)

    assert PERIODICS["platform.expiry.purge_counters"].interval == timedelta(minutes=10)


def test_the_database_knows_the_states() -> None:
    greet.enqueue(name="Ada")

    with pytest.raises(IntegrityError, match="job_state_known"), transaction.atomic():
        Job.objects.update(state="lost")

    assert Job.objects.get().state == "waiting"


def test_the_database_lets_no_dead_job_hold_a_place_in_line() -> None:
    greet.using(unique_key="ada").enqueue(name="Ada")

    with pytest.raises(IntegrityError, match="job_key_held_only_while_waiting"), transaction.atomic():
        Job.objects.update(state="dead")

    assert Job.objects.get().state == "waiting"


def enqueue_and_fail() -> None:
    with transaction.atomic():
        greet.enqueue(name="Ada")
        raise DatabaseError
