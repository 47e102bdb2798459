"""The group that guests and new accounts are in."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def first_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    CustomerGroup = apps.get_model("accounts", "CustomerGroup")
    if not CustomerGroup.objects.filter(is_default=True).exists():
        CustomerGroup.objects.update_or_create(
            code="default", defaults={"is_default": True}, create_defaults={"name": "Customers", "is_default": True}
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_customergroup_user_group")]

    operations = [
        migrations.RunPython(first_rows, migrations.RunPython.noop),
    ]
