"""What is over goes away: rows that nobody asks for any more are deleted, a batch at a time."""

from datetime import timedelta
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from shop.platform import clock
from shop.platform.jobs import every
from shop.platform.models import IdempotencyRecord, LimitCounter

BATCH: Final = 500

Row = TypeVar("Row", bound=Model)


def purge(rows: QuerySet[Row]) -> int:
    """None of these rows is left but those that somebody holds just now. Says how many went.

    Each batch is a short transaction that waits for nobody, so that it neither deadlocks nor keeps a writer waiting.
    """
    gone = 0
    while True:
        with transaction.atomic():
            batch = list(rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
            gone += rows.filter(pk__in=batch).delete()[0] if batch else 0
        if len(batch) < BATCH:
            return gone


@every(timedelta(minutes=10))
def purge_counters() -> None:
    """Counters whose window is over are gone."""
    purge(LimitCounter.objects.filter(ends_at__lte=int(clock.now().timestamp() * 1000)))


@every(timedelta(minutes=10))
def purge_answers() -> None:
    """Idempotency keys that were promised no longer are gone."""
    purge(IdempotencyRecord.objects.filter(expires_at__lte=clock.now()))
