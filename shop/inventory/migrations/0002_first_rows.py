"""One location exists from the start, and updates of levels have room to stay on their page (PostgreSQL, HOT)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def first_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("inventory", "Location").objects.get_or_create(code="main", defaults={"name": "Main warehouse"})


def half_full_pages(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE inventory_stocklevel SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]

    operations = [
        migrations.RunPython(first_rows, migrations.RunPython.noop),
        migrations.RunPython(half_full_pages, migrations.RunPython.noop),
    ]
