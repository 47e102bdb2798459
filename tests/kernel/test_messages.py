"""Messages as data: what is marked, and how facts get in."""

import pytest

from shop.kernel.messages import gettext_noop, in_english, ngettext_noop

LENGTH = ngettext_noop("%(max)s character.", "%(max)s characters.", "max")


@pytest.mark.parametrize(
    ("message", "facts", "sentence"),
    [
        (gettext_noop("Must be at least %(min)s."), {"min": 3}, "Must be at least 3."),
        (gettext_noop("100% sold."), {"min": 3}, "100% sold."),
        (gettext_noop("Must be at least %(min)s."), None, "Must be at least %(min)s."),
        (LENGTH, {"max": 1}, "1 character."),
        (LENGTH, {"max": 2}, "2 characters."),
        (LENGTH, {"max": 0}, "0 characters."),
    ],
)
def test_a_message_is_filled_in_with_its_facts(message: str, facts: dict[str, object] | None, sentence: str) -> None:
    assert in_english(message, facts) == sentence
