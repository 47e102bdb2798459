"""Each listener is told by itself, at least once, in batches of any size."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction

from shop.platform import worker
from shop.platform.clock import now
from shop.platform.events import listens, record, relay, tell
from shop.platform.models import Job, OutboxEvent
from shop.platform.tasks import InvalidTask
from tests.platform.listeners import RecordingListener, SomethingHappened, listener

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["listener"]

THING = UUID(int=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def happen(*notes: str) -> None:
    for note in notes:
        record(SomethingHappened(aggregate=THING, note=note))


def published() -> list[tuple[str, int | None]]:
    """What happened, in the order in which it was published."""
    found = OutboxEvent.objects.order_by("published_seq").values_list("payload__note", "published_seq")
    return [(note, number) for note, number in found]


def all_due() -> None:
    Job.objects.update(due_at=LONG_AGO)


def test_nobody_is_told_before_the_commit(listener: RecordingListener) -> None:
    with transaction.atomic():
        happen("inside")
        before = list(listener.events)

    worker.drain()

    assert (before, listener.notes()) == ([], ["inside"])


def test_numbers_follow_the_order_of_the_commits_without_gaps(listener: RecordingListener) -> None:
    happen("one", "two")
    worker.drain()
    happen("three")

    worker.drain()

    assert published() == [("one", 1), ("two", 2), ("three", 3)]
    assert listener.notes() == ["one", "two", "three"]


def test_more_than_one_batch_is_numbered_in_one_go(listener: RecordingListener) -> None:
    OutboxEvent.objects.bulk_create(
        [OutboxEvent(name="test.happened", aggregate=THING, payload={}, occurred_at=now()) for _ in range(1001)]
    )

    worked, again = relay(), relay()

    assert (worked, again) == (True, False)
    assert list(OutboxEvent.objects.order_by("id").values_list("published_seq", flat=True)) == list(range(1, 1002))
    assert Job.objects.filter(name="platform.tell").count() == 1001


def test_a_listener_that_fails_hears_it_again(listener: RecordingListener) -> None:
    listener.failures = 2
    happen("important")
    worker.drain()
    first = (listener.notes(), Job.objects.get().attempts, Job.objects.get().error)

    all_due()
    worker.drain()
    all_due()
    worker.drain()

    assert (first[0], first[1]) == ([], 1)
    assert first[2].startswith("RuntimeError: not now")
    assert (listener.notes(), Job.objects.count()) == (["important"], 0)


def test_one_listener_that_fails_does_not_keep_the_others_from_hearing(listener: RecordingListener) -> None:
    broken = RecordingListener(failures=1)

    def hear_badly(event: object) -> None:
        broken.listen({})

    listens(SomethingHappened.name)(hear_badly)
    happen("one", "two")

    worker.drain()

    assert (sorted(listener.notes()), len(broken.events)) == (["one", "two"], 1)
    assert Job.objects.count() == 1


def test_a_worker_that_dies_while_it_tells_tells_again(listener: RecordingListener) -> None:
    happen("twice")
    relay()
    job = Job.objects.get()
    tell.call(**job.arguments)  # and died before the job was deleted

    worker.drain()

    assert listener.notes() == ["twice", "twice"]
    assert len({each["event_id"] for each in listener.events}) == 1


def test_a_listener_of_an_unknown_queue_is_refused_before_it_can_stop_the_relay(listener: RecordingListener) -> None:
    happen("told")

    with pytest.raises(InvalidTask, match="parcels"):
        listens(SomethingHappened.name, queue_name="parcels")(print)

    worker.drain()
    assert listener.notes() == ["told"]


def test_what_nobody_listens_to_is_numbered_all_the_same() -> None:
    happen("alone")

    relay()

    assert (published(), Job.objects.count()) == ([("alone", 1)], 0)
