from django.db import migrations, models
from django.db.models import Q


def costs_are_in_the_stores_currency(apps, schema_editor):
    store = apps.get_model("stores", "Store").objects.first()
    if store is not None:
        costs = apps.get_model("catalog", "Variant").objects.filter(cost__isnull=False)
        costs.update(cost_currency=store.currency)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_producttag"),
        ("stores", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="cost_currency",
            field=models.CharField(editable=False, max_length=3, null=True),
        ),
        migrations.RunPython(costs_are_in_the_stores_currency, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=Q(cost=None, cost_currency=None) | Q(cost__isnull=False, cost_currency__isnull=False),
                name="variant_cost_has_a_currency",
            ),
        ),
    ]
