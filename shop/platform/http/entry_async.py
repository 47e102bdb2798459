"""Where ASGI comes in, for whoever has only such a server: the same shop by Django's own, slower way."""

from asyncio import Event, get_running_loop, timeout_at
from collections.abc import Awaitable, Callable, Mapping
from io import SEEK_END
from typing import IO, Any, TypeAlias

import django
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponse

from shop.platform.http.entry import serve
from shop.platform.http.received import CAME_LATE, ENDED_EARLY, TOLD_TWICE, Plain, is_api, largest_body

Scope: TypeAlias = Mapping[str, Any]
Message: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

BODY_SECONDS = 10.0
"""How long a body may take to arrive, beside a second for each half of a MiB of the largest."""
BYTES_A_SECOND = 512 * 1024
ONCE = (b"host", b"content-type", b"content-length", b"authorization", b"idempotency-key")
"""Headers that are sent once. By WSGI the gate sees only the comma that joins their values."""
GONE: Message = {"type": "http.disconnect"}
NOTHING: Message = {"type": "http.request", "body": b"", "more_body": False}


class Received(Plain, ASGIRequest):
    """One that came by ASGI."""


class Application(ASGIHandler):
    """The ASGI application."""

    request_class = Received

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
            most, declared = largest_body(scope["path"]), dict(headers).get(b"content-length", b"")
            receive = bounded = Bounded(receive, declared=declared, most=most, is_answered=is_api(scope["path"]))
            told_twice = [name for name in ONCE if sum(name == each for each, _ in headers) > 1]
            scope = {
                **scope,
                "headers": headers,
                ENDED_EARLY: lambda: bounded.ended_early,
                CAME_LATE: lambda: bounded.came_late,
                TOLD_TWICE: ", ".join(name.decode().title() for name in told_twice),
            }
        await super().__call__(dict(scope), receive, send)

    def create_request(
        self, scope: Scope, body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponse]:
        request, response = super().create_request(scope, body_file)
        if request is not None:
            request.META.setdefault("CONTENT_LENGTH", str(body_file.seek(0, SEEK_END)))
            request.META[ENDED_EARLY] = ENDED_EARLY in scope and scope[ENDED_EARLY]()
            request.META[CAME_LATE] = CAME_LATE in scope and scope[CAME_LATE]()
            request.META[TOLD_TWICE] = scope.get(TOLD_TWICE, "")
            body_file.seek(0)
        return request, response  # type: ignore[return-value]


class Bounded:
    """Receives what a client sends, up to a byte more than is allowed, so that it is seen to be too much.

    Of what is `declared` to be too large nothing is waited for: the middleware refuses it by its header. A client that
    ends before its body does, or whose body does not come in its time, is told so where an API `is_answered`: a page
    has nothing to say to it.
    """

    def __init__(self, receive: Receive, *, declared: bytes, most: int, is_answered: bool) -> None:
        self.receive = receive
        self.is_answered = is_answered
        self.until = get_running_loop().time() + BODY_SECONDS + most / BYTES_A_SECOND
        self.left = most + 1
        self.is_refused = declared.isdigit() and int(declared[:20]) > most
        self.is_whole = self.ended_early = self.came_late = False

    async def __call__(self) -> Message:
        if self.ended_early or not self.left:
            await Event().wait()  # until the answer is there, and Django does not listen any more
        if self.is_refused:
            self.left = 0
            return NOTHING
        message = await self._in_time()
        if message["type"] != "http.request":
            self.ended_early = not self.is_whole and self.is_answered
            return NOTHING if self.ended_early else message
        body = message.get("body", b"")[: self.left]
        self.left -= len(body)
        more = message.get("more_body", False) and self.left > 0
        self.is_whole = not more
        return {"type": "http.request", "body": body, "more_body": more}

    async def _in_time(self) -> Message:
        if self.is_whole:  # what comes now is that the client goes
            return await self.receive()
        try:
            async with timeout_at(self.until):
                return await self.receive()
        except TimeoutError:
            self.came_late = True
            return GONE


def application() -> Application:
    """The application, with Django set up."""
    django.setup(set_prefix=False)
    serve()
    return Application()
