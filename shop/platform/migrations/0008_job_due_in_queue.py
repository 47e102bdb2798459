from django.db import migrations, models

from shop.platform.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('platform', '0007_job_queue'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='job',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['queue', 'due_at'], name='job_due_in_queue'),
        ),
    ]
