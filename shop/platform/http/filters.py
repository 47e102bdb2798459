"""Filters of a list: each is a typed query parameter, and says which rows stay."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from django.db.models import QuerySet, TextChoices
from pydantic import BeforeValidator, Field, WithJsonSchema

from shop.kernel.ids import Prefix, private
from shop.platform.http.fields import Mistake

Rows = QuerySet[Any, Any]
Narrow = Callable[[Rows, Any], Rows]

MOST_VALUES: Final = 20
"""How often a filter may be given."""

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_YEARS: Final = range(1970, 9999)
"""Those that stay years of Python and of both databases in every time zone."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter: its type, its words in the document, and the rows that it leaves."""

    name: str
    type: Any
    description: str
    narrow: Narrow

    @property
    def is_repeated(self) -> bool:
        return getattr(self.type, "__origin__", None) is list


def _time(value: object) -> datetime:
    """The moment that a text names (RFC 3339, 5.6)."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise Mistake("invalid_format")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Mistake("invalid_format") from None
    if moment.year not in _YEARS:
        raise Mistake("invalid_format")
    return moment.astimezone(UTC)


Time = Annotated[
    datetime,
    BeforeValidator(_time),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 32, "examples": ["2026-11-22T08:43:19Z"]}),
]
"""A time with its offset from UTC."""


def since(name: str, column: str, description: str) -> Filter:
    """Rows whose time is this one or later."""
    return Filter(name, Time, description, lambda rows, at: rows.filter(**{f"{column}__gte": at}))


def before(name: str, column: str, description: str) -> Filter:
    """Rows whose time is earlier than this one."""
    return Filter(name, Time, description, lambda rows, at: rows.filter(**{f"{column}__lt": at}))


def one_of(name: str, choices: type[TextChoices], description: str) -> Filter:
    """Rows whose column of that name has any of the given values."""
    kind: Any = Literal[tuple(choices.values)]
    return Filter(name, list[kind], description, lambda rows, values: rows.filter(**{f"{name}__in": values}))


def boolean(name: str, description: str) -> Filter:
    """Rows whose column of that name is so."""
    return Filter(name, bool, description, lambda rows, value: rows.filter(**{name: value}))


def text(name: str, description: str, narrow: Narrow, *, max_length: int) -> Filter:
    """Rows that fit a text, as `narrow` says."""
    return Filter(name, Annotated[str, Field(min_length=1, max_length=max_length)], description, narrow)


def texts(name: str, description: str, narrow: Narrow, *, max_length: int) -> Filter:
    """Rows that fit any of the given texts, as `narrow` says."""
    kind = Annotated[str, Field(min_length=1, max_length=max_length)]
    return Filter(name, list[kind], description, narrow)


def ids(name: str, prefix: Prefix, column: str, description: str) -> Filter:
    """Rows that refer to any of the objects with these ids."""
    kind = Annotated[str, Field(pattern=f"^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", max_length=30)]

    def narrow(rows: Rows, values: list[str]) -> Rows:
        return rows.filter(**{f"{column}__in": [private(prefix, each) for each in values]})

    return Filter(name, list[kind], description, narrow)
