"""Which races make sense on which database."""

import pytest
from django.db import connection


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Steps of two transactions interleave on PostgreSQL alone: SQLite has one writer at a time."""
    if connection.vendor == "postgresql":
        return
    chosen = [item for item in items if item.get_closest_marker("postgresql") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen
