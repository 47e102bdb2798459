"""What machines ask about this process: is it alive, can it serve, what has it counted."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from threading import Lock

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from shop.platform import metrics
from shop.platform.clock import now
from shop.platform.settings import shop_settings

ANSWERS = {True: (200, b'{"status":"pass"}'), False: (503, b'{"status":"fail"}')}
KEPT_FOR = timedelta(seconds=1)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a database that is away doesn't restart the shop."""
    return _answer(passed=True)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and every migration is applied; else 503. An answer is kept for a second."""
    return _answer(passed=readiness.passed())


@require_safe
def exposition(request: HttpRequest) -> HttpResponse:
    """The metrics, for whoever has the token; for everybody else there is nothing here."""
    token, given = shop_settings().metrics_token, request.headers.get("Authorization", "")
    if not token or not constant_time_compare(given.encode(), f"Bearer {token}".encode()):
        raise Http404
    response = HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def _answer(*, passed: bool) -> HttpResponse:
    status, body = ANSWERS[passed]
    response = HttpResponse(body, status=status, content_type="application/health+json")
    response["Cache-Control"] = "no-store"
    return response


@dataclass
class Readiness:
    """Whether this process can serve, asked of the database at most once a second however many ask."""

    asked_at: datetime | None = None
    answer: bool = False
    lock: Lock = field(default_factory=Lock)

    def passed(self) -> bool:
        with self.lock:
            if self.asked_at is None or not timedelta(0) <= now() - self.asked_at < KEPT_FOR:
                self.answer = _migrated()
                self.asked_at = now()
            return self.answer


readiness = Readiness()


def _migrated() -> bool:
    try:
        return _migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    except Error:
        return False


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """What this code expects of a database that `migrate` has seen."""
    return frozenset(MigrationLoader(None).graph.nodes)
