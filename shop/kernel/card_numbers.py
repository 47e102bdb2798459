"""Detecting payment card numbers in texts, which must not be stored (PCI DSS)."""

import re
from collections.abc import Iterator
from itertools import chain

from shop.kernel.plain_text import plain

SHORTEST, LONGEST = 13, 19
_RUN = re.compile(r"\d+(?:[ \-\u2010-\u2015]\d+)*")
_WIDE_RUN = re.compile(r"\d+(?:[\W_]{1,3}\d+)+")
_CARD_GROUPS = re.compile(r"(?:4 ){3}[1-4] (?:[1-4] )?|4 6 [45] |(?:8 ){2}|(?:1 ){13,19}|(?:2 ){7,9}(?:[12] )?")
"""How cards group their digits, as lengths. Digits with other separators than a space or a hyphen have to match it:
amounts, dates, times and coordinates are grouped in other ways."""
_SPACE = re.compile(r"\s")
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_NETWORK = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d{2}|62\d{2}|35(?:2[89]|[3-8]\d))\d{12,15}"  # Discover, UnionPay, JCB
    r"|3(?:0[0-59]|[689]\d)\d{11,16}"  # Diners Club
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"  # Maestro
    r"|220[0-4]\d{12,15}"  # Mir
)


def holds_card_number(text: str) -> bool:
    """Return whether the text has digits with a card network's prefix and length and a valid check digit (Luhn).

    A space or a hyphen may separate any of them; up to three other characters may where they are grouped as on a card.
    """
    seen = _UUID.sub("-", plain(_SPACE.sub(" ", text)))
    narrow = (digits for run in _RUN.findall(seen) for digits, _ in _joined(run))
    runs = _WIDE_RUN.findall(seen)
    wide = (digits for run in runs for digits, lengths in _joined(run) if _CARD_GROUPS.fullmatch(lengths))
    return any(map(_is_card, chain(narrow, wide)))


def _joined(run: str) -> Iterator[tuple[str, str]]:
    """Yield each sequence of adjacent digit groups that is as long as a card number, with the groups' lengths."""
    groups = re.findall(r"\d+", run)
    for start in range(len(groups)):
        digits = lengths = ""
        for group in groups[start:]:
            digits += group
            if len(digits) > LONGEST:
                break
            lengths += f"{len(group)} "
            if len(digits) >= SHORTEST:
                yield digits, lengths


def _is_card(digits: str) -> bool:
    return bool(_NETWORK.fullmatch(digits)) and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(each) * 2, 10)) for each in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
