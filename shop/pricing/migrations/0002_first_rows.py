"""The list of ordinary prices in the currency of the first market."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def first_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for currency in apps.get_model("stores", "Market").objects.values_list("currency", flat=True):
        apps.get_model("pricing", "PriceList").objects.get_or_create(
            code=f"base-{currency.lower()}", defaults={"name": f"Ordinary prices in {currency}", "currency": currency}
        )


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial"), ("stores", "0002_first_rows")]

    operations = [
        migrations.RunPython(first_rows, migrations.RunPython.noop),
    ]
