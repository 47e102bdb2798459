from django.db import migrations, models
from django.db.models import Q


def work_out_what_is_visible(apps, schema_editor):
    categories = apps.get_model("catalog", "Category").objects
    visible = {None: True}
    for each in categories.order_by("depth"):
        visible[each.pk] = each.is_active and visible[each.parent_id]
    hidden = [key for key, seen in visible.items() if not seen]
    categories.filter(pk__in=hidden).update(is_visible=False)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_product_option_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="is_visible",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.RunPython(work_out_what_is_visible, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=Q(is_visible=False) | Q(is_active=True), name="category_visible_is_active"
            ),
        ),
    ]
