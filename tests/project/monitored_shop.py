"""A process of the shop that is watched: three requests to the production entry, and what was sent about them as JSON.

python -m tests.project.monitored_shop sentry|opentelemetry
"""

import json
import sys
from typing import Any

import django
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


class Memory(Transport):
    """Keeps what would go to Sentry."""

    sent: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent += [item.payload.json for item in envelope.items if item.payload.json]


def request_everything() -> list[int]:
    from tests.platform.serving import served

    paths = (f"/api/v1/boxes/{SECRET}", f"/api/v1/slips/{SECRET}", f"/api/v1/nothing/{SECRET}")
    secrets: dict[str, Any] = {"HTTP_X_ORDER_TOKEN": "sot_" + SECRET[4:], "REMOTE_ADDR": "203.0.113.7"}
    return [served(path, **secrets)[0] for path in paths]


def sentry() -> dict[str, Any]:
    monitoring.start_sentry("http://public@127.0.0.1:9/1", traces=1.0, transport=Memory)
    statuses = request_everything()
    return {"statuses": statuses, "sent": Memory.sent}


def opentelemetry() -> dict[str, Any]:
    from opentelemetry import trace
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    monitoring.start_opentelemetry("http://127.0.0.1:9", exporter=exporter)
    statuses = request_everything()
    trace.get_tracer_provider().force_flush()  # type: ignore[attr-defined]
    return {"statuses": statuses, "sent": [json.loads(span.to_json()) for span in exporter.get_finished_spans()]}


if __name__ == "__main__":
    tools = {"sentry": sentry, "opentelemetry": opentelemetry}
    print("RESULT " + json.dumps(tools[sys.argv[1]](), default=str))  # noqa: T201
