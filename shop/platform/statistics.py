"""What the database knows of its tables when it plans a query."""

from collections.abc import Iterable

from django.db import connection, models


def refresh(tables: Iterable[type[models.Model]]) -> None:
    """The planner knows how many rows these tables have now, and of what kind. After many rows were written at once."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
