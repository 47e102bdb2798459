from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from shop.platform.jobs import JOBS, PERIODICS, enqueue, every, job
from shop.platform.models import Job

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)


@job("test.greet", attempts=3)
def greet(*, name: str, times: int = 1) -> None:
    """Never runs here."""


def test_what_is_enqueued_waits_with_its_arguments() -> None:
    with time_machine.travel(AT, tick=False):
        enqueue(greet, name="Ada", times=2)

    found = Job.objects.get()
    assert (found.name, found.arguments, found.state) == ("test.greet", {"name": "Ada", "times": 2}, "waiting")
    assert (found.due_at, found.attempts, found.owner) == (AT, 0, "")


def test_it_can_be_enqueued_by_name_and_for_later() -> None:
    enqueue("test.greet", run_at=AT + timedelta(days=1), name="Ada")

    assert Job.objects.get().due_at == AT + timedelta(days=1)


@pytest.mark.parametrize("key", ["", "greet-ada"])
def test_enqueuing_is_one_query(key: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        enqueue(greet, unique_key=key, name="Ada")


def test_what_is_rolled_back_was_never_enqueued() -> None:
    with pytest.raises(DatabaseError):
        enqueue_and_fail()

    assert Job.objects.count() == 0


def test_with_a_unique_key_the_first_that_waits_stands() -> None:
    enqueue(greet, unique_key="ada", name="Ada")

    enqueue(greet, unique_key="ada", run_at=AT, name="Ada Lovelace")

    assert Job.objects.get().arguments == {"name": "Ada"}
    assert Job.objects.get().due_at != AT


def test_unique_keys_of_other_jobs_and_no_keys_do_not_meet() -> None:
    enqueue(greet, unique_key="ada", name="Ada")
    enqueue(greet, unique_key="bob", name="Bob")
    enqueue(greet, name="Ada")
    enqueue(greet, name="Ada")

    assert Job.objects.count() == 4


def test_one_that_runs_already_does_not_count() -> None:
    enqueue(greet, unique_key="ada", name="Ada")
    Job.objects.update(owner="a worker", waiting_key=None)

    enqueue(greet, unique_key="ada", name="Ada")

    assert Job.objects.count() == 2


@pytest.mark.parametrize(
    "arguments", [{}, {"name": "Ada", "age": 36}, {"name": ["Ada"]}, {"name": b"Ada"}, {"name": AT}]
)
def test_arguments_that_do_not_fit_are_refused_at_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        enqueue(greet, **arguments)

    assert Job.objects.count() == 0


@pytest.mark.parametrize("wanted", ["test.unknown", print])
def test_what_is_no_job_is_refused(wanted: str | Callable[..., None]) -> None:
    with pytest.raises(LookupError, match="is not a job"):
        enqueue(wanted)

    assert Job.objects.count() == 0


def test_a_key_that_the_column_can_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 200 characters"):
        enqueue(greet, unique_key="k" * 201, name="Ada")

    assert Job.objects.count() == 0


def test_two_jobs_have_two_names() -> None:
    with pytest.raises(ValueError, match=r"two jobs named test\.greet"):
        job("test.greet")(greet)

    assert JOBS["test.greet"].attempts == 3


def test_a_periodic_function_is_named_after_its_place() -> None:
    assert PERIODICS["platform.expiry.purge_counters"].interval == timedelta(minutes=10)

    with pytest.raises(ValueError, match=r"two periodic functions named platform\.expiry\.purge_counters"):
        every(timedelta(days=1))(PERIODICS["platform.expiry.purge_counters"].function)

    assert PERIODICS["platform.expiry.purge_counters"].interval == timedelta(minutes=10)


def test_the_database_knows_the_states() -> None:
    enqueue(greet, name="Ada")

    with pytest.raises(IntegrityError, match="job_state_known"), transaction.atomic():
        Job.objects.update(state="lost")

    assert Job.objects.get().state == "waiting"


def test_the_database_lets_no_dead_job_hold_a_place_in_line() -> None:
    enqueue(greet, unique_key="ada", name="Ada")

    with pytest.raises(IntegrityError, match="job_key_held_only_while_waiting"), transaction.atomic():
        Job.objects.update(state="dead")

    assert Job.objects.get().state == "waiting"


def enqueue_and_fail() -> None:
    with transaction.atomic():
        enqueue(greet, name="Ada")
        raise DatabaseError
