from django.db import migrations, models

from shop.platform.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0008_session_audience'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(fields=['updated_at'], name='user_updated'),
        ),
    ]
