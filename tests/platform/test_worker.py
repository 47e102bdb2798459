from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shop.platform.error_notes import note
from shop.platform.job_leases import LEASE
from shop.platform.jobs import PERIODICS, RetryLater, every, task
from shop.platform.models import Job, Schedule
from shop.platform.schedule import plan, tick
from shop.platform.worker import backoff, drain, revive, work_once

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)

done: list[str] = []


@task("test.remember")
def remember(*, what: str) -> None:
    done.append(what)


@task("test.fail", attempts=2)
def fail(*, address: str) -> None:
    raise ConnectionError(f"550 {address} unknown, card 4111111111111111, see 'somebody else'")


@task("test.wait")
def wait() -> None:
    raise RetryLater(timedelta(minutes=3))


@every(timedelta(hours=1))
def hourly() -> None:
    done.append("hourly")


@every(timedelta(hours=1))
def broken() -> None:
    raise ValueError("no good")


HOURLY, BROKEN = f"{__name__}.hourly", f"{__name__}.broken"


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


@pytest.mark.django_db
def test_a_job_is_done_once_and_then_gone() -> None:
    remember.enqueue(what="this")

    assert [work_once(), work_once()] == [True, False]
    assert done == ["this"]
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_jobs_run_in_the_order_they_are_due_and_not_before() -> None:
    with time_machine.travel(AT, tick=False):
        remember.using(run_after=AT + timedelta(seconds=1)).enqueue(what="too early")
        remember.using(run_after=AT).enqueue(what="second")
        remember.using(run_after=AT - timedelta(seconds=1)).enqueue(what="first")

        assert drain() == 2

    assert done[-2:] == ["first", "second"]
    assert Job.objects.get().arguments == {"what": "too early"}


@pytest.mark.django_db
def test_a_job_that_nobody_here_knows_is_left_for_a_worker_that_does() -> None:
    Job.objects.create(name="test.of_the_next_release", due_at=AT)

    assert work_once() is False
    assert Job.objects.get().attempts == 0


@pytest.mark.django_db
def test_a_failure_waits_longer_each_time_and_the_last_one_leaves_a_dead_job() -> None:
    with time_machine.travel(AT, tick=False):
        fail.enqueue(address="ada@example.com")
        work_once()
    first = Job.objects.get()
    with time_machine.travel(AT + timedelta(minutes=1), tick=False):
        tried = [work_once(), work_once()]
    last = Job.objects.get()

    assert (first.state, first.attempts, first.owner) == ("waiting", 1, "")
    assert timedelta(seconds=4) <= first.due_at - AT <= timedelta(seconds=6)
    assert tried == [True, False]
    assert (last.state, last.attempts, last.owner) == ("dead", 2, "")


@pytest.mark.django_db
def test_what_is_kept_of_an_error_names_nobody() -> None:
    fail.enqueue(address="ada@example.com")

    work_once()

    error = Job.objects.get().error
    assert error.startswith("ConnectionError: 550 … unknown, card ")
    assert "ada@" not in error
    assert "4111" not in error
    assert "somebody" not in error
    assert "test_worker:" in error


@pytest.mark.django_db
def test_the_log_names_nobody_either(caplog: pytest.LogCaptureFixture) -> None:
    fail.enqueue(address="ada@example.com")

    work_once()

    assert [record.name for record in caplog.records] == ["shop.jobs"]
    assert "test.fail" in caplog.text
    assert "ada@" not in caplog.text


@pytest.mark.django_db
def test_a_job_may_ask_for_another_time_without_losing_an_attempt() -> None:
    with time_machine.travel(AT, tick=False):
        wait.enqueue()
        work_once()

    left = Job.objects.get()
    assert (left.state, left.attempts, left.due_at, left.error) == ("waiting", 0, AT + timedelta(minutes=3), "")


@pytest.mark.django_db
def test_a_job_that_asks_for_another_time_has_all_its_attempts_again() -> None:
    wait.enqueue()
    Job.objects.update(attempts=7)

    work_once()

    left = Job.objects.get()
    assert (left.state, left.attempts) == ("waiting", 0)


@pytest.mark.django_db
def test_a_failed_job_takes_its_place_in_line_again() -> None:
    fail.using(unique_key="ada").enqueue(address="ada@example.com")
    work_once()

    fail.using(unique_key="ada").enqueue(address="ada@example.com")

    assert Job.objects.get().attempts == 1


@pytest.mark.django_db
def test_a_failed_job_gives_way_to_the_one_that_was_put_in_line_meanwhile() -> None:
    fail.using(unique_key="ada").enqueue(address="ada@example.com")
    Job.objects.update(due_at=AT, waiting_key=None)
    fail.using(unique_key="ada", run_after=datetime(2100, 1, 1, tzinfo=UTC)).enqueue(address="ada@example.com")

    work_once()

    assert Job.objects.get().due_at.year == 2100


@pytest.mark.django_db
def test_the_job_of_a_killed_worker_runs_when_its_lease_is_over() -> None:
    with time_machine.travel(AT, tick=False):
        remember.enqueue(what="this")
        Job.objects.update(owner="killed", attempts=1, due_at=AT + LEASE)

        early = work_once()
    with time_machine.travel(AT + LEASE, tick=False):
        late = work_once()

    assert (early, late) == (False, True)
    assert done == ["this"]


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_dead_after_the_last_attempt() -> None:
    fail.enqueue(address="ada@example.com")
    Job.objects.update(owner="killed", attempts=2)

    work_once()

    buried = Job.objects.get()
    assert (buried.state, buried.error) == ("dead", "the worker ended during the last attempt")


@pytest.mark.django_db
def test_a_dead_job_can_be_put_back_in_line_with_all_its_attempts() -> None:
    fail.using(unique_key="ada").enqueue(address="ada@example.com")
    Job.objects.update(state="dead", attempts=2, waiting_key=None)

    assert revive(Job.objects.all()) == 1

    alive = Job.objects.get()
    assert (alive.state, alive.attempts, alive.waiting_key) == ("waiting", 0, "test.fail:ada")


@pytest.mark.django_db
def test_jobs_that_live_are_not_revived() -> None:
    remember.enqueue(what="this")
    before = Job.objects.values().get()

    assert revive(Job.objects.all()) == 0
    assert Job.objects.values().get() == before


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 5), (2, 30), (3, 120), (4, 900), (5, 3_600), (6, 21_600), (7, 86_400), (8, 86_400)]
)
def test_retries_grows(attempt: int, seconds: int) -> None:
    assert timedelta(seconds=seconds * 0.8) <= backoff(attempt) <= timedelta(seconds=seconds * 1.2)


def test_a_note_of_an_error_is_short_and_fits_on_a_line() -> None:
    said = note(ValueError("word\n" * 1000), {"id": 7, "empty": ""})

    assert len(said) < 250
    assert "\n" not in said
    assert said.endswith("(worker)")


@pytest.mark.django_db
def test_a_periodic_function_runs_once_in_each_interval() -> None:
    Schedule.objects.create(name=HOURLY, next_at=AT)

    with time_machine.travel(AT, tick=False):
        first = [tick(), tick()]
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        second = tick()

    assert (first, second) == ([True, False], True)
    assert done == ["hourly", "hourly"]
    assert Schedule.objects.get().next_at == AT + timedelta(hours=2)


@pytest.mark.django_db
def test_a_periodic_function_that_fails_says_so_and_runs_the_next_time() -> None:
    Schedule.objects.create(name=BROKEN, next_at=AT)
    Schedule.objects.create(name=HOURLY, next_at=AT)

    with time_machine.travel(AT, tick=False):
        tick()

    row = Schedule.objects.get(name=BROKEN)
    assert row.error.startswith("ValueError: no good (")
    assert (row.next_at, row.ran_at) == (AT + timedelta(hours=1), AT)
    assert done == ["hourly"]


@pytest.mark.django_db
def test_an_error_is_forgotten_when_it_went_well_again() -> None:
    Schedule.objects.create(name=HOURLY, next_at=AT, error="ValueError")

    tick()

    assert Schedule.objects.get().error == ""


@pytest.mark.django_db
def test_the_plan_has_every_periodic_function_and_none_waits_longer_than_its_interval() -> None:
    Schedule.objects.create(name=HOURLY, next_at=datetime(2100, 1, 1, tzinfo=UTC))

    with time_machine.travel(AT, tick=False):
        plan()
        plan()

    assert set(Schedule.objects.values_list("name", flat=True)) == set(PERIODICS)
    assert Schedule.objects.get(name=HOURLY).next_at == AT + timedelta(hours=1)
    assert Schedule.objects.get(name=BROKEN).next_at == AT
