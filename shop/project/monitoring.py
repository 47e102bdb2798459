"""Errors and traces for those who watch: Sentry by SENTRY_DSN, OpenTelemetry by OTEL_EXPORTER_OTLP_ENDPOINT.

Both are optional: requirements-sentry.txt and requirements-opentelemetry.txt bring them. They see each request through
Django's handler, named by its route template. What opens something stays here: no path, query, header or body of a
request is sent, no local variable and no client's address, and texts are scrubbed as in the logs.
"""

import sys
from typing import TYPE_CHECKING, cast

from django.core.signals import got_request_exception
from django.http import HttpRequest

from shop.platform.logs import outline
from shop.platform.scrub import scrub, scrub_text
from shop.project.env import Misconfigured, env

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span
    from sentry_sdk._types import Event, Hint
    from sentry_sdk.transport import Transport

FILE = "pip install -r requirements-{}.txt"


def start() -> None:
    """Start what the environment asks for. Ends the process with a sentence where its package is missing."""
    if env().sentry_dsn:
        start_sentry(env().sentry_dsn, traces=env().sentry_traces_sample_rate)
    if env().otel_exporter_otlp_endpoint:
        start_opentelemetry(env().otel_exporter_otlp_endpoint)


def start_sentry(dsn: str, *, traces: float, transport: "type[Transport] | None" = None) -> None:
    """Report errors to Sentry, and this share of all requests as traces."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.logging import ignore_logger
    except ImportError:
        raise Misconfigured(f"The shop does not start. SENTRY_DSN needs a package: {FILE.format('sentry')}.") from None
    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        traces_sample_rate=traces,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_without_secrets,
        before_send_transaction=_without_secrets,
    )
    ignore_logger("shop.access")  # the line of a 500 would be an event beside its error


def _without_secrets(event: "Event", _: "Hint") -> "Event":
    if event.get("transaction_info", {}).get("source") == "url":  # no template fits
        event["transaction"] = outline(event["transaction"] or "")
    request = event.pop("request", {})
    event["request"] = {"method": request.get("method"), "url": event.get("transaction")}
    event.pop("user", None)
    for error in event.get("exception", {}).get("values", []):
        error["value"] = scrub_text(error.get("value") or "")
    texts = {name: event.get(name) for name in ("logentry", "breadcrumbs", "extra", "spans") if name in event}
    return cast("Event", {**event, **cast(dict[str, object], scrub(texts))})


def start_opentelemetry(endpoint: str, *, exporter: "SpanExporter | None" = None) -> None:
    """Send a span for each request to a collector, by OTLP over HTTP."""
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        from shop.project.tracing import Instrumentor, ScrubbingExporter
    except ImportError:
        package = FILE.format("opentelemetry")
        raise Misconfigured(
            f"The shop does not start. OTEL_EXPORTER_OTLP_ENDPOINT needs packages: {package}."
        ) from None
    provider = TracerProvider()
    scrubbing = ScrubbingExporter(exporter or OTLPSpanExporter(f"{endpoint}/v1/traces"))
    provider.add_span_processor(BatchSpanProcessor(scrubbing))
    trace.set_tracer_provider(provider)
    Instrumentor().instrument(response_hook=_named)
    got_request_exception.connect(_recorded)


def _named(span: "Span", request: HttpRequest, _: object) -> None:
    """The span has the name of its route."""
    route = _route(request)
    span.update_name(f"{request.method} {route}")
    span.set_attribute("http.route", route)


def _route(request: HttpRequest) -> str:
    context, match = getattr(request, "context", None), request.resolver_match
    if context is not None and context.route:
        return str(context.route)
    return f"/{match.route}" if match else outline(request.path_info)


def _recorded(**_: object) -> None:
    """The error that is answered by a 500 is an event of the request's span."""
    from opentelemetry import trace

    error = sys.exc_info()[1]
    if isinstance(error, Exception):
        trace.get_current_span().record_exception(error)
