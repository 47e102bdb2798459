"""Transactions that fail on a lock are tried again; others are not."""

import psycopg
import pytest
from django.db import OperationalError, transaction

from shop.platform.models import LimitCounter
from shop.platform.records import WrongState
from shop.platform.retries import TRIES, retry_on_deadlock

pytestmark = pytest.mark.django_db(transaction=True)


class Locked:
    """A transaction that fails so many times, each time after it wrote something."""

    def __init__(self, times: int, cause: Exception) -> None:
        self.left, self.cause, self.tried = times, cause, 0

    @retry_on_deadlock
    @transaction.atomic
    def run(self) -> str:
        self.tried += 1
        LimitCounter.objects.create(subject=f"try {self.tried}", used=1, ends_at=0)
        if self.left:
            self.left -= 1
            raise OperationalError("canceling statement due to lock timeout") from self.cause
        return "done"


@pytest.mark.parametrize(
    "cause",
    [psycopg.errors.LockNotAvailable(), psycopg.errors.DeadlockDetected(), psycopg.errors.SerializationFailure()],
)
def test_what_failed_on_a_lock_is_run_again_from_the_start(cause: Exception) -> None:
    act = Locked(TRIES - 1, cause)

    outcome = act.run()

    assert (outcome, act.tried) == ("done", TRIES)
    assert list(LimitCounter.objects.values_list("subject", flat=True)) == [f"try {TRIES}"]


def test_a_row_is_given_to_the_second_try_as_it_was_before_the_first() -> None:
    row = LimitCounter.objects.create(subject="row", used=1, ends_at=0)
    causes = [psycopg.errors.DeadlockDetected()]

    @retry_on_deadlock
    @transaction.atomic
    def use(row: LimitCounter) -> None:
        row.used += 1
        row.save()
        if causes:
            raise OperationalError("deadlock detected") from causes.pop()

    use(row)

    assert row.used == 2
    assert LimitCounter.objects.get(subject="row").used == 2


def test_a_row_is_as_it_was_when_the_transaction_is_refused() -> None:
    row = LimitCounter.objects.create(subject="row", used=1, ends_at=0)

    @retry_on_deadlock
    @transaction.atomic
    def use(row: LimitCounter) -> None:
        row.used += 1
        row.save()
        raise WrongState(now="open", wanted="covered")

    with pytest.raises(WrongState):
        use(row)

    assert row.used == 1
    assert LimitCounter.objects.get(subject="row").used == 1


def test_each_try_is_given_the_relations_as_they_were_before_the_first() -> None:
    row = LimitCounter.objects.create(subject="row", used=1, ends_at=0)
    causes = [psycopg.errors.DeadlockDetected(), psycopg.errors.DeadlockDetected(), psycopg.errors.DeadlockDetected()]
    relations: list[dict[str, object]] = []

    @retry_on_deadlock
    @transaction.atomic
    def use(row: LimitCounter) -> None:
        relations.append(dict(row._state.fields_cache))
        row._state.fields_cache["bill"] = "of a try that was rolled back"
        if causes:
            raise OperationalError("deadlock detected") from causes.pop()

    use(row)

    assert relations == [{}, {}, {}, {}]


def test_retries_ends() -> None:
    act = Locked(TRIES, psycopg.errors.LockNotAvailable())

    with pytest.raises(OperationalError):
        act.run()

    assert (act.tried, LimitCounter.objects.count()) == (TRIES, 0)


@pytest.mark.parametrize("cause", [psycopg.errors.AdminShutdown(), psycopg.errors.QueryCanceled(), ValueError()])
def test_other_trouble_is_not_tried_again(cause: Exception) -> None:
    act = Locked(1, cause)

    with pytest.raises(OperationalError):
        act.run()

    assert (act.tried, LimitCounter.objects.count()) == (1, 0)


def test_inside_another_transaction_it_is_run_once_because_that_one_is_lost_with_it() -> None:
    act = Locked(1, psycopg.errors.DeadlockDetected())

    with pytest.raises(OperationalError), transaction.atomic():
        act.run()

    assert (act.tried, LimitCounter.objects.count()) == (1, 0)
