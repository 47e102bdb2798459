import pytest

from shop.kernel.plain_text import is_visible, readable, without_ignored


@pytest.mark.parametrize("text", ["a", "é", "あ", "👍", "東", "-", "\u200bx", "e\u0301"])
def test_what_can_be_seen_is_there(text: str) -> None:
    assert (is_visible(text), readable(text)) == (True, text)


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "\u00a0", "\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\u0301", "\ufe0f"]
)
def test_what_can_not_be_seen_is_nothing(text: str) -> None:
    assert (is_visible(text), readable(text)) == (False, "")


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_marks_that_turn_the_direction_are_dropped(mark: str) -> None:
    assert readable(f"Ada{mark} Lovelace") == "Ada Lovelace"


@pytest.mark.parametrize("mark", "\u00ad\u034f\u200b\u200c\u200d\u2060\ufe0f\ufeff")
def test_what_names_of_hosts_ignore_is_dropped(mark: str) -> None:
    assert without_ignored(f"a{mark}@bücher.example") == "a@bücher.example"
