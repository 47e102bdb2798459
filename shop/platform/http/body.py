"""From bytes to Python, strictly (RFC 8259, I-JSON RFC 7493).

Broken JSON, duplicate keys, NaN, infinite numbers, invalid UTF-8 and absurd depth are refused as a whole. NUL and lone
surrogates can't be stored by every database, and the normal form of a long run of combining marks takes quadratic time:
both are noted with their path, so that they are told together with the other mistakes of the body. Other text is
brought into normal form C.
"""

import json
import math
import re
import unicodedata
from typing import Final, NoReturn
from urllib.parse import unquote_to_bytes

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from shop.kernel.errors import Problem, Refusal
from shop.kernel.messages import gettext_noop
from shop.platform.http.received import LARGEST_BODY, came_too_slowly
from shop.platform.http.refusals import (
    BadRequest,
    BodyTooLarge,
    InvalidJson,
    RequestTimedOut,
    UnsupportedMediaType,
)

MERGE_PATCH = "application/merge-patch+json"
DEEPEST = 64
LONGEST_NUMBER = 100
MOST_KEYS = 1000
MOST_VALUES = 20_000
"""Values in one body, whatever they are: each may be wrong, and each mistake takes its time."""
MOST_MARKS: Final = 30
"""Combining marks in a row, as in the stream-safe text format (Unicode Standard Annex 15)."""
MOST_PROBLEMS = 100

_TEXTS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)

INVALID_TEXT = gettext_noop("This text contains a character that can't be stored (NUL or half of a surrogate pair).")
TOO_MANY_MARKS = gettext_noop("This text has more than 30 combining marks in a row.")


def parse(request: HttpRequest) -> tuple[object, list[Problem]]:
    """The body as Python, and the places of text that can't be stored. Raises 400, 413 and 415 refusals."""
    kind, charset = request.content_type or "", (request.content_params or {}).get("charset", "utf-8")
    if not _is_json(kind, of=request) or charset.lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(params={"content_type": kind[:100]})
    try:
        raw = request.body
    except RequestDataTooBig:
        raise BodyTooLarge(params={"max_bytes": LARGEST_BODY}) from None
    except UnreadablePostError as unread:
        raise refusal_of_unread(unread) from None
    if len(raw) < int(request.META.get("CONTENT_LENGTH") or 0):
        raise BadRequest(message=gettext_noop("The body ended early."))
    if len(raw) > LARGEST_BODY:
        raise BodyTooLarge(params={"max_bytes": LARGEST_BODY})
    return _clean(_decode(raw))


def _is_json(kind: str, *, of: HttpRequest) -> bool:
    """Whether a body of this media type is read: JSON, and for a change merge-patch too (RFC 7396)."""
    return kind == "application/json" or (kind == MERGE_PATCH and of.method == "PATCH")


def refusal_of_unread(unread: UnreadablePostError) -> Refusal:
    """What is answered for a body that could not be read to its end."""
    if came_too_slowly(unread):
        return RequestTimedOut()
    return BadRequest(message=gettext_noop("The body ended early."))


def fill_in(request: HttpRequest) -> None:
    """An empty object stands for an empty body, whatever its type: some servers fill in one of their own."""
    if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
        request.content_type, request._body = "application/json", b"{}"


def _decode(raw: bytes) -> object:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise InvalidJson(
            message=gettext_noop("The body is not valid UTF-8."), params={"position": wrong.start}
        ) from None
    if _values(raw) > MOST_VALUES:
        raise InvalidJson(message=gettext_noop("The body has too many values."), params={"max_values": MOST_VALUES})
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float,
            parse_int=_int,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as wrong:
        raise InvalidJson(params={"line": wrong.lineno, "column": wrong.colno}) from None
    except RecursionError:
        raise InvalidJson(
            message=gettext_noop("The body is nested too deeply."), params={"max_depth": DEEPEST}
        ) from None


def _values(raw: bytes) -> int:
    """How many values a body has at most, before any of them is made: what stands in texts does not count."""
    bare = raw if _separators(raw) <= MOST_VALUES else _TEXTS.sub(b"", raw)
    return _separators(bare) + 1


def _separators(raw: bytes) -> int:
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MOST_KEYS:
        raise InvalidJson(message=gettext_noop("An object has too many keys."), params={"max_keys": MOST_KEYS})
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise InvalidJson(message=gettext_noop("An object has a key twice."), params={"key": _printable(twice)})
    return found


def _float(digits: str) -> float | int:
    """A number with a fraction of nothing is an integer, as JSON Schema has it: 2.0 and 2e0 are 2."""
    value = float(digits)
    if math.isinf(value):
        raise InvalidJson(message=gettext_noop("A number is too large."), params={"number": digits[:40]})
    return int(value) if value.is_integer() else value


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise InvalidJson(message=gettext_noop("A number has too many digits."), params={"max_digits": LONGEST_NUMBER})
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise InvalidJson(message=gettext_noop("NaN and Infinity are not JSON."), params={"number": name})


def _printable(text: str) -> str:
    return text[:100].encode("utf-8", "replace").decode().replace("\0", "?")


def _clean(value: object) -> tuple[object, list[Problem]]:
    """The value with all its text in normal form C, and the places of text that is refused. Changes it in place."""
    _refuse_depth(value)
    problems: list[Problem] = []

    def walk(each: object, path: tuple[str, ...]) -> object:
        if isinstance(each, str):
            return text(each, path)
        if isinstance(each, list):
            for at, item in enumerate(each):
                if not isinstance(item, int | float | None) and not _is_plain(item):
                    each[at] = walk(item, (*path, str(at)))
        elif isinstance(each, dict):
            for name, item in each.items():
                if not isinstance(item, int | float | None) and not _is_plain(item):
                    each[name] = walk(item, (*path, _printable(name)))
            if not all(map(_is_plain, each)):
                return {text(name, path): item for name, item in each.items()}
        return each

    def text(found: str, path: tuple[str, ...]) -> str:
        sentence = wrong_with(found)
        if sentence is None:
            return unicodedata.normalize("NFC", found)
        if len(problems) < MOST_PROBLEMS:
            problems.append(Problem("invalid_text", sentence, ".".join(path) or None))
        return _printable(found)

    return walk(value, ()), problems


def _refuse_depth(value: object) -> None:
    """Raises InvalidJson for a body that is too deep. Level by level: no recursion."""
    level: list[object] = [value]
    for _ in range(DEEPEST + 1):
        inside = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [item for each in inside for item in each]
        if not level:
            return
    raise InvalidJson(message=gettext_noop("The body is nested too deeply."), params={"max_depth": DEEPEST})


def _is_plain(value: object) -> bool:
    """Whether it is text that needs no second look."""
    return isinstance(value, str) and value.isascii() and "\0" not in value


_HALF_OR_NUL: Final = re.compile("[\0\ud800-\udfff]")
_PLANES_WITH_MARKS: Final = (range(0x20000), range(0xE0000, 0xE1000))
"""All of Unicode would take a quarter of a second of every start; a test says that nothing is left out."""
COMBINING_MARKS: Final = frozenset(
    letter for plane in _PLANES_WITH_MARKS for letter in map(chr, plane) if unicodedata.category(letter)[0] == "M"
)
_LONG_RUN: Final = re.compile("[" + "".join(filter("\uffff".__gt__, COMBINING_MARKS)) + f"]{{{MOST_MARKS + 1}}}")
"""Only marks of the basic plane: a class that goes beyond it takes a hundred times as long."""


def wrong_with(text: str) -> str | None:
    """Why a text is refused: a character that not every database can keep, or a run of combining marks."""
    if text.isascii():
        return INVALID_TEXT if "\0" in text else None
    if _HALF_OR_NUL.search(text):
        return INVALID_TEXT
    has_long_run = _has_long_run(text) if max(text) > "\uffff" else _LONG_RUN.search(text)
    return TOO_MANY_MARKS if has_long_run else None


def _has_long_run(text: str) -> bool:
    """Whether more than 30 combining marks are in a row: such a run has one at a multiple of 31."""
    for at in range(MOST_MARKS, len(text), MOST_MARKS + 1):
        if text[at] in COMBINING_MARKS:
            start, end = at, at + 1
            while start and text[start - 1] in COMBINING_MARKS:
                start -= 1
            while end < len(text) and end - start <= MOST_MARKS and text[end] in COMBINING_MARKS:
                end += 1
            if end - start > MOST_MARKS:
                return True
    return False


def is_storable(text: str) -> bool:
    """Whether this text is kept: no NUL, no lone surrogate, no more than 30 combining marks in a row."""
    return wrong_with(text) is None


def is_text(query: str) -> bool:
    """Whether a query string, taken apart, is UTF-8 that every database can keep."""
    try:
        return is_storable(unquote_to_bytes(query).decode("utf-8"))
    except UnicodeDecodeError:
        return False
