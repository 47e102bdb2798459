"""A stored shop, brought up to date as the guide to operating says, and a copy of it for each test."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.upgrades.stored_shops import AT, SECRET_KEY, connected_to, dump_of, manage, memory_of, server

COMMIT = "5249f89"
UP_TO_DATE = (["migrate", "--verbosity", "0"], ["record_prices"], ["clean_pictures"], ["index_orders"])
"""What docs/guides/operating.md says to run with a new version."""


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The server with the upgraded database, `upgraded`; each command has run twice, as they may."""
    place = server(tmp_path_factory.mktemp("upgrades"))
    place.restore(dump_of(COMMIT, place.suffix), to="upgraded")
    for command in UP_TO_DATE * 2:
        manage(place.url("upgraded"), *command)
    yield place
    place.drop("upgraded")


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
    settings.SHOP = replace(settings.SHOP, payments_test_mode=True)
    with django_db_blocker.unblock(), connected_to(databases.name("copy")), time_machine.travel(AT, tick=False):
        yield
