"""Commands that need the tables of this version of the shop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


class MigratedCommand(BaseCommand):
    """A command that refuses to begin while the database is behind the code, or away."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            behind = is_behind()
        except OperationalError as away:
            if not self.outlives_outages(**options):
                raise CommandError(f"The database does not answer: {' '.join(str(away).split())}") from None
            behind = False
        if behind:
            raise CommandError(
                "The database is not up to date with this version of the shop. Run `python manage.py upgrade` first."
            )
        return super().execute(*args, **options)

    def outlives_outages(self, **options: Any) -> bool:
        """Whether it begins although the database does not answer, because it goes on asking."""
        return False


def is_behind() -> bool:
    """Whether migrations are missing. Raises OperationalError when the database does not answer."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
