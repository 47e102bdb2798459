"""The middleware that an installation adds around the API: the setting API_MIDDLEWARE, a list of dotted paths.

Each is a factory as Django's MIDDLEWARE has them: it takes the next handler, and gives what takes a request and gives a
response. The first is outermost, the last stands next to the API middleware. Pages do not pass them. Where one raises,
the answer is an envelope. Hooks such as process_view are not called: the API middleware calls the route itself.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

Handler = Callable[[Any], HttpResponseBase]
OnError = Callable[[Any, Exception], HttpResponseBase]


def within_added(handler: Handler, *, on_error: OnError) -> Handler:
    """The handler within each of API_MIDDLEWARE; the handler itself where there are none."""
    for path in reversed(settings.API_MIDDLEWARE):
        try:
            middleware: Handler = import_string(path)(handler)
        except MiddlewareNotUsed:
            continue
        handler = _answering(middleware, on_error)
    return handler


def _answering(middleware: Handler, on_error: OnError) -> Handler:
    def answer(request: Any) -> HttpResponseBase:
        try:
            return middleware(request)
        except Exception as error:
            return on_error(request, error)

    return answer


def problems() -> Iterator[str]:
    """What is wrong with API_MIDDLEWARE, a sentence each."""
    for path in settings.API_MIDDLEWARE:
        try:
            factory = import_string(path)
        except ImportError as wrong:
            yield f"API_MIDDLEWARE names {path!r}, which can't be imported: {wrong}."
            continue
        if not callable(factory):
            yield f"API_MIDDLEWARE names {path!r}, which is no middleware: it can't be called."
        elif not getattr(factory, "sync_capable", True):
            yield f"API_MIDDLEWARE names {path!r}, which is asynchronous only: the shop is served by WSGI."
