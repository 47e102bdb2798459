"""Where WSGI comes in: Django's own handler, and before it what a body has to keep to.

Everything goes through the handler, the API too: its signals are sent for every request, and tools that wrap it see
every request. Of MIDDLEWARE a request of the API passes what stands before the API middleware, which answers it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import Any, Final, Protocol
from wsgiref.types import StartResponse

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.module_loading import import_string

from shop.platform.http.received import UNMEASURED, BodyTooSlow, Plain
from shop.platform.settings import shop_settings

TRACE_HEADERS: Final = ("HTTP_SENTRY_TRACE", "HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_BAGGAGE")
"""What Sentry and OpenTelemetry continue a trace by: a client would decide which of its requests are traced."""

SLOT_SECONDS: Final = 0.1
"""How long a body waits for others that are read: what has arrived is read in far less."""


class Input(Protocol):
    """What a server gives to read a body from."""

    def read(self, size: int, /) -> bytes: ...

    def readline(self, size: int, /) -> bytes: ...


class Received(Plain, WSGIRequest):
    """One that came by WSGI."""


class Application(WSGIHandler):
    """The WSGI application."""

    request_class = Received

    def __call__(  # type: ignore[override]  # any iterable of bytes is an answer (PEP 3333)
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        for header in TRACE_HEADERS:
            environ.pop(header, None)
        if "HTTP_TRANSFER_ENCODING" in environ or _came_without_length(environ):
            environ[UNMEASURED], environ["CONTENT_LENGTH"] = True, "0"
        elif environ.get("CONTENT_LENGTH") not in (None, "", "0"):
            environ["wsgi.input"] = Awaited(environ["wsgi.input"])
        return super().__call__(environ, start_response)


class Awaited:
    """A body that is read while a few others are at most, or BodyTooSlow is raised.

    Reading waits as long as the client likes, and takes the request's thread meanwhile. No deadline can free it, as
    granian stops serving when a request is answered while a thread still reads its body. So only some of a process's
    threads wait for bodies, the others go on; what keeps slow clients away altogether is a proxy that buffers.
    """

    def __init__(self, stream: Input) -> None:
        self.stream = stream

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, or fewer at the end of the body."""
        with _slot():
            return self.stream.read(size)

    def readline(self, size: int = -1, /) -> bytes:
        """The bytes up to the end of the line, or so many."""
        with _slot():
            return self.stream.readline(size)


@contextmanager
def _slot() -> Iterator[None]:
    slots = _slots()
    if not slots.acquire(timeout=SLOT_SECONDS):
        raise BodyTooSlow
    try:
        yield
    finally:
        slots.release()


@cache
def _slots() -> BoundedSemaphore:
    return BoundedSemaphore(shop_settings().slow_bodies)


def _came_without_length(environ: dict[str, Any]) -> bool:
    """Whether there is a body by HTTP/2 of which nobody said how long it is."""
    if environ.get("CONTENT_LENGTH") or environ.get("SERVER_PROTOCOL") != "HTTP/2":
        return False
    return environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH") and bool(environ["wsgi.input"].read(1))


def serve() -> None:
    """This process is a server from now on: to the database, and to the servers before and beside it."""
    import_string("shop.platform.connections.limit_to")("server")
    import_string("shop.platform.leases.take_over")()


def application() -> Application:
    """The application for WSGI, with Django set up. Ends the process with a sentence where API_MIDDLEWARE is wrong."""
    django.setup(set_prefix=False)
    for problem in import_string("shop.platform.http.added_middleware.problems")():
        raise SystemExit(f"The shop does not start. {problem}")
    serve()
    return Application()
