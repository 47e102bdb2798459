"""One page of a sorted list by its keys (seek method): no OFFSET, so the last page costs what the first one does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from shop.kernel.pages import MOST_COUNTED, START, Cursor, Direction, Page, Scalar, page

Row = TypeVar("Row")
AnyModel = TypeVar("AnyModel", bound=Model)

Sort = tuple[str, bool]
"""A column without nulls, and whether the largest value comes first. Names of times end in `_at`."""

NEWEST_FIRST: Final[tuple[Sort, ...]] = ()
"""By id alone: ids are ordered by time."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list: `limit` rows from the cursor on, and whether the whole list is counted too."""

    limit: int
    cursor: Cursor = START
    with_total: bool = False


def keyset(
    rows: QuerySet[AnyModel, Row],
    by: Sequence[Sort],
    request: PageRequest,
    *,
    counted: QuerySet[Any, Any] | None = None,
) -> Page[Row]:
    """The requested page of the rows, sorted by these columns, then by id the way of the last of them.

    The rows are models, or dicts with an `id` and these columns. `counted` are the same rows without what only sorting
    and showing need. One statement, and one more for the total.
    """
    columns = (*by, ("id", by[-1][1] if by else True))
    fetched = list(_from(rows, columns, request.cursor)[: request.limit + 1])
    cut = page(fetched, limit=request.limit, keys=lambda row: _keys(row, columns), cursor=request.cursor)
    return replace(cut, total=capped_count(rows if counted is None else counted)) if request.with_total else cut


def capped_count(rows: QuerySet[Any, Any]) -> int:
    """The number of rows, or MOST_COUNTED + 1 when there are more. One statement."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


def _from(rows: QuerySet[AnyModel, Row], columns: Sequence[Sort], cursor: Cursor) -> QuerySet[AnyModel, Row]:
    """The rows behind the cursor, in the direction in which it reads."""
    backwards = cursor.direction is Direction.PREVIOUS
    ways = [(column, descending != backwards) for column, descending in columns]
    if cursor.keys:
        beyond, alike = Q(), Q()
        for (column, down), key in zip(ways, cursor.keys, strict=True):
            value = _value(column, key)
            beyond |= alike & Q(**{f"{column}__{'lt' if down else 'gt'}": value})
            alike &= Q(**{column: value})
        rows = rows.filter(beyond)
    return rows.order_by(*(f"{'-' if down else ''}{column}" for column, down in ways))


def _value(column: str, key: Scalar) -> Any:
    if column == "id":
        return UUID(str(key))
    return datetime.fromisoformat(str(key)) if column.endswith("_at") else key


def _keys(row: Any, columns: Sequence[Sort]) -> tuple[Scalar, ...]:
    values = (row[column] if isinstance(row, Mapping) else getattr(row, column) for column, _ in columns)
    return tuple(_scalar(each) for each in values)


def _scalar(value: Any) -> Scalar:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
