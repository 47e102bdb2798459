"""A request that no header can break before a middleware sees it, however it came in."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

LARGEST_BODY = 1024 * 1024
ENDED_EARLY = "shop.ended_early"
"""In META: whether the server could not read the body to its end."""


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
        except ValueError:
            self.content_type, self.content_params = "", {}


def is_api(path: str) -> bool:
    """Whether what is answered there is an envelope."""
    return path.startswith("/api/") or path == "/api"
