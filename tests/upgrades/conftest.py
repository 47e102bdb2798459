"""A stored shop, brought up to date as the guide to operating says, and a copy of it for each test."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.upgrades.stored_shops import AT, SECRET_KEY, connected_to, dump_of, manage, memory_of, server

COMMIT = "5249f89"
UP_TO_DATE = ["upgrade"]
"""What docs/guides/operating.md says to run with a new version."""
CODES = {"SUMMER-10": "summer-10", "AUTUMN 10": "autumn 10", "AUTUMN-10": "autumn-10"}
"""Codes as a shop of that day stored them, with their keys."""


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The server with the upgraded database, `upgraded`: two processes upgraded it at once, and then one more.

    `told` is what each of them printed.
    """
    place = server(tmp_path_factory.mktemp("upgrades"))
    place.restore(dump_of(COMMIT, place.suffix), to="upgraded")
    place.execute("upgraded", *(stored_code(code, key) for code, key in CODES.items()))
    with ThreadPoolExecutor() as pool:
        first = list(pool.map(lambda _: manage(place.url("upgraded"), *UP_TO_DATE), range(2)))
    place.told = [*first, manage(place.url("upgraded"), *UP_TO_DATE)]
    yield place
    place.drop("upgraded")


def stored_code(code: str, key: str) -> str:
    """The statement that stores one more code for the promotion that there is."""
    return f"""
        INSERT INTO promotions_discountcode
            (id, version, created_at, updated_at, promotion_id, code, key, usage_limit, once_per_customer, used)
        SELECT '{uuid4().hex}', 1, created_at, updated_at, promotion_id, '{code}', '{key}', NULL, once_per_customer, 0
        FROM promotions_discountcode WHERE key = 'welcome10'
    """  # noqa: S608


@pytest.fixture
def url(databases: Any) -> Iterator[str]:
    """A copy of the upgraded database, for one test."""
    databases.copy("upgraded", to="copy")
    yield databases.url("copy")
    databases.drop("copy")


@pytest.fixture
def memory(databases: Any) -> Any:
    """What the clients of the stored shop hold."""
    return memory_of(COMMIT, databases.suffix)


@pytest.fixture
def shop(url: str, databases: Any, settings: Settings, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The upgraded shop in this process, a moment after its last call."""
    settings.SECRET_KEY = SECRET_KEY
    settings.PASSWORD_HASHERS = ["shop.accounts.passwords.Argon2id", "django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)
    with django_db_blocker.unblock(), connected_to(databases.name("copy")), time_machine.travel(AT, tick=False):
        yield
