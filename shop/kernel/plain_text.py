"""Normalizing texts: removing invisible characters; in codes and numbers, also the width and script of digits."""

import re
import unicodedata
from stringprep import in_table_b1
from typing import Final

DIRECTION_MARKS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of the text that follows, also that of whatever is printed next to it."""
BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Characters in categories of letters and symbols that are blank: Hangul fillers, the empty Braille pattern."""


def is_visible(text: str) -> bool:
    """Return whether the text has a visible character: not only spaces, marks without a letter, U+200B or U+3164."""
    return any(unicodedata.category(each)[0] in "LNPS" and each not in BLANK for each in text)


def readable(text: str) -> str:
    """The text as it is, without what would turn its direction; empty where nothing of it can be seen."""
    return DIRECTION_MARKS.sub("", text) if is_visible(text) else ""


def without_ignored(text: str) -> str:
    """Return the text without the characters that host names ignore (RFC 3454, B.1): U+00AD, U+200B, U+FEFF …"""
    return text if text.isascii() else "".join(each for each in text if not in_table_b1(each))


def plain(text: str) -> str:
    """Return the text in normal width and with ASCII digits, without invisible characters (U+200B, U+FEFF …)."""
    wide = unicodedata.normalize("NFKC", text)
    seen = (each for each in wide if unicodedata.category(each) not in ("Cf", "Cc"))
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in seen)


def without_gaps(text: str) -> str:
    """Return the text as `plain` does, also without spaces and hyphens."""
    return "".join(each for each in plain(text) if unicodedata.category(each) not in ("Zs", "Zl", "Zp", "Pd"))
