"""Many who make things happen and many who tell of them: every event has one number, and each is told once."""

from functools import partial
from uuid import UUID

import pytest

from shop.platform import worker
from shop.platform.events import record, relay
from shop.platform.models import Job, OutboxCounter, OutboxEvent
from tests.platform.listeners import RecordingListener, SomethingHappened, listener
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

__all__ = ["listener"]


def happen(who: int) -> None:
    for n in range(10):
        record(SomethingHappened(aggregate=UUID(int=who), note=f"{who}-{n}"))


def numbers() -> list[int | None]:
    return list(OutboxEvent.objects.order_by("published_seq").values_list("published_seq", flat=True))


def test_relays_at_once_give_each_event_one_number_and_one_job(listener: RecordingListener) -> None:
    happen(1)

    outcomes = together(*[relay] * 6)

    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert numbers() == list(range(1, 11))
    assert (Job.objects.count(), OutboxCounter.objects.get().last) == (10, 10)


def test_while_things_happen_nothing_is_left_out(listener: RecordingListener) -> None:
    together(*[partial(happen, who) for who in range(4)], *[relay] * 4)

    worker.drain()

    assert numbers() == list(range(1, 41))
    assert len(listener.notes()) == len(set(listener.notes())) == 40


def test_the_numbers_of_one_aggregate_follow_what_happened_to_it(listener: RecordingListener) -> None:
    together(*[partial(happen, who) for who in range(4)], *[relay] * 4)
    worker.drain()

    told = OutboxEvent.objects.filter(aggregate=UUID(int=2)).order_by("published_seq")

    assert [each.payload["note"] for each in told] == [f"2-{n}" for n in range(10)]
