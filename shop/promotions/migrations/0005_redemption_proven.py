from django.db import migrations, models

from shop.platform.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('promotions', '0004_once_proven'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='redemption',
            index=models.Index(fields=['code', 'once_proven'], name='redemption_proven'),
        ),
    ]
