"""Stock as it stands, read in one statement: expired holds beside the counters, so that both are of one moment.

Which levels a quantity is taken from is decided here, too: one place that has it all if there is one, else as few as
the order of the locations gives; room for backorders comes last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, UUIDField

from shop.inventory.types import MOST_AT_ONCE, NONE_LEFT, UNLIMITED, Availability, Shortage, Status

# The status is written out for the partial index of holds; CROSS JOIN makes SQLite begin with the few that are over.
_READ: Final = """
    SELECT
        variant.id, variant.track_inventory, variant.may_backorder,
        level.id, level.on_hand - level.unavailable - level.held - level.allocated, level.backorder_room,
        COALESCE(expired.quantity, 0), level.provisional, COALESCE(expired.provisional, 0)
    FROM catalog_variant AS variant
    LEFT JOIN inventory_stocklevel AS level
        ON level.variant_id = variant.id
        AND level.location_id IN (SELECT id FROM inventory_location WHERE is_active)
    LEFT JOIN inventory_location AS location ON location.id = level.location_id
    LEFT JOIN (
        SELECT
            line.level_id,
            SUM(line.quantity) AS quantity,
            SUM(CASE WHEN hold.is_provisional THEN line.quantity ELSE 0 END) AS provisional
        FROM inventory_hold AS hold CROSS JOIN inventory_holdline AS line
        WHERE hold.status = 'held' AND hold.expires_at <= %s AND line.hold_id = hold.id
        GROUP BY line.level_id
    ) AS expired ON expired.level_id = level.id
    WHERE variant.id IN ({})
    ORDER BY location.priority, location.code
"""


@dataclass(frozen=True, slots=True)
class LevelStock:
    """One level: what is free (below zero while backorders wait), the room below that, and what expired holds have; of
    what is reserved, how much is provisional, and how much of that expired holds have."""

    level_id: UUID
    free: int
    room: int
    expired: int
    provisional: int = 0
    expired_provisional: int = 0

    def within_share(self, percent: int) -> "LevelStock":
        """The level as it is for a provisional hold: no more of it than its share, or one piece."""
        now = _left_of_share(self.free + self.room, self.provisional, percent)
        later = _left_of_share(
            self.free + self.room + self.expired, self.provisional - self.expired_provisional, percent
        )
        free = min(self.free, now)
        room = min(self.room, max(now - free, 0))
        return replace(self, free=free, room=room, expired=max(later - free - room, 0))


@dataclass(frozen=True, slots=True)
class VariantStock:
    """One variant in all active locations, the preferred one first."""

    is_tracked: bool
    may_backorder: bool
    levels: tuple[LevelStock, ...] = ()

    def availability(self, *, low: int) -> Availability:
        """As shoppers see it, expired holds counting as nothing; low stock is at most `low` pieces."""
        if not self.is_tracked:
            return UNLIMITED
        free = sum(max(each.free + each.expired, 0) for each in self.levels)
        most = min(self.most, MOST_AT_ONCE)
        if free > low:
            return Availability(Status.IN_STOCK, None, most)
        if free:
            return Availability(Status.LOW_STOCK, free, most)
        return Availability(Status.BACKORDER, None, most) if most else NONE_LEFT

    def within_share(self, percent: int) -> "VariantStock":
        """The variant as it is for a provisional hold."""
        return replace(self, levels=tuple(each.within_share(percent) for each in self.levels))

    @property
    def most(self) -> int:
        """How many can be had, expired holds counting as nothing."""
        return sum(max(each.free + each.expired + each.room, 0) for each in self.levels)

    def parts(self, quantity: int) -> dict[UUID, int] | None:
        """How much to take of which level; None when only expired holds could make it enough."""
        for level in self.levels:
            if level.free >= quantity:
                return {level.level_id: quantity}
        parts: dict[UUID, int] = {}
        for limit in ({each.level_id: each.free for each in self.levels}, _with_room(self.levels)):
            for level_id, most in limit.items():
                taken = parts.get(level_id, 0)
                more = min(most - taken, quantity - sum(parts.values()))
                if more > 0:
                    parts[level_id] = taken + more
        return parts if sum(parts.values()) == quantity else None


def _left_of_share(unreserved: int, provisional: int, percent: int) -> int:
    """How many more can be reserved provisionally, as shop.inventory.counters judges it."""
    share = max((unreserved + provisional) * percent // 100, 1)
    return max(min(unreserved, share - provisional), 0)


def _with_room(levels: Iterable[LevelStock]) -> dict[UUID, int]:
    return {each.level_id: each.free + each.room for each in levels}


UNKNOWN: Final = VariantStock(is_tracked=True, may_backorder=False)


def variant_stock(variant_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, VariantStock]:
    """Return the stock of these variants, in one query; an unknown variant has none."""
    ids = sorted(set(variant_ids))
    if not ids:
        return {}
    uuid, time = UUIDField(), DateTimeField()
    with connection.cursor() as cursor:
        cursor.execute(
            _READ.format(", ".join(["%s"] * len(ids))),
            [time.get_db_prep_value(at, connection), *(uuid.get_db_prep_value(each, connection) for each in ids)],
        )
        rows = cursor.fetchall()
    stock = dict.fromkeys(ids, UNKNOWN)
    for variant, is_tracked, may_backorder, level, free, room, *reserved in rows:
        variant_id = UUID(str(variant))
        counts = (free, room if may_backorder else 0, *map(int, reserved)) if level else ()
        last = (LevelStock(UUID(str(level)), *counts),) if level else ()
        levels = (*stock[variant_id].levels, *last)
        stock[variant_id] = VariantStock(bool(is_tracked), bool(may_backorder), levels)
    return stock


def shortages(stock: Mapping[UUID, VariantStock], demand: Mapping[UUID, int], *, low: int) -> list[Shortage]:
    """Return what there is not enough of, expired holds counting as nothing."""
    return [
        Shortage(variant_id, quantity, stock[variant_id].availability(low=low))
        for variant_id, quantity in sorted(demand.items())
        if stock[variant_id].is_tracked and quantity > stock[variant_id].most
    ]
