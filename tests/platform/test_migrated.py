"""Commands that come before the tables they need."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

from shop.catalog.models import Product

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "command",
    [
        ["record_prices"],
        ["verify_prices"],
        ["verify_stock", "--repair"],
        ["jobs"],
        ["demo"],
        ["import_products", "products.csv", "--currency", "EUR"],
    ],
)
def test_a_command_before_its_tables_says_what_to_do(command: list[str]) -> None:
    applied = MigrationRecorder.Migration.objects.filter(app="pricing").order_by("-id")
    applied.filter(pk=applied[0].pk).delete()

    with pytest.raises(CommandError) as refused:
        call_command(*command, stdout=StringIO())

    assert str(refused.value) == (
        "The database is not up to date with this version of the shop. Run `python manage.py upgrade` first."
    )
    assert Product.objects.count() == 0


def test_a_command_after_them_runs() -> None:
    said = StringIO()

    call_command("record_prices", stdout=said)

    assert said.getvalue() == "Every price is recorded.\n"
