"""Texts without what carries no meaning in a code or a number: width, script of digits, what can't be seen."""

import unicodedata


def plain(text: str) -> str:
    """The text in the ordinary width and with ASCII digits, without what can't be seen (U+200B, U+FEFF …)."""
    wide = unicodedata.normalize("NFKC", text)
    seen = (each for each in wide if unicodedata.category(each) not in ("Cf", "Cc"))
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in seen)


def without_gaps(text: str) -> str:
    """The text as `plain`, without spaces and hyphens too."""
    return "".join(each for each in plain(text) if unicodedata.category(each) not in ("Zs", "Zl", "Zp", "Pd"))
