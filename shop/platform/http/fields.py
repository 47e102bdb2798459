"""What comes in: the base of every body, the field types that bodies share, and their mistakes in our words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails

from shop.kernel.errors import NotFound, Problem, Refusal
from shop.kernel.messages import Message, gettext_noop, ngettext_noop
from shop.platform.http.body import MOST_PROBLEMS
from shop.platform.http.refusals import FieldsWrong, InvalidHeader, InvalidJson, InvalidQuery

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 7493, 2.2)."""
MOST_MISTAKES = MOST_PROBLEMS
"""How many mistakes are told in one answer, so that a hostile body does not make a larger answer."""
LONGEST_PLACE = 200


def _without_defaults(schema: dict[str, Any]) -> None:
    """Drop `default` from the properties of a body: generators of clients take a property that has one as required."""
    for each in schema.get("properties", {}).values():
        each.pop("default", None)


class In(BaseModel):
    """A body: strict types, unknown fields refused, fields that only we write called read-only."""

    model_config = ConfigDict(strict=True, extra="forbid", json_schema_extra=_without_defaults)
    read_only: ClassVar[frozenset[str]] = frozenset({"id", "version", "created_at", "updated_at"})


class Judged(In):
    """A body with mistakes that its fields do not show alone, told together with those that they do."""

    @classmethod
    def judge(cls, sent: Mapping[str, Any], right: Mapping[str, Any]) -> "Iterator[tuple[str | None, Mistake]]":
        """What is wrong besides, by field or None. `right` is that of `sent` with which nothing is wrong alone.

        Asked only when a field is wrong: the operation judges a body whose form is right.
        """
        raise NotImplementedError

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, sent: Any, validated: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validated(sent)
        except ValidationError as wrong:
            if not isinstance(sent, dict):
                raise
            found = wrong.errors(include_url=False)
            told = {each["loc"][0] if each["loc"] else None for each in found}
            right = {name: value for name, value in sent.items() if name not in told}
            besides = [
                InitErrorDetails(type="value_error", loc=(name,) if name else (), input=None, ctx={"error": mistake})
                for name, mistake in cls.judge(sent, right)
                if name not in told
            ]
            raise ValidationError.from_exception_data(cls.__name__, [*map(_again, found), *besides]) from None


def _again(found: ErrorDetails) -> InitErrorDetails:
    return InitErrorDetails(type=found["type"], loc=found["loc"], input=found["input"], ctx=found.get("ctx", {}))


class Patch(In):
    """A merge-patch (RFC 7396): what is absent stays, null clears. Only fields that allow None can be cleared.

    A field that is a Patch itself is merged too: its change is a mapping of those fields of it that were sent, null
    where they are cleared.
    """

    cleared: ClassVar[Mapping[str, object]] = {}
    """What null stands for, where it is not the empty text."""

    def changes(self) -> dict[str, Any]:
        """The values to store, by name, of the fields that were sent."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: self._change(name, value) for name, value in sent.items()}

    def _change(self, name: str, value: object) -> object:
        if isinstance(value, Patch):
            return value.changes()
        return self.cleared.get(name, "") if value is None else value


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
"""A short text that says something."""

UNACCEPTABLE_TEXT: Final = gettext_noop(
    "This text can't be accepted: it contains NUL, half of a surrogate pair, too many combining marks in a row, "
    "or a card number."
)

FIELD_SENTENCES: dict[str, str] = {
    "required": gettext_noop("This field is required."),
    "invalid_type": gettext_noop("Invalid type."),
    "too_short": gettext_noop("This is too short."),
    "too_long": gettext_noop("This is too long."),
    "too_small": gettext_noop("This is too small."),
    "too_large": gettext_noop("This is too large."),
    "invalid_format": gettext_noop("Invalid format."),
    "invalid_choice": gettext_noop("Not a valid choice."),
    "unknown_field": gettext_noop("Unknown field."),
    "read_only": gettext_noop("This field can't be changed here."),
    "invalid_text": UNACCEPTABLE_TEXT,
    "invalid": gettext_noop("This is not valid."),
}
"""Every code that a single field can be refused with for its form, and its sentence."""

FIELD_FACTS: dict[str, tuple[str, ...]] = {
    "invalid_type": ("expected",),
    "too_short": ("min", "actual"),
    "too_long": ("max", "actual"),
    "too_small": ("min",),
    "too_large": ("max",),
    "invalid_choice": ("expected",),
}
"""The facts that most of these codes come with; of a list alone `actual`."""

_CODES: dict[str, str] = {
    "missing": "required",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "string_pattern_mismatch": "invalid_format",
    "enum": "invalid_choice",
    "literal_error": "invalid_choice",
    "extra_forbidden": "unknown_field",
    "string_unicode": "invalid_text",
}

_FACTS: dict[str, str] = {
    "min_length": "min",
    "max_length": "max",
    "ge": "min",
    "gt": "above",
    "le": "max",
    "lt": "below",
    "expected": "expected",
    "actual_length": "actual",
}


_KINDS_IN_JSON: dict[str, str] = {"model": "object", "dict": "object"}
_CHOICE = re.compile(r"'([^']*)'")
"""One of the choices that pydantic names in a sentence: 'this', 'that' or 'another'."""


class Mistake(ValueError):
    """Raised by a field's own validator: a code of FIELD_SENTENCES, or one with a sentence of its own."""

    def __init__(self, code: str, sentence: str | None = None, params: Mapping[str, object] | None = None) -> None:
        self.code, self.params = code, params
        super().__init__(sentence or FIELD_SENTENCES[code])


def refusal_of(
    errors: Iterable[ErrorDetails], *, text_problems: list[Problem], read_only: frozenset[str] = frozenset()
) -> Refusal:
    """What is answered for the mistakes that pydantic found: 404 for a path, 400 for query and headers, else 422."""
    found = list(errors)
    source = str(found[0]["loc"][0])
    if source == "path":
        return NotFound()
    if source in ("query", "header"):
        kind = InvalidQuery if source == "query" else InvalidHeader
        first, *others = [
            _parameter_problem(kind.code, _problem(each, name=_parameter(each), read_only=read_only))
            for each in found[:MOST_MISTAKES]
        ]
        return kind(field=first.field, params=first.params, message=first.message, others=tuple(others))
    if found[0]["type"] == "missing" and len(found[0]["loc"]) == 2:
        return InvalidJson(message=gettext_noop("A JSON body is required."))
    problems = [_problem(each, name=_path(each), read_only=read_only) for each in found[:MOST_MISTAKES]]
    told = {each.field for each in text_problems}
    return FieldsWrong((text_problems + [each for each in problems if each.field not in told])[:MOST_MISTAKES])


def _parameter_problem(code: str, problem: Problem) -> Problem:
    """The problem with the code of its place; the code that it has in a body is `params.reason`."""
    return replace(problem, code=code, params={"reason": problem.code, **(problem.params or {})})


def _parameter(error: ErrorDetails) -> str:
    """The parameter's name: the last name in its place, whether it stands in a model or alone."""
    return [part for part in error["loc"] if isinstance(part, str)][-1]


def _path(error: ErrorDetails) -> str | None:
    """The dotted path below the body: Ninja puts the source and the argument's name in front."""
    places = [str(part) for part in error["loc"][2:] if part != "[key]"]
    return ".".join(places)[:LONGEST_PLACE] or None


def _problem(error: ErrorDetails, *, name: str | None, read_only: frozenset[str]) -> Problem:
    context = error.get("ctx") or {}
    mistake = context.get("error")
    if isinstance(mistake, Mistake):
        return Problem(mistake.code, str(mistake), name, mistake.params)
    kind = error["type"]
    code = _CODES.get(kind) or ("invalid_type" if kind.endswith(("_type", "_parsing", "_from_float")) else "invalid")
    if code == "unknown_field" and name in read_only:
        code = "read_only"
    facts = {ours: context[theirs] for theirs, ours in _FACTS.items() if theirs in context}
    if code == "invalid_choice":
        facts = {"expected": _CHOICE.findall(context["expected"])}
    if code == "invalid_type":
        expected = kind.split("_")[0]
        facts = {"expected": _KINDS_IN_JSON.get(expected, expected)}
    return Problem(code, _message(code, facts, is_text=kind.startswith("string_")), name, facts or None)


_MESSAGES_WITH_FACTS: dict[tuple[str, str], Message] = {
    ("too_small", "min"): gettext_noop("Must be at least %(min)s."),
    ("too_large", "max"): gettext_noop("Must be at most %(max)s."),
    ("too_short", "min"): ngettext_noop("Must have at least %(min)s item.", "Must have at least %(min)s items.", "min"),
    ("too_long", "max"): ngettext_noop("Must have at most %(max)s item.", "Must have at most %(max)s items.", "max"),
}
"""What says more than FIELD_SENTENCES, by the code and the fact that it takes."""

_LENGTHS_OF_TEXT: dict[tuple[str, str], Message] = {
    ("too_short", "min"): ngettext_noop(
        "Must have at least %(min)s character.", "Must have at least %(min)s characters.", "min"
    ),
    ("too_long", "max"): ngettext_noop(
        "Must have at most %(max)s character.", "Must have at most %(max)s characters.", "max"
    ),
}


def _message(code: str, facts: Mapping[str, object], *, is_text: bool) -> Message:
    messages = _MESSAGES_WITH_FACTS | _LENGTHS_OF_TEXT if is_text else _MESSAGES_WITH_FACTS
    return next((messages[code, fact] for fact in facts if (code, fact) in messages), FIELD_SENTENCES[code])


WholeNumber = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
