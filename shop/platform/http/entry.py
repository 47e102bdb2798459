"""Where WSGI comes in: Django's handler, and beside it a short way to the gate.

What a door answers goes from here to the gate and back, without what Django's handler does around pages.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, cast
from wsgiref.types import StartResponse

import django
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import close_old_connections
from django.http import HttpResponse
from django.utils.module_loading import import_string

from shop.platform.http.received import LARGEST_BODY, Plain, is_api
from shop.platform.http.stored import stored


class Received(Plain, WSGIRequest):
    """One that came by WSGI."""


class Application(WSGIHandler):
    """The WSGI application."""

    request_class = Received

    def __init__(self) -> None:
        super().__init__()
        self.routes = import_string("shop.platform.http.routes.routes")(settings.ROOT_URLCONF)
        gate = import_string("shop.platform.http.gate.Gate")(self.get_response)
        self.gate = cast(Callable[[WSGIRequest], HttpResponse], convert_exception_to_response(gate))

    def __call__(  # type: ignore[override]  # any iterable of bytes is an answer (PEP 3333)
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not is_api(path):
            return super().__call__(environ, start_response)
        if "HTTP_TRANSFER_ENCODING" in environ:
            _measure(environ)
        if self.routes.find(path) is None:
            return super().__call__(environ, start_response)
        return self.answer(environ, start_response)

    def answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """What the gate says. The signals of a request are not sent: of what Django hangs on them only connections to
        the database matter here, and they are looked after before the bytes go out, not after."""
        request = Received(environ)
        try:
            response = self.gate(request)
        finally:
            request.close()
            close_old_connections()
        start_response(f"{response.status_code} {response.reason_phrase}", [*stored(response).values()])
        return [response.content]


def _measure(environ: dict[str, Any]) -> None:
    """A body that came in chunks, without a length, has one (RFC 9112, 7.1): Django would take it for empty.

    Of one that is too large a byte more than is allowed is read, so that it is seen to be.
    """
    body, rest = b"", LARGEST_BODY + 1
    while rest and (chunk := environ["wsgi.input"].read(rest)):
        body, rest = body + chunk, rest - len(chunk)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))


def application() -> Application:
    """The application for WSGI, with Django set up."""
    django.setup(set_prefix=False)
    return Application()
