"""Tokens stand for cards, so that no card number ever comes here (PCI DSS, self-assessment A)."""

import re
from typing import Final

from shop.payments.errors import CardNumberRefused, PaymentTokenRequired
from shop.payments.types import Method
from shop.platform.keys import is_keyed_hash, keyed_hash
from shop.platform.scrub import passes_luhn

PURPOSE: Final = "payment tokens"

_DIGITS: Final = re.compile(r"(?<!\d)\d{13,19}(?!\d)")
_GAPS: Final = re.compile(r"[\s.\-_/\u2010-\u2015]")


def accepted(token: str | None, *, method: Method) -> str:
    """The token as the gateway gets it: empty for an offline method.

    Raises CardNumberRefused for what may be a card's number, PaymentTokenRequired for none where one is needed.
    """
    if token and is_card_number(token):
        raise CardNumberRefused()
    if method.kind == "offline":
        return ""
    if not token and method.kind == "card":
        raise PaymentTokenRequired()
    return token or ""


def is_card_number(text: str) -> bool:
    """Whether 13 to 19 digits with a right check digit (ISO/IEC 7812-1) stand in it, or are all of it but gaps."""
    runs = [*_DIGITS.findall(text), *_DIGITS.findall(text if _is_uuid(text) else _GAPS.sub("", text))]
    return any(passes_luhn(run) for run in runs)


def digest(token: str) -> str:
    """What is kept of a token: whether the next one is the same. Empty for none."""
    return keyed_hash(token, purpose=PURPOSE) if token else ""


def is_digest(given: str, token: str) -> bool:
    """Whether it is the digest of this token, made before a change of SECRET_KEY or after it."""
    return is_keyed_hash(given, token, purpose=PURPOSE) if token else not given


def _is_uuid(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text))
