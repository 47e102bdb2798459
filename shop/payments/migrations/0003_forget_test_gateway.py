from django.db import migrations

from shop.platform.moved_tables import ForgetModel


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0002_labels'),
    ]

    operations = [
        ForgetModel(name='TestRefund', heir='shop.payments.test_gateway'),
        ForgetModel(name='TestCharge', heir='shop.payments.test_gateway'),
    ]
