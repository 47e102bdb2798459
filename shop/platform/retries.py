"""Transactions that are tried again when somebody else had what they needed."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.db.models import Model

P = ParamSpec("P")
R = TypeVar("R")

TRIES: Final = 4
LONGEST_PAUSE_SECONDS: Final = 0.05
PASSING: Final = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE of what is over in a moment: a serialization failure, a deadlock, a lock that did not come in time."""


def wait_long() -> None:
    """Until the transaction ends locks are waited for up to two minutes: where nobody sits at a screen."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2min'")


def retry_on_deadlock(function: Callable[P, R]) -> Callable[P, R]:
    """The function is one transaction without any effect outside of it: when it fails on a lock it is run again.

    Rows among its arguments are as they were after every exception, as their rows in the database are. Inside another
    transaction it is run once, for that one is lost with it. SQLite waits by itself (`timeout`).
    """

    @wraps(function)
    def retried(*args: P.args, **kwargs: P.kwargs) -> R:
        rows = [each for each in (*args, *kwargs.values()) if isinstance(each, Model)]
        for _ in range(0 if connection.in_atomic_block else TRIES - 1):
            try:
                with restored_on_error(*rows):
                    return function(*args, **kwargs)
            except OperationalError as trouble:
                if not is_passing(trouble):
                    raise
            time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - so that concurrent requests don't meet again
        with restored_on_error(*rows):
            return function(*args, **kwargs)

    return retried


@contextmanager
def restored_on_error(*rows: Model) -> Iterator[None]:
    """The rows are as they were when the body, which is one transaction, raises: what it wrote is rolled back."""
    before = [_values_of(row) for row in rows]
    try:
        yield
    except BaseException:
        for row, values in zip(rows, before, strict=True):
            row.__dict__.clear()
            row.__dict__.update(values)
        raise


def _values_of(row: Model) -> dict[str, Any]:
    state = copy(row._state)
    state.fields_cache = row._state.fields_cache.copy()
    return {**row.__dict__, "_state": state}


def is_passing(trouble: OperationalError) -> bool:
    """Whether the same would succeed in a moment."""
    return getattr(trouble.__cause__, "sqlstate", None) in PASSING
