"""The tables of the test gateway exist where test mode is on, or where they hold something."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.upgrades.conftest import COMMIT, UP_TO_DATE
from tests.upgrades.stored_shops import dump_of, manage, server

LIVE = {"DEBUG": "false", "ALLOWED_HOSTS": "shop.example.com", "PAYMENTS_TEST_MODE": "false"}
TRYING = LIVE | {"PAYMENTS_TEST_MODE": "true"}
BOTH = "payments_testcharge payments_testrefund"
TABLES = """
from django.db import connection
print(*sorted(name for name in connection.introspection.table_names() if name.startswith("payments_test")))
"""
CHARGES = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM payments_testcharge")
    print(cursor.fetchone()[0])
"""
PAID = """
from shop.payments.test_gateway.gateway import Bank
from shop.kernel.money import Money
from shop.payments.ports import Charge
print(Bank().charge(Charge(key="key-1", amount=Money(1999, "EUR")), token="tok_success", return_url="").outcome)
"""


@pytest.fixture
def place(tmp_path: Path) -> Any:
    return server(tmp_path)


@pytest.fixture
def fresh(place: Any) -> Iterator[str]:
    """An empty database."""
    place.restore(b"", to="fresh")
    yield place.url("fresh")
    place.drop("fresh")


@pytest.fixture
def stored(place: Any) -> Iterator[str]:
    """A shop of an earlier commit, in which the test gateway was paid with."""
    place.restore(dump_of(COMMIT, place.suffix), to="stored")
    yield place.url("stored")
    place.drop("stored")


def printed(url: str, code: str, mode: dict[str, str]) -> str:
    """What the code prints in a shop in that mode."""
    return manage(url, "shell", "-v0", "-c", code, **mode).strip()


@pytest.mark.parametrize("mode", [LIVE, TRYING], ids=["live", "test mode"])
def test_no_migration_is_missing(tmp_path: Path, mode: dict[str, str]) -> None:
    url = f"sqlite:///{tmp_path / 'any.sqlite3'}"

    answer = manage(url, "makemigrations", "--check", "--dry-run", "--skip-checks", **mode)

    assert answer == "No changes detected\n"


def test_a_live_shop_that_names_the_test_gateway_does_not_start(tmp_path: Path) -> None:
    named = LIVE | {"PAYMENT_GATEWAYS": "shop.payments.test_gateway.gateway.Bank"}

    with pytest.raises(AssertionError) as stopped:
        manage(f"sqlite:///{tmp_path / 'any.sqlite3'}", "check", **named)

    assert "set PAYMENTS_TEST_MODE=true instead" in str(stopped.value)


@pytest.mark.upgrade
def test_a_new_live_shop_has_no_tables_of_the_test_gateway(fresh: str) -> None:
    manage(fresh, "migrate", **LIVE)

    assert printed(fresh, TABLES, LIVE) == ""


@pytest.mark.upgrade
def test_a_new_shop_in_test_mode_has_them(fresh: str) -> None:
    manage(fresh, "migrate", **TRYING)

    assert (printed(fresh, TABLES, TRYING), printed(fresh, PAID, TRYING)) == (BOTH, "captured")


@pytest.mark.upgrade
def test_test_mode_is_switched_on_and_off_and_on_by_migrating(fresh: str) -> None:
    manage(fresh, "migrate", **LIVE)

    manage(fresh, "migrate", **TRYING)
    first = printed(fresh, PAID, TRYING)
    manage(fresh, "migrate", **LIVE)
    between = printed(fresh, CHARGES, LIVE)
    manage(fresh, "migrate", **TRYING)

    assert (first, between, printed(fresh, CHARGES, TRYING)) == ("captured", "1", "1")
    assert printed(fresh, PAID, TRYING) == "captured"


@pytest.mark.upgrade
def test_a_live_shop_keeps_the_charges_that_it_has_and_test_mode_finds_them(stored: str) -> None:
    before = printed(stored, CHARGES, TRYING)

    manage(stored, *UP_TO_DATE, **LIVE)
    live = printed(stored, CHARGES, LIVE)
    manage(stored, "migrate", **TRYING)

    assert int(before) > 0
    assert (live, printed(stored, CHARGES, TRYING)) == (before, before)
    assert printed(stored, PAID, TRYING) == "captured"


@pytest.mark.upgrade
def test_a_live_shop_loses_tables_that_are_empty(place: Any, stored: str) -> None:
    place.execute("stored", "DELETE FROM payments_testrefund", "DELETE FROM payments_testcharge")

    manage(stored, *UP_TO_DATE, **LIVE)

    assert printed(stored, TABLES, LIVE) == ""


@pytest.mark.upgrade
def test_both_migrations_can_be_undone_and_done_again(fresh: str) -> None:
    manage(fresh, "migrate", **TRYING)

    manage(fresh, "migrate", "test_gateway", "zero", **TRYING)
    manage(fresh, "migrate", "payments", "0002", **LIVE)
    undone = printed(fresh, TABLES, LIVE)
    manage(fresh, "migrate", **TRYING)

    assert (undone, printed(fresh, PAID, TRYING)) == (BOTH, "captured")
