"""Messages are data: English sentences, marked where they stand and translated where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plural:
    """A message that depends on a number: `one` where the fact `by` is 1, else `many`."""

    one: str
    many: str
    by: str


Message = str | Plural


def gettext_noop(message: str) -> str:
    """Mark a message for extraction and return it as it is: Django's function of that name, for the kernel too."""
    return message


def ngettext_noop(one: str, many: str, by: str) -> Plural:
    """Mark a message with a singular and a plural for extraction."""
    return Plural(one, many, by)


def fill(text: str, facts: Mapping[str, object] | None) -> str:
    """Replace each `%(fact)s`; a text without one is returned as it is, per cent signs included."""
    return text % facts if facts and "%(" in text else text


def in_english(message: Message, facts: Mapping[str, object] | None = None) -> str:
    """The message as it stands in the code, filled in: for logs, and for those who read English."""
    if isinstance(message, Plural):
        message = message.one if (facts or {}).get(message.by) == 1 else message.many
    return fill(message, facts)
