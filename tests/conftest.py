"""What every test may rely on: no network but this machine, examples that repeat in CI, nothing kept in var/."""

import gc
import os
import sys
from dataclasses import replace
from ipaddress import ip_address

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from shop.platform.settings import shop_settings
from tests.migrated import copied
from tests.reset import Reset

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
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """A test that really commits leaves the database as it found it: tests/reset.py, in place of Django's `flush`."""
    with django_db_blocker.unblock():
        reset = Reset()
        connection.close()
    TransactionTestCase._fixture_teardown = lambda _: reset()  # type: ignore[attr-defined]


def pytest_collection_finish() -> None:
    """What is there before the first test, the shop and its tests, is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
