from django.db import migrations, models

from shop.platform.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('orders', '0006_expires_at_help_text'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(fields=['-created_at'], name='order_newest'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(fields=['updated_at'], name='order_updated'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(fields=['payment_status', '-created_at'], name='order_by_payment'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(fields=['fulfillment_status', '-created_at'], name='order_by_fulfillment'),
        ),
        AddIndexConcurrently(
            model_name='orderline',
            index=models.Index(fields=['sku'], name='order_line_by_sku'),
        ),
    ]
