from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform', '0006_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='queue',
            field=models.CharField(db_default='default', default='default', max_length=32),
        ),
    ]
