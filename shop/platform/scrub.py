"""Takes secrets out of what is about to be written down: by the name of a field, by prefix, by shape."""

import re
from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "[scrubbed]"

_SECRET_NAMES: Final = frozenset(
    {"otp", "code", "pin", "pan", "cvc", "cvv", "iban", "dsn", "api_key", "apikey", "card"}
)
_SECRET_PARTS: Final = ("passw", "token", "secret", "authorization", "cookie", "credential", "signature", "card_number")
_DEEPEST: Final = 6

_TOKEN = re.compile(r"\b(s[aor]t|sa[ar]|sr[gp]|shk|crt|whsec)_[\w-]{8,}")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_URL_LOGIN = re.compile(r"(?<=://)[^\s/@]*:[^\s/@]*(?=@)")
_NAMED = re.compile(
    r"""(?ix) \b ([\w-]* (?:passw|token|secret|authorization|otp) [\w-]*)   # a name
    (["']? \s* [:=] \s*)
    ( "[^"]*" | '[^']*' | [^\s,;&"'}\])]+ )                              # what it is set to"""
)
_CARD = re.compile(r"(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){8,15}(?![\w-])")

_shapes: list[re.Pattern[str]] = []


def add_shape(shape: str) -> None:
    """Hide the secrets of an app that look like this: a regular expression whose one group, the prefix, stays."""
    _shapes.append(re.compile(rf"\b{shape}"))


def is_secret_name(name: str) -> bool:
    """Whether a field of that name is never written down, whatever it holds."""
    plain = name.lower().replace("-", "_")
    return plain in _SECRET_NAMES or any(part in plain for part in _SECRET_PARTS)


def scrub_text(text: str) -> str:
    """The text without tokens, logins in URLs, named secrets and card numbers."""
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _TOKEN.sub(rf"\1_{HIDDEN}", text)
    for shape in _shapes:
        text = shape.sub(rf"\1_{HIDDEN}", text)
    text = _URL_LOGIN.sub(HIDDEN, text)
    text = _NAMED.sub(rf"\1\2{HIDDEN}", text)
    return _CARD.sub(lambda found: HIDDEN if passes_luhn(found.group()) else found.group(), text)


def scrub(value: object, *, depth: int = 0) -> object:
    """The value without secrets, through mappings and lists; what lies deeper than six levels is left out."""
    match value:
        case None | bool() | float():
            return value
        case int():
            return HIDDEN if _CARD.fullmatch(str(value)) and passes_luhn(str(value)) else value
        case str():
            return scrub_text(value)
        case _ if depth >= _DEEPEST:
            return HIDDEN
        case Mapping():
            return {
                str(key): HIDDEN if is_secret_name(str(key)) and each is not None else scrub(each, depth=depth + 1)
                for key, each in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [scrub(each, depth=depth + 1) for each in value]
        case _:
            return scrub_text(str(value))


def passes_luhn(text: str) -> bool:
    """Whether the digits end in their check digit (ISO/IEC 7812-1), as card numbers do."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
