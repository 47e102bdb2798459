"""Events are told when, and only when, what they tell of was committed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db import transaction

from shop.kernel.ids import uuid7
from shop.platform import events
from shop.platform.models import Job, OutboxEvent
from shop.platform.worker import drain

KETTLE = UUID(int=7)


@dataclass(frozen=True, slots=True)
class KettleBoiled(events.Event):
    name: ClassVar[str] = "kettle.boiled"
    degrees: int


@pytest.fixture
def heard(transactional_db: None) -> Iterator[list[Mapping[str, Any]]]:
    """What a listener was told."""
    said: list[Mapping[str, Any]] = []
    events.listens("kettle.boiled")(said.append)
    yield said
    del events.LISTENERS["kettle.boiled"]


def test_a_listener_hears_what_was_committed(heard: list[Mapping[str, Any]]) -> None:
    events.record(KettleBoiled(aggregate=KETTLE, degrees=100))

    drain()

    event = OutboxEvent.objects.get()
    assert heard == [{"event_id": str(event.pk), "aggregate": str(KETTLE), "degrees": 100}]
    assert event.published_seq == 1


def test_nobody_hears_of_what_was_undone(heard: list[Mapping[str, Any]]) -> None:
    with transaction.atomic():
        events.record(KettleBoiled(aggregate=KETTLE, degrees=100))
        transaction.set_rollback(True)

    drain()

    assert heard == []
    assert not OutboxEvent.objects.exists()


def test_numbers_follow_the_order_of_the_relay_and_never_skip_one(heard: list[Mapping[str, Any]]) -> None:
    late = uuid7()
    events.record(KettleBoiled(aggregate=KETTLE, degrees=90))
    events.relay()
    OutboxEvent.objects.create(
        id=late,
        name="kettle.boiled",
        aggregate=KETTLE,
        payload={"degrees": 95},
        occurred_at=OutboxEvent.objects.get().occurred_at,
    )
    events.record(KettleBoiled(aggregate=KETTLE, degrees=100))

    drain()

    told = OutboxEvent.objects.order_by("published_seq").values_list("published_seq", "payload__degrees")
    assert list(told) == [(1, 90), (2, 95), (3, 100)]
    assert sorted(each["degrees"] for each in heard) == [90, 95, 100]


def test_an_event_is_handed_on_once(heard: list[Mapping[str, Any]]) -> None:
    events.record(KettleBoiled(aggregate=KETTLE, degrees=100))

    first, second = events.relay(), events.relay()

    assert (first, second) == (True, False)
    assert Job.objects.filter(name="platform.tell").count() == 1


def test_a_listener_that_is_gone_hears_nothing_and_holds_nothing_up(heard: list[Mapping[str, Any]]) -> None:
    events.record(KettleBoiled(aggregate=KETTLE, degrees=100))
    events.relay()
    events.LISTENERS["kettle.boiled"].clear()

    drain()

    assert heard == []
    assert not Job.objects.filter(name="platform.tell").exists()


def test_what_is_kept_quiet_is_told_to_nobody_and_what_follows_is_told(heard: list[Mapping[str, Any]]) -> None:
    events.record(KettleBoiled(aggregate=KETTLE, degrees=90))
    events.record(KettleBoiled(aggregate=UUID(int=8), degrees=95))

    events.keep_quiet(KETTLE)
    events.record(KettleBoiled(aggregate=KETTLE, degrees=100))
    drain()

    numbered = OutboxEvent.objects.order_by("published_seq").values_list("published_seq", "payload__degrees")
    assert [each["degrees"] for each in heard] == [95, 100]
    assert list(numbered) == [(1, 90), (2, 95), (3, 100)]
