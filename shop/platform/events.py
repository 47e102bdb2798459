"""Events: what has happened, recorded in the transaction that made it happen, told after the commit.

    record(OrderPlaced(aggregate=…))   a row in the outbox, in the caller's transaction
    relay                              the worker: numbers the committed rows and hands each to its listeners, as jobs

A listener is a function of a higher layer: `@listens("order.placed")`. It runs in the job worker, at least once.
A projector, `@projects("market.opened")`, is called by `record` itself, so that what it writes commits with the change:
tables of its own app alone, and no I/O.
`published_seq` is given in the order in which the relay saw events committed, one relay at a time, so that whoever
reads by it never skips one that committed late.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from shop.kernel.ids import uuid7
from shop.platform.clock import now
from shop.platform.jobs import standby, task
from shop.platform.models import OutboxCounter, OutboxEvent

Listener = Callable[[Mapping[str, Any]], None]
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Subscription:
    """A listener of an event, and the queue of the jobs in which it is called."""

    function: Listener
    queue_name: str


LISTENERS: Final[dict[str, dict[str, Subscription]]] = {}
PROJECTORS: Final[dict[str, list[Listener]]] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened to one aggregate. Fields are JSON scalars: ids and facts, never secrets."""

    name: ClassVar[str]
    aggregate: UUID


def record(event: Event) -> None:
    """The event exists, and is told, exactly when the surrounding transaction commits. One INSERT."""
    payload = {key: str(value) if isinstance(value, UUID) else value for key, value in asdict(event).items()}
    OutboxEvent(id=uuid7(), name=event.name, aggregate=event.aggregate, payload=payload, occurred_at=now()).save(
        force_insert=True
    )
    for projector in PROJECTORS.get(event.name, ()):
        projector(payload)


def projects(name: str) -> Callable[[Listener], Listener]:
    """The function writes what follows from every event of that name, in the transaction that records it."""

    def register(function: Listener) -> Listener:
        PROJECTORS.setdefault(name, []).append(function)
        return function

    return register


def listens(name: str, *, queue_name: str = "default") -> Callable[[Listener], Listener]:
    """The function hears of every event of that name, in a job of that queue: it is given the event's fields.

    Raises InvalidTask for a queue that the settings do not name: the relay could insert no job for it.
    """

    def register(function: Listener) -> Listener:
        tell.using(queue_name=queue_name)  # validates it
        key = f"{function.__module__}.{function.__qualname__}"
        LISTENERS.setdefault(name, {})[key] = Subscription(function, queue_name)
        return function

    return register


@standby
def relay() -> bool:
    """Every committed event has its number, and a job for each of its listeners. Says whether there were any."""
    if not OutboxEvent.objects.filter(published_seq=None).exists():
        return False
    while _relay_some() == BATCH:
        pass
    return True


@transaction.atomic
def keep_quiet(aggregate: UUID) -> None:
    """What has happened to this one is told to nobody, unless it has been: numbered, without listeners.

    In the transaction that recorded it, no relay comes before. What happens to it later is told.
    """
    OutboxEvent.objects.filter(aggregate=aggregate).update(is_quiet=True)
    _numbered(OutboxEvent.objects.filter(aggregate=aggregate))


def tell_at_once(aggregate: UUID) -> None:
    """What has happened to this one is told here and now, by nobody else, and not again. For what is made up."""
    keep_quiet(aggregate)
    for event in OutboxEvent.objects.filter(aggregate=aggregate).order_by("id"):
        for subscription in LISTENERS.get(event.name, {}).values():
            subscription.function({"event_id": str(event.pk), **event.payload})


@transaction.atomic
def _relay_some() -> int:
    found = _numbered(OutboxEvent.objects.all())
    for event in found:
        if event.is_quiet:
            continue
        for listener, subscription in LISTENERS.get(event.name, {}).items():
            tell.using(queue_name=subscription.queue_name).enqueue(event=str(event.pk), listener=listener)
    return len(found)


def _numbered(events: QuerySet[OutboxEvent]) -> list[OutboxEvent]:
    """The next of these that had no number have one now."""
    counter, _ = OutboxCounter.objects.get_or_create(pk=OutboxCounter.ONLY)
    OutboxCounter.objects.filter(pk=counter.pk).update(last=F("last"))  # holds the row: one relay at a time
    last = OutboxCounter.objects.values_list("last", flat=True).get(pk=counter.pk)
    waiting = list(events.filter(published_seq=None).order_by("id")[:BATCH])
    for place, event in enumerate(waiting, start=last + 1):
        event.published_seq = place
    OutboxEvent.objects.bulk_update(waiting, ["published_seq"])
    OutboxCounter.objects.filter(pk=counter.pk).update(last=last + len(waiting))
    return waiting


@task("platform.tell")
def tell(event: str, listener: str) -> None:
    """One listener has heard of one event. One that does not exist any more hears nothing."""
    found = OutboxEvent.objects.get(pk=event)
    subscription = LISTENERS.get(found.name, {}).get(listener)
    if subscription is not None:
        subscription.function({"event_id": event, **found.payload})
