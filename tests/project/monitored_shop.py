"""A process of the shop that is watched: requests to the production entry, and what was sent about them as JSON.

python -m tests.project.monitored_shop sentry|opentelemetry routes|hosts|page|traced
"""

import json
import sys
from typing import Any

import django
from django.http import HttpRequest, HttpResponse
from django.urls import path
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from typing_extensions import TypedDict

django.setup()

from shop.platform.http.context import Request  # noqa: E402 Django has to be set up before the routers are built
from shop.platform.http.envelope import Answer  # noqa: E402
from shop.platform.http.router import Router  # noqa: E402
from shop.project import monitoring  # noqa: E402
from shop.project.api import api  # noqa: E402

SECRET = "crt_0123456789abcdefghijk"
PASSWORD = "correct horse battery"
router = Router(tag="Monitored")


class OkOut(TypedDict):
    ok: bool


@router.get("/boxes/{box_id}", id="readBox")
def read_box(request: Request, box_id: str) -> Answer[OkOut]:
    """Read a box."""
    return Answer(data={"ok": True}, message="Here.")


@router.get("/slips/{box_id}", id="slip")
def slip(request: Request, box_id: str) -> Answer[OkOut]:
    """Slip."""
    password = PASSWORD
    raise RuntimeError(f"slipped with token={box_id} and {len(password)} characters")


api.add_router("", router.ninja)


def slip_page(request: HttpRequest, box_id: str) -> HttpResponse:
    """Slip outside the API."""
    raise RuntimeError(f"slipped with {box_id}")


from shop.project.urls import urlpatterns  # noqa: E402 the API is complete when it gives its URLs

urlpatterns.insert(0, path("slips/<box_id>", slip_page))


class Memory(Transport):
    """Keeps what would go to Sentry."""

    sent: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent += [item.payload.json for item in envelope.items if item.payload.json]


FOREIGN = {"HTTP_HOST": "203.0.113.9"}
SECRETS: dict[str, Any] = {
    "HTTP_X_ORDER_TOKEN": "sot_" + SECRET[4:],
    "HTTP_USER_AGENT": f"Browser/{SECRET}",
    "REMOTE_ADDR": "203.0.113.7",
    "REMOTE_HOST": "of-a-client.example",
}
TRACED = {
    "HTTP_SENTRY_TRACE": "0123456789abcdef0123456789abcdef-0123456789abcdef-1",
    "HTTP_BAGGAGE": "sentry-trace_id=0123456789abcdef0123456789abcdef,sentry-sample_rand=0.000000,sentry-sample_rate=1",
    "HTTP_TRACEPARENT": "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01",
}
REQUESTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "routes": [
        (f"/api/v1/boxes/{SECRET}", SECRETS),
        (f"/api/v1/slips/{SECRET}", SECRETS),
        (f"/api/v1/nothing/{SECRET}", SECRETS),
    ],
    "hosts": [("/health/live", FOREIGN), ("/api/v1/boxes/1", FOREIGN), ("/api/v1/boxes/1", {})],
    "page": [(f"/slips/{SECRET}", SECRETS)],
    "traced": [("/api/v1/boxes/1", TRACED)],
}
RATES = {"traced": 1e-9}
"""The share of requests that Sentry is to see; all of them unless something else stands here."""


def request_all(which: str) -> list[Any]:
    from tests.platform.serving import served

    return [served(path, **environ) for path, environ in REQUESTS[which]]


def sentry(which: str) -> dict[str, Any]:
    monitoring.start_sentry("http://public@127.0.0.1:9/1", traces=RATES.get(which, 1.0), transport=Memory)
    answers = request_all(which)
    return {"answers": answers, "sent": Memory.sent}


def opentelemetry(which: str) -> dict[str, Any]:
    from opentelemetry import trace
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    monitoring.start_opentelemetry("http://127.0.0.1:9", exporter=exporter)
    answers = request_all(which)
    trace.get_tracer_provider().force_flush()  # type: ignore[attr-defined]
    return {"answers": answers, "sent": [json.loads(span.to_json()) for span in exporter.get_finished_spans()]}


if __name__ == "__main__":
    tools = {"sentry": sentry, "opentelemetry": opentelemetry}
    print("RESULT " + json.dumps(tools[sys.argv[1]](sys.argv[2]), default=bytes.decode))  # noqa: T201
