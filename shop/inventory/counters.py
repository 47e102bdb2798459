"""The one statement that changes counters of stock: any number of levels, all of them or none.

PostgreSQL locks the rows in the order of their ids first, so that two statements can't deadlock, and judges the rows as
they are once it has the locks. The lock is the weak one that foreign keys to a level don't wait for. SQLite has one
writer at a time, and needs no order.

The UPDATE judges each row once more, as its own snapshot has it: PostgreSQL builds the new row from that one first and
checks the constraints on it, before it learns that the row has moved on. A row that was full a moment ago is left alone
then, and the answer is False: whoever asked undoes its savepoint and looks again once it has the locks.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from shop.inventory.settings import inventory_settings

MOST: Final = 1_000_000_000
"""No counter is higher, so that sums of them fit the columns."""

_FITS: Final = f"""
        level.on_hand + change.on_hand BETWEEN 0 AND {MOST}
        AND level.held + change.held >= 0
        AND level.allocated + change.allocated >= 0
        AND level.unavailable + change.unavailable >= 0
        AND level.provisional + change.provisional >= 0
        AND (
            change.held + change.allocated + change.unavailable <= change.on_hand
            OR level.on_hand + change.on_hand + CASE WHEN change.may_backorder THEN level.backorder_room ELSE 0 END
                >= level.held + level.allocated + level.unavailable
                + change.held + change.allocated + change.unavailable
        )
        AND (
            change.provisional <= 0
            OR level.provisional + change.provisional <= 1
            OR 100 * (level.provisional + change.provisional) <= %(percent)s * (
                level.on_hand + change.on_hand + CASE WHEN change.may_backorder THEN level.backorder_room ELSE 0 END
                - level.held - level.allocated - level.unavailable + level.provisional
                - change.held - change.allocated - change.unavailable + change.provisional
            )
        )
"""

_SHIFT: Final = f"""
    UPDATE inventory_stocklevel AS level SET
        on_hand = level.on_hand + change.on_hand,
        held = level.held + change.held,
        allocated = level.allocated + change.allocated,
        unavailable = level.unavailable + change.unavailable,
        provisional = level.provisional + change.provisional,
        version = level.version + 1
    FROM asked AS change
    WHERE level.id = change.id AND (SELECT COUNT(*) FROM fitting) = %(count)s AND ({_FITS})
    RETURNING 1
"""  # noqa: S608 - fixed texts

_POSTGRESQL: Final = f"""
    WITH asked AS (
        SELECT * FROM jsonb_to_recordset(%(changes)s::jsonb) AS asked
            (id uuid, on_hand bigint, held bigint, allocated bigint, unavailable bigint, provisional bigint,
             may_backorder bool)
    ), locked AS (
        SELECT ({_FITS}) AS fits
        FROM inventory_stocklevel AS level JOIN asked AS change ON change.id = level.id
        ORDER BY level.id
        FOR NO KEY UPDATE OF level
    ), fitting AS (
        SELECT fits FROM locked WHERE fits
    )
    {_SHIFT}
"""  # noqa: S608 - fixed texts

_SQLITE: Final = f"""
    WITH asked AS (
        SELECT
            json_extract(value, '$.id') AS id,
            json_extract(value, '$.on_hand') AS on_hand,
            json_extract(value, '$.held') AS held,
            json_extract(value, '$.allocated') AS allocated,
            json_extract(value, '$.unavailable') AS unavailable,
            json_extract(value, '$.provisional') AS provisional,
            json_extract(value, '$.may_backorder') AS may_backorder
        FROM json_each(%(changes)s)
    ), fitting AS (
        SELECT level.id FROM inventory_stocklevel AS level JOIN asked AS change ON change.id = level.id WHERE {_FITS}
    )
    {_SHIFT}
"""  # noqa: S608 - fixed texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is added to the counters of one level; `may_backorder` lets its room for backorders count."""

    level_id: UUID
    on_hand: int = 0
    held: int = 0
    allocated: int = 0
    unavailable: int = 0
    provisional: int = 0
    """Of what is held or allocated, that which nobody has vouched for; it only grows within its share of what is not
    claimed otherwise, or up to one piece."""
    may_backorder: bool = True


def shift(changes: Iterable[Change]) -> bool:
    """All of these changes are made, in one statement; False when one does not fit, or did not a moment ago.

    After False some of them may have been made: the caller rolls back to its savepoint. Once the rows are locked by a
    statement before, False is final. A level comes once. What lowers reservations always fits, also on a short
    level; nothing goes below zero.
    """
    rows = [{**asdict(each), "id": each.level_id.hex} for each in sorted(changes, key=lambda each: each.level_id)]
    if not rows:
        return True
    for row in rows:
        del row["level_id"]
    with connection.cursor() as cursor:
        cursor.execute(
            _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE,
            {
                "changes": json.dumps(rows),
                "count": len(rows),
                "percent": inventory_settings().provisional_stock_percent,
            },
        )
        return len(cursor.fetchall()) == len(rows)
