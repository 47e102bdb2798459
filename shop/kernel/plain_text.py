"""Texts without what carries no meaning: what can't be seen; in a code or number, width and script of digits too."""

import re
import unicodedata
from stringprep import in_table_b1
from typing import Final

DIRECTION_MARKS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of the text that follows, also that of whatever is printed next to it."""
BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category that show nothing: fillers of Hangul, the empty cell of Braille."""


def is_visible(text: str) -> bool:
    """Whether something of the text can be seen: spaces, marks without a letter, U+200B and U+3164 can't."""
    return any(unicodedata.category(each)[0] in "LNPS" and each not in BLANK for each in text)


def readable(text: str) -> str:
    """The text as it is, without what would turn its direction; empty where nothing of it can be seen."""
    return DIRECTION_MARKS.sub("", text) if is_visible(text) else ""


def without_ignored(text: str) -> str:
    """The text without what names of hosts are compared without (RFC 3454, B.1): U+00AD, U+200B, U+FEFF …"""
    return text if text.isascii() else "".join(each for each in text if not in_table_b1(each))


def plain(text: str) -> str:
    """The text in the ordinary width and with ASCII digits, without what can't be seen (U+200B, U+FEFF …)."""
    wide = unicodedata.normalize("NFKC", text)
    seen = (each for each in wide if unicodedata.category(each) not in ("Cf", "Cc"))
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in seen)


def without_gaps(text: str) -> str:
    """The text as `plain`, without spaces and hyphens too."""
    return "".join(each for each in plain(text) if unicodedata.category(each) not in ("Zs", "Zl", "Zp", "Pd"))
