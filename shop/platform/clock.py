"""The application's clock: the one place where the time is asked for, so that tests can hold it."""

from datetime import UTC, datetime
from typing import overload


def now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - here it is asked for


@overload
def stamp(at: datetime) -> str: ...
@overload
def stamp(at: None) -> None: ...
def stamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC to the second, as the API shows times: 2026-11-22T08:43:19Z. None stays None."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
