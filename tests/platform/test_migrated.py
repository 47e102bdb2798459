"""Commands that come before the tables they need."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from shop.catalog.models import Product
from shop.platform.management.migrated import MigratedCommand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "command",
    [
        ["record_prices"],
        ["verify_prices"],
        ["verify_stock", "--repair"],
        ["jobs"],
        ["work"],
        ["work", "--once"],
        ["clean_pictures"],
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


def test_every_command_of_the_shop_needs_its_tables_but_those_that_make_them_or_read_none() -> None:
    ours = {name: app for name, app in get_commands().items() if app.startswith("shop.")}

    careless = [name for name in ours if not isinstance(load_command_class(ours[name], name), MigratedCommand)]

    assert sorted(careless) == ["messages", "openapi", "runserver", "start", "upgrade"]


@pytest.mark.parametrize("command", [["verify_stock"], ["work", "--once"]])
def test_a_command_without_a_database_says_so(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)

    with pytest.raises(CommandError) as refused:
        call_command(*command, stdout=StringIO())

    assert str(refused.value) == "The database does not answer: connection refused Is it running?"


def refuse(_: object) -> None:
    raise OperationalError("connection refused\n\tIs it running?")


def test_a_command_after_them_runs() -> None:
    said = StringIO()

    call_command("record_prices", stdout=said)

    assert said.getvalue() == "Every price is recorded.\n"
