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

Leaves live with their app: a class with a stable `code`, one sentence as docstring (the message that the client
reads) and typed facts in `params`. The HTTP status of each kind is decided in one place, shop.platform.http.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a stable code, a sentence, the dotted path of the field (or None) and the facts (or None)."""

    code: str
    message: str
    field: str | None = None
    params: Params | None = None


class Refusal(Exception):
    """This can't be done."""

    code: ClassVar[str]

    def __init__(
        self,
        *,
        field: str | None = None,
        params: Params | None = None,
        message: str | None = None,
        others: tuple[Problem, ...] = (),
    ) -> None:
        self.problem = Problem(self.code, message or self.sentence(), field, params)
        self.problems = (self.problem, *others)
        super().__init__(self.problem.message)

    @classmethod
    def sentence(cls) -> str:
        """The docstring's first line, which is the message that a client reads."""
        return (cls.__doc__ or "").strip().splitlines()[0]


class Unauthenticated(Refusal):
    """Please log in."""


class Forbidden(Refusal):
    """You are not allowed to do this."""


class Missing(Refusal):
    """Not found."""


class Invalid(Refusal):
    """Some fields need your attention."""


class Conflict(Refusal):
    """The current state does not allow this."""


class Declined(Refusal):
    """The payment was declined."""


class Throttled(Refusal):
    """Too many requests. Please wait a moment."""

    def __init__(self, *, retry_after: int, params: Params | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(params={"retry_after": retry_after, **(params or {})})


class Unavailable(Refusal):
    """This is not available at the moment. Please try again."""

    retry_after = 1


class FieldsWrong(Invalid):
    """Some fields need your attention."""

    code = "invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        """All mistakes of a body at once; each problem has a code, a sentence and a field of its own."""
        super().__init__()
        self.problems = tuple(problems)
        self.problem = self.problems[0]


class NotFound(Missing):
    """Not found."""

    code = "not_found"


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
