"""Something that happens in tests, and somebody who listens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import pytest

from shop.platform.events import LISTENERS, Event, listens


@dataclass(frozen=True, slots=True)
class Happened(Event):
    name: ClassVar[str] = "test.happened"
    note: str
    other: UUID | None = None


@dataclass
class Ear:
    """What it has heard; it fails so many times before."""

    heard: list[Mapping[str, Any]] = field(default_factory=list)
    failures: int = 0

    def hear(self, event: Mapping[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.heard.append(event)

    def notes(self) -> list[str]:
        return [each["note"] for each in self.heard]


@pytest.fixture
def ear() -> Iterator[Ear]:
    """It listens to what happens as long as the test runs."""
    found = Ear()
    listens(Happened.name)(found.hear)
    yield found
    del LISTENERS[Happened.name]
