"""Whether a text holds the number of a payment card, which must not be stored (PCI DSS)."""

import re

from shop.kernel.plain_text import plain

SHORTEST, LONGEST = 13, 19
_RUN = re.compile(r"\d+(?:[ \-\u2010-\u2015]\d+)*")
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
    """Whether digits stand in it that have a card network's prefix and length and a right check digit (Luhn).

    Spaces and hyphens may stand between them.
    """
    return any(_is_card(digits) for run in _RUN.findall(plain(text)) for digits in _joined(run))


def _joined(run: str) -> list[str]:
    """Every sequence of neighboring groups of digits that is as long as a card's number."""
    groups, found = re.split(r"\D", run), []
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if len(digits) > LONGEST:
                break
            if len(digits) >= SHORTEST:
                found.append(digits)
    return found


def _is_card(digits: str) -> bool:
    return bool(_NETWORK.fullmatch(digits)) and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(each) * 2, 10)) for each in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
