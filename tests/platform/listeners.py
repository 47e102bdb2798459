"""An event for tests, and a listener that records it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import pytest

from shop.platform.events import LISTENERS, Event, listens


@dataclass(frozen=True, slots=True)
class SomethingHappened(Event):
    name: ClassVar[str] = "test.happened"
    note: str
    other: UUID | None = None


@dataclass
class RecordingListener:
    """Record events after failing so many times."""

    events: list[Mapping[str, Any]] = field(default_factory=list)
    failures: int = 0

    def listen(self, event: Mapping[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.events.append(event)

    def notes(self) -> list[str]:
        return [each["note"] for each in self.events]


@pytest.fixture
def listener() -> Iterator[RecordingListener]:
    """A listener, registered while the test runs."""
    found = RecordingListener()
    listens(SomethingHappened.name)(found.listen)
    yield found
    del LISTENERS[SomethingHappened.name]
