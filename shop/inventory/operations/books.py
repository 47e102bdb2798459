"""Whether the counters are what the books say: movements for what lies there and is allocated, lines for holds."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from shop.inventory.models import Hold, HoldLine, StockLevel, StockMovement
from shop.inventory.types import Difference

BATCH: Final = 500
COUNTERS: Final = ("on_hand", "allocated", "unavailable", "held", "provisional")


def verify() -> list[Difference]:
    """Every counter that is not what the books say, in one query; nothing is changed."""
    return [difference for level in _wrong(StockLevel.objects.all()) for difference in _differences(level)]


def recount() -> list[Difference]:
    """Every counter is what the books say. Says what was wrong."""
    wrong = sorted({difference.level_id for difference in verify()})
    return [
        difference for start in range(0, len(wrong), BATCH) for difference in _recount(wrong[start : start + BATCH])
    ]


@transaction.atomic
def _recount(level_ids: list[UUID]) -> list[Difference]:
    """While a level is locked nothing is booked for it."""
    list(StockLevel.objects.filter(pk__in=level_ids).order_by("pk").select_for_update(no_key=True))
    levels = list(_wrong(StockLevel.objects.filter(pk__in=level_ids)))
    differences = [difference for level in levels for difference in _differences(level)]
    for level in levels:
        for counter in COUNTERS:
            setattr(level, counter, getattr(level, f"booked_{counter}"))
    StockLevel.objects.changed_each(levels, COUNTERS)
    return differences


def _wrong(levels: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
    lines = HoldLine.objects.filter(level=OuterRef("pk")).order_by().values("level")
    held = lines.filter(hold__status=Hold.Status.HELD)
    provisional = lines.filter(hold__is_provisional=True).exclude(hold__status=Hold.Status.RELEASED)
    differs = Q()
    for counter in COUNTERS:
        differs |= ~Q(**{counter: F(f"booked_{counter}")})
    return (
        levels.annotate(
            booked_on_hand=_moved("delta_on_hand"),
            booked_allocated=_moved("delta_allocated"),
            booked_unavailable=_moved("delta_unavailable"),
            booked_held=_or_zero(Subquery(held.annotate(total=Sum("quantity")).values("total"))),
            booked_provisional=_or_zero(Subquery(provisional.annotate(total=Sum("quantity")).values("total"))),
        )
        .filter(differs)
        .select_related("location")
        .order_by("pk")
    )


def _moved(delta: str) -> Coalesce:
    movements = StockMovement.objects.filter(level=OuterRef("pk")).order_by().values("level")
    return _or_zero(Subquery(movements.annotate(total=Sum(delta)).values("total")))


def _or_zero(total: Subquery) -> Coalesce:
    return Coalesce(total, 0, output_field=IntegerField())


def _differences(level: StockLevel) -> list[Difference]:
    return [
        Difference(
            level_id=level.pk,
            variant_id=level.variant_id,
            location=level.location.code,
            counter=counter,
            stored=getattr(level, counter),
            booked=getattr(level, f"booked_{counter}"),
        )
        for counter in COUNTERS
        if getattr(level, counter) != getattr(level, f"booked_{counter}")
    ]
