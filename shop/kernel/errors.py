"""What can be refused, and how.

    Refusal
    ├── Unauthenticated   who are you?
    ├── Forbidden         known, but not allowed
    ├── Missing           absent, or not yours: the same answer
    ├── Invalid           a field is wrong or breaks a rule
    ├── Conflict          the state forbids it now
    ├── Declined          the payment was refused
    ├── Throttled         too often
    └── Unavailable       something that this needs is away; try again

Leaves live with their app: a class with a stable `code`, a `message` (the English sentence that clients get, which is
translated where it is shown) and typed facts in `params`; the docstring is for developers. The HTTP status of each kind
is decided in one place, shop.platform.http.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from shop.kernel.messages import Message, gettext_noop, in_english

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a stable code, a message, the dotted path of the field (or None) and the facts (or None)."""

    code: str
    message: Message
    field: str | None = None
    params: Params | None = None


class Refusal(Exception):
    """An operation is refused, for one problem or several; the first of them is `problem`."""

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
    """A rate limit is exceeded; `retry_after` says for how many seconds."""

    message = gettext_noop("Too many requests. Please wait a moment.")

    def __init__(self, *, retry_after: int, params: Params | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(params={"retry_after": retry_after, **(params or {})})


class Unavailable(Refusal):
    """Something that the operation needs is unavailable; the same request may succeed later."""

    message = gettext_noop("This is not available at the moment. Please try again.")

    retry_after = 1


class FieldsWrong(Invalid):
    """One or more fields of a body are wrong; each problem names its field."""

    code = "invalid"
    message = gettext_noop("Some fields need your attention.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        """All mistakes of a body at once; each problem has a code, a sentence and a field of its own."""
        super().__init__()
        self.problems = tuple(problems)
        self.problem = self.problems[0]


class NotFound(Missing):
    """The object does not exist, or is not the actor's."""

    code = "not_found"
    message = gettext_noop("Not found.")


def catalogue() -> Iterator[type[Refusal]]:
    """Every refusal that has a code and is imported, each once, sorted by code."""
    found: dict[str, type[Refusal]] = {}
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if "code" in kind.__dict__:
            found[kind.code] = kind
    return iter(found[code] for code in sorted(found))
