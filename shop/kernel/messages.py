"""Messages are data: English sentences, marked for extraction where they are defined, translated when shown."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plural:
    """A message with a singular and a plural: `one` if the fact `by` is 1, else `many`."""

    one: str
    many: str
    by: str


Message = str | Plural


def gettext_noop(message: str) -> str:
    """Mark a message for extraction and return it unchanged, as Django's function of that name does."""
    return message


def ngettext_noop(one: str, many: str, by: str) -> Plural:
    """Mark a message with a singular and a plural for extraction."""
    return Plural(one, many, by)


def fill(text: str, facts: Mapping[str, object] | None) -> str:
    """Replace each `%(fact)s`; a text without one is returned unchanged, including percent signs."""
    return text % facts if facts and "%(" in text else text


def in_english(message: Message, facts: Mapping[str, object] | None = None) -> str:
    """Return the untranslated message with its facts filled in."""
    if isinstance(message, Plural):
        message = message.one if (facts or {}).get(message.by) == 1 else message.many
    return fill(message, facts)
