"""What tests of the platform share."""

import pytest
from django.db import connection


@pytest.fixture
def open_connections(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection stays open around requests to the server's entry, as the test's own transaction is in it."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
