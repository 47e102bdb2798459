"""The store itself, and a first market: the European Union in euros, prices with tax."""

from uuid import UUID

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

THE_STORE = UUID(int=1)
EUROPEAN_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"


def open_store(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Store = apps.get_model("stores", "Store")
    Market = apps.get_model("stores", "Market")
    MarketCountry = apps.get_model("stores", "MarketCountry")
    store = Store.objects.create(id=THE_STORE, name="My store")
    market = Market.objects.create(
        store=store, code="eu", name="European Union", currency="EUR", prices_include_tax=True, is_default=True
    )
    MarketCountry.objects.bulk_create(MarketCountry(market=market, country=code) for code in EUROPEAN_UNION.split())


class Migration(migrations.Migration):

    dependencies = [
        ("stores", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(open_store, migrations.RunPython.noop),
    ]
