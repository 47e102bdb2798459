import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet
from pytest_django import Settings

from shop.platform import job_leases, worker
from shop.platform.clock import now
from shop.platform.job_leases import LEASES, LeaseKeeper
from shop.platform.jobs import PERIODICS, task
from shop.platform.models import Job, Schedule
from shop.platform.worker import drain, work_once
from shop.platform.worker_pool import WorkerPool, shared_out

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
LONG = timedelta(seconds=20)

done: list[str] = []
entered = threading.Semaphore(0)
may_end = threading.Event()
ended = threading.Event()


@task("pool.hold")
def hold() -> None:
    """Runs until the test lets it end."""
    entered.release()
    may_end.wait(20)


@task("pool.mail", queue_name="mail")
def send_mail() -> None:
    done.append("mail")
    ended.set()


@task("pool.clean", queue_name="bulk")
def clean() -> None:
    done.append("clean")
    ended.set()


@task("pool.cut")
def cut() -> None:
    """The database goes away while this runs."""
    done.append("cut")
    connection.connection.close()


def work_in_a_thread(keeper: LeaseKeeper) -> None:
    work_once(leases=keeper)
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempts", [1, 8])
def test_a_running_job_whose_lease_was_not_renewed_is_not_taken_again_by_its_own_process(attempts: int) -> None:
    keeper = LeaseKeeper(timedelta(seconds=60))
    hold.enqueue()
    running = threading.Thread(target=work_in_a_thread, args=(keeper,))
    running.start()
    assert entered.acquire(timeout=10)
    Job.objects.update(due_at=now() - timedelta(seconds=1), attempts=attempts)

    is_taken = work_once(leases=keeper)

    assert is_taken is False
    assert list(Job.objects.values_list("state", "attempts")) == [("waiting", attempts)]
    may_end.set()
    running.join(10)
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_renewal_that_failed_is_tried_again_before_its_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_leases, "RETRY_SECONDS", 0.01)
    renewals = Mock(side_effect=[OperationalError("server closed the connection"), Job.objects.none()])
    asked_at: list[float] = []
    asked = threading.Semaphore(0)

    def leased(*jobs: Job) -> QuerySet[Job]:
        asked_at.append(time.monotonic())
        asked.release()
        rows: QuerySet[Job] = renewals(*jobs)
        return rows

    monkeypatch.setattr(job_leases, "leased", leased)

    with LeaseKeeper(timedelta(seconds=3)).hold(Job(owner="0123")):
        assert asked.acquire(timeout=10)
        assert asked.acquire(timeout=10)

    assert asked_at[1] - asked_at[0] < 0.5


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> Iterator[None]:
    """Idle threads look again at once, nothing is periodic, and nothing holds any longer when the test is over."""
    done.clear()
    while entered.acquire(blocking=False):  # what the test before let run at its end
        pass
    may_end.clear()
    ended.clear()
    settings.SHOP = replace(settings.SHOP, job_poll=timedelta(milliseconds=5))
    yield
    may_end.set()


@pytest.fixture
def pool(transactional_db: None) -> Iterator[Callable[..., WorkerPool]]:
    """Starts pools, and stops them before the database goes."""
    Schedule.objects.bulk_create(Schedule(name=name, next_at=NEVER) for name in PERIODICS)
    pools = []

    def start(queues: Sequence[str] = (), threads: int = 0) -> WorkerPool:
        pools.append(WorkerPool(queues=queues, threads=threads))
        pools[-1].start()
        return pools[-1]

    yield start
    may_end.set()
    for started in pools:
        started.stop(within=LONG)


@pytest.mark.parametrize(
    ("threads", "shares"),
    [
        (1, [["mail", "default", "bulk"]]),
        (2, [["mail", "default"], ["mail", "default", "bulk"]]),
        (3, [["mail"], ["mail", "default"], ["mail", "default", "bulk"]]),
        (4, [["mail"], ["mail"], ["mail", "default"], ["mail", "default", "bulk"]]),
    ],
)
def test_each_thread_but_the_last_leaves_out_the_less_urgent_queues(threads: int, shares: list[list[str]]) -> None:
    assert shared_out(["mail", "default", "bulk"], threads) == shares


@pytest.mark.django_db(transaction=True)
def test_slow_images_do_not_delay_a_mail(pool: Callable[..., WorkerPool]) -> None:
    for _ in range(5):
        hold.using(queue_name="bulk").enqueue()
    pool()
    entered.acquire(timeout=10)

    send_mail.enqueue()

    assert ended.wait(10)
    assert done == ["mail"]
    assert Job.objects.filter(queue="bulk").exclude(owner="").count() == 1
    assert Job.objects.filter(queue="bulk", owner="").count() == 4


@pytest.mark.django_db(transaction=True)
def test_jobs_run_while_looking_for_work_fails(
    pool: Callable[..., WorkerPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STANDBY", [Mock(side_effect=LookupError("no such listener"))])
    send_mail.enqueue()

    pool(threads=1)

    assert ended.wait(10)
    assert done == ["mail"]


@pytest.mark.django_db(transaction=True)
def test_two_threads_are_enough_for_mails_beside_slow_images(pool: Callable[..., WorkerPool]) -> None:
    for _ in range(3):
        hold.using(queue_name="bulk").enqueue()
    pool(threads=2)
    entered.acquire(timeout=10)

    send_mail.enqueue()

    assert ended.wait(10)
    assert Job.objects.filter(name="pool.hold").exclude(owner="").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_waits_for_no_job_of_any_other_queue(pool: Callable[..., WorkerPool]) -> None:
    for queue in ("default", "default", "default", "bulk", "bulk"):
        hold.using(queue_name=queue).enqueue()
    pool()
    entered.acquire(timeout=10)
    entered.acquire(timeout=10)

    send_mail.enqueue()

    assert ended.wait(10)
    assert Job.objects.filter(name="pool.hold").exclude(owner="").count() == 2


@pytest.mark.django_db(transaction=True)
def test_images_have_their_turn_while_mails_wait(pool: Callable[..., WorkerPool]) -> None:
    clean.enqueue()
    for _ in range(2):
        hold.using(queue_name="mail").enqueue()

    pool()

    assert ended.wait(10)
    assert done == ["clean"]


@pytest.mark.django_db(transaction=True)
def test_a_pool_leaves_the_queues_alone_that_it_was_not_given(pool: Callable[..., WorkerPool]) -> None:
    clean.enqueue()
    send_mail.enqueue()

    pool(queues=["mail"])

    assert ended.wait(10)
    assert done == ["mail"]
    assert Job.objects.get(name="pool.clean").attempts == 0


@pytest.mark.django_db
def test_a_job_of_a_queue_that_exists_no_more_is_done() -> None:
    send_mail.enqueue()
    Job.objects.update(queue="abolished")

    assert drain(["mail", "default", "bulk"]) == 0
    assert drain() == 1
    assert done == ["mail"]


@pytest.mark.django_db(transaction=True)
def test_a_pool_that_is_stopped_finishes_what_runs_and_begins_nothing(pool: Callable[..., WorkerPool]) -> None:
    hold.enqueue()
    working = pool(threads=1)
    entered.acquire(timeout=10)
    send_mail.enqueue()
    threading.Timer(0.2, may_end.set).start()

    unfinished = working.stop(within=LONG)

    assert (unfinished, working.is_alive()) == (0, False)
    assert done == []
    assert Job.objects.get().name == "pool.mail"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_does_not_finish_in_time_is_due_at_once_for_another(pool: Callable[..., WorkerPool]) -> None:
    hold.using(unique_key="one").enqueue()
    working = pool(threads=1)
    entered.acquire(timeout=10)

    unfinished = working.stop(within=timedelta(milliseconds=50))

    released = Job.objects.get()
    assert unfinished == 1
    assert (released.owner, released.attempts, released.waiting_key) == ("", 0, "pool.hold:one")
    assert released.due_at <= now()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_cut_short_and_ends_all_the_same_does_not_delete_the_next_attempt(
    pool: Callable[..., WorkerPool],
) -> None:
    hold.enqueue()
    working = pool(threads=1)
    entered.acquire(timeout=10)
    working.stop(within=timedelta(0))

    may_end.set()
    working.stop(within=LONG)

    assert LEASES.held() == []
    assert Job.objects.get().attempts == 0


@pytest.mark.django_db(transaction=True)
def test_the_pool_survives_a_database_that_goes_away(
    pool: Callable[..., WorkerPool], caplog: pytest.LogCaptureFixture
) -> None:
    cut.enqueue()
    working = pool(threads=1)
    send_mail.enqueue()

    assert ended.wait(10)
    assert done == ["cut", "mail"]
    assert working.is_alive()
    assert "worker pauses" in caplog.text
    assert Job.objects.get(name="pool.cut").due_at > now()


@pytest.mark.django_db(transaction=True)
def test_one_thread_renews_the_leases_of_all_jobs() -> None:
    keeper = LeaseKeeper(timedelta(milliseconds=90))
    jobs = [Job.objects.create(name="pool.hold", due_at=now(), owner=f"owner-{number}") for number in range(3)]
    before = threading.active_count()

    with keeper.hold(jobs[0]), keeper.hold(jobs[1]), keeper.hold(jobs[2]):
        threads = threading.active_count() - before
        threading.Event().wait(0.3)

    assert threads == 1
    assert Job.objects.filter(due_at__gt=jobs[2].due_at + timedelta(milliseconds=200)).count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_lease_of_a_job_that_somebody_else_has_is_not_renewed() -> None:
    keeper = LeaseKeeper(timedelta(milliseconds=30))
    job = Job.objects.create(name="pool.hold", due_at=NEVER, owner="the first")
    Job.objects.update(owner="the next")

    with keeper.hold(job):
        threading.Event().wait(0.1)

    assert Job.objects.get().due_at == NEVER


@pytest.mark.django_db(transaction=True)
def test_a_job_that_outlasts_its_lease_keeps_it() -> None:
    keeper = LeaseKeeper(timedelta(milliseconds=60))
    hold.enqueue()
    first = threading.Thread(target=work_in_a_thread, args=(keeper,))
    first.start()
    entered.acquire(timeout=10)
    threading.Event().wait(0.15)

    second = work_once(leases=keeper)

    may_end.set()
    first.join()
    assert second is False
    assert Job.objects.count() == 0
