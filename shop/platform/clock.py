"""The application's clock: the one place where the time is asked for, so that tests can hold it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Final, overload

_SHIFT: Final = ContextVar("clock_shift", default=timedelta(0))


def now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC) + _SHIFT.get()  # noqa: TID251 - here it is asked for


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """What is done inside is done at that moment: the clock is set, and goes on. For what is made up, as a demo."""
    token = _SHIFT.set(moment - datetime.now(UTC))  # noqa: TID251 - the real one
    try:
        yield
    finally:
        _SHIFT.reset(token)


@overload
def stamp(at: datetime) -> str: ...
@overload
def stamp(at: None) -> None: ...
def stamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC to the second, as the API shows times: 2026-11-22T08:43:19Z. None stays None."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
