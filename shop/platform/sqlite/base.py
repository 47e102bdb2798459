"""The database wrapper: a transaction of this process begins when the one before it has ended.

SQLite has one writer at a time, and lets the others look again and again whether they can begin: with fifty of them
somebody is always faster, until another has waited for longer than `timeout`. Writers of other processes are still met
in SQLite's own way; there are few of them.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3 import base, features, operations

from shop.platform.sqlite.queue import Queue

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")


class Slot:
    """A place in the queue, left when it is not needed any more, at the latest when nobody knows it any more."""

    def __init__(self, queue: Queue, *, seconds: float) -> None:
        self.queue = queue
        self.has_come = queue.take(seconds=seconds)  # if not, SQLite decides

    def end(self) -> None:
        if self.has_come:
            self.has_come = False
            self.queue.leave()

    __del__ = end


class DatabaseFeatures(features.DatabaseFeatures):
    """What this SQLite can do."""

    max_query_params = 8_000
    """It takes 32,766 since 3.32. Django goes by the 999 of before, and makes several statements of one INSERT; with
    all of them an UPDATE of many rows would get longer than the million characters that a statement may have."""


class DatabaseOperations(operations.DatabaseOperations):
    """Numbers are as large as in PostgreSQL, where forms and queries already say what does not fit."""

    integer_field_range = BaseDatabaseOperations.integer_field_range


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions, and statements that write outside of one, wait for their slot."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    _slot: Slot | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._write)

    def _start_transaction_under_autocommit(self) -> None:
        self._slot = self._next()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_slot()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_slot()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_slot()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_slot()

    def _write(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """An execute wrapper: a statement that writes, and is its own transaction, has its slot."""
        if self.in_atomic_block or self._slot or not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        slot = self._next()
        try:
            return execute(sql, params, many, context)
        finally:
            slot.end()

    def _next(self) -> Slot:
        return Slot(queue(str(self.settings_dict["NAME"])), seconds=self.settings_dict["OPTIONS"].get("timeout", 5))

    def _end_slot(self) -> None:
        slot, self._slot = self._slot, None
        if slot:
            slot.end()


@cache
def queue(name: str) -> Queue:
    """The queue of one database in this process."""
    return Queue()


os.register_at_fork(after_in_child=queue.cache_clear)  # a child has none of the parent's threads
