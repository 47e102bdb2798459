"""What writing any row has in common: only differences are written, and every database keeps the same."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import nh3
from django.db.models import CharField, Model

from shop.catalog.errors import TextTooLong

NOTHING: Final = (None, "")


def assign(row: Model, values: Mapping[str, Any], *, keeps: Collection[str] = ()) -> bool:
    """The row has these values; says whether one of them is new to it. Nothing is saved.

    What it has already of the columns that it keeps stays as it is.
    """
    before = {name: getattr(row, name) for name in values}
    changed = {
        name: value
        for name, value in values.items()
        if before[name] != value and (name not in keeps or before[name] in NOTHING)
    }
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def refuse_too_long(row: Model) -> None:
    """Raises TextTooLong where a text does not fit its column: SQLite would keep it, PostgreSQL would not."""
    for column in row._meta.concrete_fields:
        if isinstance(column, CharField) and column.max_length is not None:
            value = getattr(row, column.attname)
            if isinstance(value, str) and len(value) > column.max_length:
                raise TextTooLong(field=column.name, params={"max": column.max_length})


def clean_html(text: str) -> str:
    """The HTML without scripts, styles, handlers and foreign frames."""
    return nh3.clean(text, link_rel="noopener nofollow") if text else ""
