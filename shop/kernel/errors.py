"""The kinds of refusals.

    Refusal
    ├── Unauthenticated   no credentials, or wrong ones
    ├── Forbidden         authenticated, but not allowed
    ├── Missing           does not exist, or is not visible to the actor
    ├── Invalid           a field is malformed or breaks a rule
    ├── Conflict          the current state does not allow it
    ├── Declined          the payment was declined
    ├── Throttled         a rate limit is exceeded
    └── Unavailable       a dependency is unavailable; try again

Each app defines its own subclasses: a class with a stable `code`, a `message` (the English sentence that clients get,
translated when it is shown) and typed facts in `params`; the docstring is for developers. shop.platform.http maps each
kind to an HTTP status.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from shop.kernel.messages import Message, gettext_noop, in_english

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: a stable code, a message, the dotted path of the field (or None) and the facts (or None)."""

    code: str
    message: Message
    field: str | None = None
    params: Params | None = None


class Refusal(Exception):
    """An operation is refused because of one or more problems; `problem` is the first."""

    code: ClassVar[str]
    message: ClassVar[str] = gettext_noop("This can't be done.")

    def __init__(
        self,
        *,
        field: str | None = None,
        params: Params | None = None,
        message: Message | None = None,
        others: tuple[Problem, ...] = (),
    ) -> None:
        self.problem = Problem(self.code, message or self.message, field, params)
        self.problems = (self.problem, *others)
        super().__init__(in_english(self.problem.message, params))


class Unauthenticated(Refusal):
    """Nobody is authenticated, or the credentials are wrong."""

    message = gettext_noop("Please log in.")


class Forbidden(Refusal):
    """The actor is known but may not do this."""

    message = gettext_noop("You are not allowed to do this.")


class Missing(Refusal):
    """The object does not exist, or the actor may not know that it does."""

    message = gettext_noop("Not found.")


class Invalid(Refusal):
    """A field is malformed or breaks a rule."""

    message = gettext_noop("Some fields need your attention.")


class Conflict(Refusal):
    """The current state does not allow the operation."""

    message = gettext_noop("The current state does not allow this.")


class Declined(Refusal):
    """The payment provider declined."""

    message = gettext_noop("The payment was declined.")


class Throttled(Refusal):
    """A rate limit is exceeded; `retry_after` is the number of seconds to wait."""

    message = gettext_noop("Too many requests. Please wait a moment.")

    def __init__(self, *, retry_after: int, params: Params | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(params={"retry_after": retry_after, **(params or {})})


class Unavailable(Refusal):
    """A dependency of the operation is unavailable; the same request may succeed later."""

    message = gettext_noop("This is not available at the moment. Please try again.")

    retry_after = 1


class FieldsWrong(Invalid):
    """One or more fields of a body are invalid; each problem names its field."""

    code = "invalid"
    message = gettext_noop("Some fields need your attention.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Report all problems of a body at once; each has its own code, message and field."""
        super().__init__()
        self.problems = tuple(problems)
        self.problem = self.problems[0]


class NotFound(Missing):
    """The object does not exist, or does not belong to the actor."""

    code = "not_found"
    message = gettext_noop("Not found.")


def catalogue() -> Iterator[type[Refusal]]:
    """Return every imported refusal that has a code, sorted by code."""
    by_code: dict[str, type[Refusal]] = {}
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if "code" in kind.__dict__:
            by_code[kind.code] = kind
    return iter(by_code[code] for code in sorted(by_code))
