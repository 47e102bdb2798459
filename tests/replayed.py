"""Rows that many tests begin with are made by the shop once in a process, and afterwards by the same statements."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import time_machine
from django.db import connection, transaction

from tests.rolled_back import RolledBack

OPENED: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When these rows were made: before any moment at which a test plays."""
WRITES: Final = ("INSERT", "UPDATE", "DELETE", "WITH")

Statement = tuple[str, Any, bool]


def replayed(build: Callable[[], object]) -> None:
    """What `build` writes into a shop that has nothing but the rows of migrations is there."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, parameters, many in _statements(build):
            if many:
                cursor.executemany(sql, parameters)
            else:
                cursor.execute(sql, parameters)


@cache
def _statements(build: Callable[[], object]) -> list[Statement]:
    """The statements by which `build` writes, which is undone."""
    statements: list[Statement] = []

    def noted(execute: Callable[..., object], sql: str, parameters: Any, many: bool, context: object) -> object:
        if sql.lstrip().startswith(WRITES):
            statements.append((sql, parameters, many))
        return execute(sql, parameters, many, context)

    with RolledBack(), time_machine.travel(OPENED, tick=False), connection.execute_wrapper(noted):
        build()
    return statements
