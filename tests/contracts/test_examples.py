"""The example of every success is what the shop answers. That each has one, test_openapi.py sees."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from tests.contracts.examples import (
    FOLDER,
    RECORDING,
    STOREFRONT,
    keep,
    kept,
    recorded,
    stock_the_shop,
    successes,
    the_day_before,
)
from tests.contracts.operations import Operation, operations
from tests.rolled_back import RolledBack

SUCCESSES = [pytest.param(operation, status, id=f"{operation}-{status}") for operation, status in successes()]


@pytest.fixture(scope="module")
def stocked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The shop of the examples, for all tests of this file."""
    with django_db_blocker.unblock(), RolledBack():
        with the_day_before():
            stock_the_shop()
        yield


@pytest.fixture
def with_a_storefront(settings: Settings) -> None:
    """Shoppers who come from their bank are sent back there."""
    settings.SHOP = replace(settings.SHOP, cors_origins=frozenset({STOREFRONT}))


@pytest.mark.usefixtures("stocked", "db", "with_a_storefront")
@pytest.mark.parametrize(("operation", "status"), SUCCESSES)
def test_the_example_is_what_the_shop_answers(client: Client, operation: Operation, status: int) -> None:
    answer = recorded(operation, status, client)

    keep(operation, status, answer, is_recording=RECORDING in os.environ)
    assert kept(operation).get(str(status)) == answer, (
        "Run: RECORD_EXAMPLES=1 .venv/bin/python -m pytest -q tests/contracts/test_examples.py -k answers; "
        "then .venv/bin/python manage.py openapi (make openapi does both), and read the difference."
    )


def test_nothing_is_kept_that_the_document_does_not_know() -> None:
    names = {operation.id for operation in operations()}

    assert {path.stem for path in FOLDER.glob("*.json")} == names
