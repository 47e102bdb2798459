"""Spans of requests for OpenTelemetry: what starts them and what is sent. Needs requirements-opentelemetry.txt."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.django.middleware.otel_middleware import _DjangoMiddleware
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from shop.platform.scrub import scrub_text

SENT: Final = frozenset(
    {
        *("http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code"),
        *("http.scheme", "url.scheme", "http.flavor", "network.protocol.version", "error.type"),
    }
)
"""The attributes of a span that are sent, by their old and their new names: all others are dropped."""


class RequestSpans(_DjangoMiddleware):
    """The middleware of the instrumentor, without what it does to requests for a foreign host and with exceptions.

    It builds the URL of each request, which raises an error for a host that is not in ALLOWED_HOSTS. Such a request has
    no span.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost:
            return self.get_response(request)  # type: ignore[no-any-return]
        return super().__call__(request)  # type: ignore[no-any-return, no-untyped-call]

    def process_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if self._environ_span_key in request.META:
            super().process_view(request, *args, **kwargs)  # type: ignore[no-untyped-call]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Record nothing: an error that is answered by a 500 is recorded by the signal got_request_exception."""


class Instrumentor(DjangoInstrumentor):
    """Puts that middleware first into MIDDLEWARE."""

    _opentelemetry_middleware = f"{RequestSpans.__module__}.{RequestSpans.__qualname__}"


class ScrubbingExporter(SpanExporter):
    """Exports spans with the attributes of SENT alone, and without secrets in their names, events and statuses."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.exporter.export([_scrubbed(span) for span in spans])

    def shutdown(self) -> None:
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self.exporter.force_flush(timeout_millis)


def _scrubbed(span: ReadableSpan) -> ReadableSpan:
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in SENT}
    return ReadableSpan(
        name=scrub_text(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_without_secrets(attributes),
        events=[Event(event.name, _without_secrets(event.attributes or {}), event.timestamp) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code, scrub_text(span.status.description or "") or None),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _without_secrets(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: scrub_text(value) if isinstance(value, str) else value for name, value in attributes.items()}
