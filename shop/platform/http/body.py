"""From bytes to Python, strictly (RFC 8259, I-JSON RFC 7493).

Broken JSON, duplicate keys, NaN, infinite numbers, invalid UTF-8 and absurd depth are refused as a whole. NUL and lone
surrogates can't be stored by every database: they are noted with their path, so that they are told together with the
other mistakes of the body. Text is brought into normal form C.
"""

import json
import math
import unicodedata
from typing import NoReturn
from urllib.parse import unquote_to_bytes

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from shop.kernel.errors import Problem
from shop.platform.http.received import ENDED_EARLY, LARGEST_BODY
from shop.platform.http.refusals import BadRequest, BodyTooLarge, InvalidJson, UnsupportedMediaType

MERGE_PATCH = "application/merge-patch+json"
DEEPEST = 64
LONGEST_NUMBER = 100
MOST_KEYS = 1000

INVALID_TEXT = "This text contains a character that can't be stored (NUL or half of a surrogate pair)."


def parse(request: HttpRequest) -> tuple[object, list[Problem]]:
    """The body as Python, and the places of text that can't be stored. Raises 400, 413 and 415 refusals."""
    kind, charset = request.content_type or "", (request.content_params or {}).get("charset", "utf-8")
    if not _is_json(kind, of=request) or charset.lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(params={"content_type": kind[:100]})
    try:
        raw = request.body
    except RequestDataTooBig:
        raise BodyTooLarge(params={"max_bytes": LARGEST_BODY}) from None
    except UnreadablePostError:
        raise BadRequest(message="The body ended early.") from None
    if len(raw) < int(request.META.get("CONTENT_LENGTH") or 0) or request.META.get(ENDED_EARLY):
        raise BadRequest(message="The body ended early.")
    if len(raw) > LARGEST_BODY:
        raise BodyTooLarge(params={"max_bytes": LARGEST_BODY})
    return _clean(_decode(raw))


def _is_json(kind: str, *, of: HttpRequest) -> bool:
    """Whether a body of this media type is read: JSON, and for a change merge-patch too (RFC 7396)."""
    return kind == "application/json" or (kind == MERGE_PATCH and of.method == "PATCH")


def fill_in(request: HttpRequest) -> None:
    """Where nothing was sent, and not as something else than JSON, an empty object stands."""
    told = request.META.get("CONTENT_LENGTH") or request.META.get("HTTP_TRANSFER_ENCODING")
    if told in (None, "", "0") and request.content_type in (None, "", "application/json"):
        request.content_type, request._body = "application/json", b"{}"


def _decode(raw: bytes) -> object:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise InvalidJson(message="The body is not valid UTF-8.", params={"position": wrong.start}) from None
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
        raise InvalidJson(message="The body is nested too deeply.", params={"max_depth": DEEPEST}) from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MOST_KEYS:
        raise InvalidJson(message="An object has too many keys.", params={"max_keys": MOST_KEYS})
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise InvalidJson(message="A key stands twice in one object.", params={"key": _printable(twice)})
    return found


def _float(digits: str) -> float | int:
    """A number with a fraction of nothing is an integer, as JSON Schema has it: 2.0 and 2e0 are 2."""
    value = float(digits)
    if math.isinf(value):
        raise InvalidJson(message="A number is too large.", params={"number": digits[:40]})
    return int(value) if value.is_integer() else value


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise InvalidJson(message="A number has too many digits.", params={"max_digits": LONGEST_NUMBER})
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise InvalidJson(message="NaN and Infinity are not JSON.", params={"number": name})


def _printable(text: str) -> str:
    return text[:100].encode("utf-8", "replace").decode().replace("\0", "?")


def _clean(value: object) -> tuple[object, list[Problem]]:
    problems: list[Problem] = []

    def walk(each: object, path: tuple[str, ...]) -> object:
        if len(path) > DEEPEST:
            raise InvalidJson(message="The body is nested too deeply.", params={"max_depth": DEEPEST})
        if isinstance(each, str):
            return text(each, path)
        if isinstance(each, list):
            return [walk(item, (*path, str(at))) for at, item in enumerate(each)]
        if isinstance(each, dict):
            return {text(name, path): walk(item, (*path, _printable(name))) for name, item in each.items()}
        return each

    def text(found: str, path: tuple[str, ...]) -> str:
        if is_storable(found):
            return unicodedata.normalize("NFC", found)
        problems.append(Problem("invalid_text", INVALID_TEXT, ".".join(path) or None))
        return _printable(found)

    return walk(value, ()), problems


def is_storable(text: str) -> bool:
    """Whether every database can keep this text: no NUL, no lone surrogate."""
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def is_text(query: str) -> bool:
    """Whether a query string, taken apart, is UTF-8 that every database can keep."""
    try:
        return is_storable(unquote_to_bytes(query).decode("utf-8"))
    except UnicodeDecodeError:
        return False
