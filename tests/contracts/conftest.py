from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.contracts import factories
from tests.rolled_back import RolledBack


@pytest.fixture(scope="module")
def open_shop(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """There is something to buy, for all tests of a file: what `factories.mug` finds. Afterwards there is not."""
    with django_db_blocker.unblock(), RolledBack():
        factories.mug()
        yield
