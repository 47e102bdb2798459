"""Named constraints that concurrent requests can meet: how to avoid them, and what they mean when they are met.

PostgreSQL finds the rows of an UPDATE in the statement's snapshot. A row that somebody else is changing is judged as it
was: a condition that it will meet in a moment is not met yet, and a CHECK is checked against values that are no more.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError
from django.db.models import Q, QuerySet, UniqueConstraint
from django.utils.module_loading import import_string

from shop.kernel.errors import Refusal
from shop.platform.settings import shop_settings

Rows = TypeVar("Rows", bound=QuerySet[Any])

_CHECK, _UNIQUE = "CHECK constraint failed: ", "UNIQUE constraint failed: "
"""How SQLite says it."""


def write_if(rows: Rows, condition: Q, write: Callable[[Rows], int]) -> bool:
    """The row is written if it meets the condition as it stands; says whether it did.

    When it does not at first sight, the row is locked by a statement of its own and looked at again. Called in a
    transaction. The condition has to imply the constraints of the row, so that none is ever met.
    """
    if write(rows.filter(condition)):
        return True
    lock(rows)
    return bool(write(rows.filter(condition)))


def lock(rows: QuerySet[Any]) -> None:
    """Nobody else changes these rows until the transaction ends, and the next statement sees them as they are."""
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint that was met; None when it has none that is known."""
    named: str | None = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if named:
        return named
    text = str(error)
    if text.startswith(_CHECK):
        return text.removeprefix(_CHECK)
    if text.startswith(_UNIQUE):
        return _unique_constraints().get(frozenset(text.removeprefix(_UNIQUE).split(", ")))
    return None


def refusal_of(error: IntegrityError) -> Refusal | None:
    """What a client is told of a constraint that concurrent requests can meet; None for any other."""
    path = shop_settings().guards
    told = _refusals(path).get(constraint_of(error) or "") if path else None
    return told() if told is not None else None


@cache
def _refusals(path: str) -> Mapping[str, Callable[[], Refusal]]:
    found: Mapping[str, Callable[[], Refusal]] = import_string(path)
    return found


@cache
def _unique_constraints() -> dict[frozenset[str], str]:
    """The names of unique constraints by their columns, as SQLite lists them."""
    found: dict[frozenset[str], str] = {}
    for model in apps.get_models():
        columns = {field.name: f"{model._meta.db_table}.{field.column}" for field in model._meta.concrete_fields}
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields:
                found[frozenset(columns[name] for name in constraint.fields)] = constraint.name
    return found
