from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from shop.accounts.models import User
from tests.accounts.visitor import Visitor, account, login

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time stands still until the test moves it."""
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def no_gap(settings: Settings) -> None:
    """Codes may be asked for one right after the other, as in development."""
    settings.ACCOUNTS = replace(settings.ACCOUNTS, otp_resend_after=timedelta(0))


@pytest.fixture
def limits_on(settings: Settings) -> None:
    """Every limit counts, in the database."""
    settings.SHOP = replace(settings.SHOP, limits_on=True, limits={}, redis_url="")


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def ada(db: None) -> User:
    return account()


@pytest.fixture
def me(ada: User, visitor: Visitor) -> Visitor:
    """Ada, logged in."""
    return login(visitor, ada.email)
