"""A request that no header can break before a middleware sees it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest

LARGEST_BODY = 1024 * 1024
LARGEST_FORM = 64 * 1024
"""Of a page outside the back office."""
LARGEST_HOOK = 256 * 1024
LARGEST_UPLOAD = 30 * 1024 * 1024
"""Of a form of the back office, for whoever is logged in there."""
BACK_OFFICE = "/admin/"
UNMEASURED = "shop.unmeasured"
"""In META: whether the body came without a length, so that nobody can tell whether it is whole."""


class Plain(HttpRequest):
    """A request as it arrived: text is UTF-8, and a Content-Type that can't be read names no type.

    Django's own decodes the query by whatever charset Content-Type names, while it is being made: text that it can't
    decode, or parameters that are too many, would end in an error of the server.
    """

    @property
    def encoding(self) -> str:
        return "utf-8"

    @encoding.setter
    def encoding(self, charset: str) -> None:
        """JSON and query strings know one encoding (RFC 8259, 8.1)."""

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except (ValueError, BadRequest):  # the latter since Django 6
            self.content_type, self.content_params = "", {}


class BodyTooSlow(OSError):
    """The body did not come whole in its time."""


def came_too_slowly(unread: BaseException | None) -> bool:
    """Whether that is why a body could not be read: Django wraps what the server raises, once or twice."""
    while unread is not None and not isinstance(unread, BodyTooSlow):
        unread = unread.__cause__
    return unread is not None


def largest_body(path: str) -> int:
    """How many bytes a body for this path may have at most, whoever sends it."""
    if is_api(path):
        return LARGEST_BODY
    if path.startswith(BACK_OFFICE):
        return LARGEST_UPLOAD
    return LARGEST_HOOK if path.startswith("/hooks/") else LARGEST_FORM


def is_api(path: str) -> bool:
    """Whether what is answered there is an envelope."""
    return path.startswith("/api/") or path == "/api"
