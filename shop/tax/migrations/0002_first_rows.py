"""The class that goods are in unless somebody says otherwise."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def first_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("tax", "TaxClass").objects.get_or_create(code="standard", defaults={"name": "Standard"})


class Migration(migrations.Migration):
    dependencies = [("tax", "0001_initial")]

    operations = [
        migrations.RunPython(first_rows, migrations.RunPython.noop),
    ]
