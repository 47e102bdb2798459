import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from shop.platform.jobs import every, task
from shop.platform.models import Job, Schedule
from shop.platform.schedule import tick
from shop.platform.worker import work_once
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

done: list[int] = []
running: list[int] = []
most_at_once: list[int] = []
entered = threading.Event()
may_go_on = threading.Event()


@task("race.count")
def count(*, number: int) -> None:
    running.append(number)
    most_at_once.append(running.count(number))
    done.append(number)
    running.remove(number)


@task("race.hold")
def hold() -> None:
    done.append(0)
    entered.set()
    may_go_on.wait(10)


@every(timedelta(hours=1))
def hourly() -> None:
    done.append(1)


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()
    running.clear()
    most_at_once.clear()
    entered.clear()
    may_go_on.clear()


def work_until_nothing_is_left() -> int:
    tried = 0
    while Job.objects.exists():
        tried += work_once()
    return tried


def test_many_workers_do_each_job_once() -> None:
    for number in range(40):
        count.enqueue(number=number)

    tried = together(*[work_until_nothing_is_left] * 8)

    assert sorted(done) == list(range(40))
    assert sum(each for each in tried if isinstance(each, int)) == 40
    assert set(most_at_once) == {1}


def test_one_job_for_many_workers_is_done_by_one() -> None:
    count.enqueue(number=7)

    outcomes = together(*[work_once] * 20)

    assert sorted(outcomes, key=bool) == [False] * 19 + [True]
    assert done == [7]


def test_the_ended_lease_of_a_killed_worker_is_taken_over_by_one() -> None:
    count.enqueue(number=7)
    Job.objects.update(owner="killed", attempts=1, due_at=LONG_AGO)

    outcomes = together(*[work_once] * 20)

    assert sorted(outcomes, key=bool) == [False] * 19 + [True]
    assert done == [7]


def test_while_one_worker_runs_a_job_another_finds_nothing() -> None:
    hold.enqueue()

    def look_meanwhile() -> bool:
        entered.wait(10)
        found = work_once()
        may_go_on.set()
        return found

    outcomes = together(work_once, look_meanwhile)

    assert outcomes == [True, False]
    assert done == [0]


def test_a_worker_that_lost_its_lease_does_not_delete_its_heirs_job() -> None:
    hold.enqueue()

    def lose_the_lease() -> int:
        entered.wait(10)
        changed = Job.objects.update(owner="the heir")
        may_go_on.set()
        return changed

    together(work_once, lose_the_lease)

    assert Job.objects.get().owner == "the heir"


def test_a_periodic_function_runs_on_one_of_many_workers() -> None:
    Schedule.objects.create(name=f"{__name__}.hourly", next_at=LONG_AGO)

    outcomes = together(*[tick] * 20)

    assert sorted(outcomes, key=bool) == [False] * 19 + [True]
    assert done == [1]


def test_many_who_put_the_same_in_line_put_it_there_once() -> None:
    together(*[lambda: count.using(unique_key="seven").enqueue(number=7)] * 20)

    assert Job.objects.count() == 1


def test_what_is_in_line_already_does_not_run_before_the_commit_that_asked_again() -> None:
    count.using(unique_key="seven").enqueue(number=7)

    def ask_again() -> int:
        with transaction.atomic():
            count.using(unique_key="seven").enqueue(number=7)
            entered.set()
            may_go_on.wait(0.2)
            done.append(-1)
        return 0

    def work_meanwhile() -> int:
        entered.wait(10)
        return work_until_nothing_is_left()

    outcomes = together(ask_again, work_meanwhile)

    assert outcomes == [0, 1]
    assert done == [-1, 7]


def test_a_job_is_not_seen_before_its_transaction_commits() -> None:
    def ask() -> bool:
        with transaction.atomic():
            count.enqueue(number=7)
            entered.set()
            may_go_on.wait(10)
        return work_once()

    def look_meanwhile() -> bool:
        entered.wait(10)
        found = work_once()
        may_go_on.set()
        return found

    outcomes = together(ask, look_meanwhile)

    assert outcomes == [True, False]
    assert done == [7]
