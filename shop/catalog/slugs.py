"""Addresses made of names."""

import hashlib

from django.utils.text import slugify


def slug_of(name: str, *, most: int = 100) -> str:
    """The name as an address: lower-case ASCII letters, digits and hyphens.

    A name of which nothing is left, as one in another script, gets an address of its own that is always the same.
    """
    plain = slugify(name)[:most].strip("-_")
    return plain or f"item-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
