"""Assigning and checking columns: only differences are written, and every database stores the same."""

import re
from collections.abc import Collection, Mapping
from html import escape, unescape
from typing import Any, Final
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.db.models import CharField, Model

from shop.catalog.errors import TextTooLong
from shop.platform.settings import shop_settings

NOTHING: Final = (None, "")
DEEPEST: Final = 100
"""The maximum nesting of tags; the time for parsing grows with its square."""
MOST_TAGS: Final = 10_000

_TAG: Final = re.compile(r"<[^<>]*>")
_NAME: Final = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)")
_VOID: Final = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_OPTIONAL: Final = {
    "p",
    "li",
    "dt",
    "dd",
    "rp",
    "rt",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "tfoot",
    "colgroup",
    "option",
}
_SKIPPED: Final = re.compile(r"[\x00-\x20]+")
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")


def assign(row: Model, values: Mapping[str, Any], *, keeps: Collection[str] = ()) -> bool:
    """Assign the values to the row without saving it, and return whether one of them differs.

    Columns in `keeps` are not overwritten unless they are empty.
    """
    before = {name: getattr(row, name) for name in values}
    changed = {
        name: value
        for name, value in values.items()
        if before[name] != value and (name not in keeps or before[name] in NOTHING)
    }
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def refuse_too_long(row: Model) -> None:
    """Raise TextTooLong where a text does not fit its column, which SQLite does not check."""
    for column in row._meta.concrete_fields:
        if isinstance(column, CharField) and column.max_length is not None:
            value = getattr(row, column.attname)
            if isinstance(value, str) and len(value) > column.max_length:
                raise TextTooLong(field=column.name, params={"max": column.max_length})


def clean_html(text: str) -> str:
    """Return the HTML without scripts, styles, event handlers, and frames and images of other hosts, which could track
    visitors. HTML that is nested too deeply is slow to parse, so only its text is returned."""
    if not text:
        return ""
    if _is_too_deep(text):
        return escape(" ".join(unescape(_TAG.sub(" ", text)).split()))
    return nh3.clean(text, link_rel="noopener nofollow", attribute_filter=_kept)


def _is_too_deep(text: str) -> bool:
    """Return whether the tags are nested too deeply. Tags that need not be closed (`<p>`, `<li>`) are not counted."""
    depth = opened = 0
    for closing, name in _NAME.findall(text):
        if name.lower() in _VOID | _OPTIONAL:
            continue
        depth, opened = (max(depth - 1, 0), opened) if closing else (depth + 1, opened + 1)
        if depth > DEEPEST or opened > MOST_TAGS:
            return True
    return False


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """Return the value of the attribute, or None to drop it."""
    return value if attribute not in ("src", "cite") or _is_own(value) else None


def _is_own(address: str) -> bool:
    """Return whether it is a path or a URL of the shop's host. Browsers skip spaces and read \\ as /."""
    text = _SKIPPED.sub("", address).replace("\\", "/")
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return False
    rest = text[scheme.end() :] if scheme else text
    if not scheme and not rest.startswith("//"):
        return True
    ours = {urlsplit(each).netloc.lower() for each in (shop_settings().base_url, settings.MEDIA_URL)} - {""}
    return rest.lstrip("/").partition("/")[0].partition("?")[0].partition("#")[0].lower() in ours
