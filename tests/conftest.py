"""What every test may rely on: no network but this machine, examples that repeat in CI, nothing kept in var/."""

import gc
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from itertools import groupby
from operator import attrgetter
from typing import Any

import pytest
from django.conf import settings
from django.core.serializers import deserialize
from django.db import connection, transaction
from hypothesis import settings as hypothesis_settings

from shop.platform.settings import shop_settings
from tests.migrated import copied

pytest.register_assert_rewrite("shop.payments.testing")

HERE = {"", "localhost", "0.0.0.0", "::"}  # noqa: S104 - as an address to call, this machine
CALLS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}

hypothesis_settings.register_profile("ci", derandomize=True, deadline=None, database=None)
hypothesis_settings.register_profile("development", deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "development")


class NetworkCalled(Exception):
    """A test called somebody outside this machine. Give it a fake at the port instead."""


def stay_here(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: raises NetworkCalled before anything leaves this machine."""
    if event in CALLS:
        address = arguments[CALLS[event]]
        host = address[0] if isinstance(address, tuple) and address else address
        if isinstance(host, bytes):
            host = host.decode()
        if isinstance(host, str) and not host.startswith(("/", "\0")) and host not in HERE and not is_loopback(host):
            raise NetworkCalled(host)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(stay_here)


@pytest.fixture(scope="session", autouse=True)
def kept_nowhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploads and mails that a test writes to disk go where the system clears up."""
    folder = tmp_path_factory.mktemp("var")
    settings.MEDIA_ROOT = folder / "media"
    settings.SHOP = replace(shop_settings(), mailbox=folder / "mailbox" if shop_settings().mailbox else None)


@pytest.fixture(scope="session", autouse=True)
def conforming() -> None:
    """Every answer of the API that a test gets is held against the OpenAPI document: tests/contracts/conformance.py."""
    settings.API_MIDDLEWARE = ["tests.contracts.conformance.Conforming"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """SQLite's test database is a copy of one that was migrated before: tests/migrated.py."""
    if connection.vendor == "sqlite":
        connection.creation.create_test_db = copied(connection.creation.create_test_db)  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """What migrations put into the database is put back, after tests that really commit, by one statement a table.

    Django's own way is two statements for each of the 250 rows. The statements are composed once and kept.
    """
    kept: dict[str, list[tuple[str, Any]]] = {}

    def put_back(data: str) -> None:
        with transaction.atomic():
            if data not in kept:
                kept[data] = written(data)
                return
            with connection.cursor() as cursor:
                for statement, values in kept[data]:
                    cursor.execute(statement, values)

    connection.creation.deserialize_db_from_string = put_back  # type: ignore[method-assign]


def written(data: str) -> list[tuple[str, Any]]:
    """Writes these rows, and says by which statements."""
    statements: list[tuple[str, Any]] = []

    def heard(execute: Callable[..., object], sql: str, params: Any, many: bool, context: object) -> object:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    rows = [each.object for each in deserialize("json", data)]
    with connection.execute_wrapper(heard):
        for model, found in groupby(rows, key=attrgetter("__class__")):
            rest = [field.name for field in model._meta.concrete_fields if not field.primary_key]
            model._base_manager.bulk_create(found, update_conflicts=True, unique_fields=["pk"], update_fields=rest)
    return statements


COMMITTING = frozenset({"transactional_db", "live_server"})


def pytest_collection_finish() -> None:
    """What is there before the first test, the shop and its tests, is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What migrations put into the database, as the store, is there again after a test that really commits.

    Only tests that use the database are marked: a fixture for all would lead the others, for which pytest-django makes
    no test database, into the one of development.
    """
    for item in items:
        said = item.get_closest_marker("django_db")
        if _asks_to_commit(item) or (said is not None and said.kwargs.get("transaction", False)):
            kept = {**(said.kwargs if said else {}), "transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**kept), append=False)


def _asks_to_commit(item: pytest.Item) -> bool:
    """Whether the test asks for a fixture of the plug-in's that commits; a folder's own of that name knows better."""
    known = getattr(item, "_fixtureinfo", None)
    given = known.name2fixturedefs if known is not None else {}
    return any(given[name][-1].func.__module__.startswith("pytest_django") for name in COMMITTING & given.keys())
