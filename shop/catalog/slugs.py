"""Slugs made from names, in ASCII. No letter or digit of a name is dropped without a trace."""

import hashlib
import unicodedata
from collections.abc import Container
from itertools import chain, count
from typing import Final

from anyascii import anyascii
from django.utils.text import slugify

HASH: Final = 12
SPELLED: Final = {"й": "i", "Й": "I"}
"""Transliterations of passports (ICAO 9303) where the library follows another standard."""


def slug_of(name: str, *, most: int = 255) -> str:
    """Return the name as a slug: lower-case ASCII letters, digits and hyphens.

    Other scripts are transliterated. Where a letter has no ASCII form, or the slug would be longer than `most`, it ends
    with a hash of the whole name, so that names with the same beginning get different slugs.
    """
    spelled = [_spelled(letter) for letter in unicodedata.normalize("NFC", name)]
    plain = slugify("".join(each or "" for each in spelled)).strip("-_")
    if plain and len(plain) <= most and None not in spelled:
        return plain
    beginning = plain[: most - HASH - 1].strip("-_") or "item"
    return f"{beginning}-{hash_of(name)}"


def free_slug(name: str, taken: Container[str], *, most: int = 255) -> str:
    """Return the slug of the name, with a number at its end if it is taken."""
    slug = slug_of(name, most=most)
    numbered = (f"{slug[: most - len(str(at)) - 1].rstrip('-_')}-{at}" for at in count(2))
    return next(each for each in chain([slug], numbered) if each not in taken)


def hash_of(name: str) -> str:
    """Return a hash of the whole name in twelve hexadecimal digits."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:HASH]


def _spelled(letter: str) -> str | None:
    """Return the character in ASCII, empty for some punctuation; None for a letter or digit without an ASCII form."""
    if letter.isascii():
        return letter
    category = unicodedata.category(letter)
    if category[0] not in "LNM":
        return "-" if category == "Pd" or letter.isspace() else ""
    spelled = SPELLED.get(letter) or anyascii(letter)
    return None if not spelled and category[0] != "M" else spelled.replace("/", "-")
