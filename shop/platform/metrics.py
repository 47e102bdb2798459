"""What Prometheus is told: requests, jobs, one-time codes.

Labels are bounded: routes are templates, methods the known ones, statuses their class. With several worker processes
set PROMETHEUS_MULTIPROC_DIR to an empty directory before the start, and a scrape sums them up.
"""

import os
from collections.abc import Iterable, Iterator
from functools import cache

from django.conf import settings
from django.db.models import Count
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_registry = CollectorRegistry()
_requests = Counter("shop_http_requests_total", "Requests answered.", ["method", "route", "status"], registry=_registry)
_durations = Histogram(
    "shop_http_request_duration_seconds",
    "Time to answer, in seconds.",
    ["method", "route", "status"],
    buckets=BUCKETS,
    registry=_registry,
)
_codes_issued = Counter("shop_otp_issued_total", "One-time codes issued.", ["purpose"], registry=_registry)
_codes_failed = Counter("shop_otp_failed_total", "One-time codes refused.", ["purpose"], registry=_registry)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """One more request is counted. `route` is a template such as /api/v1/carts/{cart_id}, never a path."""
    counter, histogram = _series(method if method in METHODS else "other", route or "unmatched", f"{status // 100}xx")
    counter.inc()
    histogram.observe(seconds)


@cache
def _series(method: str, route: str, status: str) -> tuple[Counter, Histogram]:
    return _requests.labels(method, route, status), _durations.labels(method, route, status)


def otp_issued(purpose: str) -> None:
    """One more one-time code went out."""
    _codes_issued.labels(purpose).inc()


def otp_failed(purpose: str) -> None:
    """One more one-time code was wrong, old, used or unknown."""
    _codes_failed.labels(purpose).inc()


def exposition() -> bytes:
    """Everything counted so far, of every process, in Prometheus' text format."""
    return b"".join(generate_latest(registry) for registry in (_counted(), _asked()))


def _counted() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _asked() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Jobs())
    return registry


class _Jobs(Collector):
    """How many jobs of each queue wait and how many are dead, asked of the database when somebody scrapes."""

    def describe(self) -> Iterable[Metric]:
        return [GaugeMetricFamily("shop_jobs", "Jobs by state and queue.", labels=["state", "queue"])]

    def collect(self) -> Iterator[Metric]:
        gauge = GaugeMetricFamily("shop_jobs", "Jobs by state and queue.", labels=["state", "queue"])
        for labels, count in _counts_of_jobs().items():
            gauge.add_metric(labels, count)
        yield gauge


def _counts_of_jobs() -> dict[tuple[str, str], int]:
    from shop.platform.models import Job  # models exist only once the apps are loaded; this module is imported before

    rows = Job.objects.values_list("state", "queue").annotate(count=Count("pk")).order_by()
    counts = {(state, queue): count for state, queue, count in rows}
    queues = {*settings.TASKS["default"]["QUEUES"], *(queue for _, queue in counts)}
    return {(state, queue): counts.get((state, queue), 0) for state in Job.State.values for queue in sorted(queues)}
