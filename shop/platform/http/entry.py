"""Where WSGI comes in: Django's handler, with a request that no header can break before a middleware sees it."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http.response import HttpResponseBase

LARGEST_BODY = 1024 * 1024


class Received(WSGIRequest):
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


class Application(WSGIHandler):
    """The WSGI application."""

    request_class = Received

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> HttpResponseBase:
        if "HTTP_TRANSFER_ENCODING" in environ and environ["PATH_INFO"].startswith("/api/"):
            _measure(environ)
        return super().__call__(environ, start_response)


def _measure(environ: dict[str, Any]) -> None:
    """A body that came in chunks, without a length, has one (RFC 9112, 7.1): Django would take it for empty.

    Of one that is too large a byte more than is allowed is read, so that it is seen to be.
    """
    body, rest = b"", LARGEST_BODY + 1
    while rest and (chunk := environ["wsgi.input"].read(rest)):
        body, rest = body + chunk, rest - len(chunk)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))


def application() -> Application:
    """The application, with Django set up."""
    django.setup(set_prefix=False)
    return Application()
