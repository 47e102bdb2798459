"""After a test that really commits there are the rows that migrations wrote, and no others.

Django's own way is to empty every table after such a test, and to write those rows anew before the next. Most tests
write into a dozen of the seventy tables: the others are only looked at.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection, transaction

Rows = Sequence[tuple[Any, ...]]


class Reset:
    """Knows the rows that there are when it is made, and brings exactly these back."""

    def __init__(self) -> None:
        everything = {table: _rows(table) for table in sorted(_tables())}
        self.rows: Final[dict[str, Rows]] = {table: rows for table, rows in everything.items() if rows}
        self.filled: Final = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_quoted(table)})"  # noqa: S608 - names of our own tables
            for table in everything.keys() - self.rows.keys()
        )
        """Asks which of the tables that have to be empty are not."""

    def __call__(self) -> None:
        with transaction.atomic():  # foreign keys are checked at its end
            changed = [table for table, rows in self.rows.items() if _rows(table) != rows]
            with connection.cursor() as cursor:
                cursor.execute(self.filled)
                for table in [*changed, *(table for (table,) in cursor.fetchall())]:
                    cursor.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608
                for table in changed:
                    values = ", ".join(["%s"] * len(self.rows[table][0]))
                    cursor.executemany(f"INSERT INTO {_quoted(table)} VALUES ({values})", self.rows[table])  # noqa: S608


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _rows(table: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {_quoted(table)} ORDER BY 1")  # noqa: S608
        rows: Rows = cursor.fetchall()
    return rows


def _quoted(table: str) -> str:
    return str(connection.ops.quote_name(table))
