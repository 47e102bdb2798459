from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings
from time_machine import Traveller

from shop.platform import metrics
from shop.platform.http.probes import readiness
from shop.platform.models import Job

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TOKEN = "a long token for prometheus"


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """A clock that stands, beside a process that has not yet asked its database."""
    with time_machine.travel(START, tick=False) as traveller:
        readiness.asked_at = None
        yield traveller
        readiness.asked_at = None


@pytest.fixture
def token(settings: Settings) -> str:
    settings.SHOP = replace(settings.SHOP, metrics_token=TOKEN)
    return f"Bearer {TOKEN}"


def sample(exposed: bytes, name: str, **labels: str) -> float:
    """The value of one series, zero when it is not there."""
    families = text_string_to_metric_families(exposed.decode())
    found = [each for family in families for each in family.samples if each.name == name and each.labels == labels]
    return sum(each.value for each in found)


def forget_a_migration() -> None:
    MigrationRecorder(connection).migration_qs.filter(app="platform").delete()


def test_a_process_lives_without_a_database(client: Client) -> None:
    response = client.get("/health/live")

    assert (response.status_code, response.content) == (200, b'{"status":"pass"}')
    assert response["Content-Type"] == "application/health+json"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_migrated_database_makes_it_ready(client: Client, clock: Traveller) -> None:
    response = client.get("/health/ready")

    assert (response.status_code, response.content) == (200, b'{"status":"pass"}')
    assert response["Content-Type"] == "application/health+json"


@pytest.mark.django_db
def test_a_migration_that_is_missing_makes_it_not_ready(client: Client, clock: Traveller) -> None:
    forget_a_migration()

    response = client.get("/health/ready")

    assert (response.status_code, response.content) == (503, b'{"status":"fail"}')
    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_a_database_that_fails_makes_it_not_ready(client: Client, clock: Traveller) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME COLUMN app TO application")

    response = client.get("/health/ready")

    assert (response.status_code, response.content) == (503, b'{"status":"fail"}')


@pytest.mark.django_db
def test_an_answer_is_kept_for_a_second(
    client: Client, clock: Traveller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/health/ready")
    forget_a_migration()

    with django_assert_max_num_queries(0):
        kept = client.get("/health/ready")
    clock.shift(timedelta(seconds=1))
    asked = client.get("/health/ready")

    assert (kept.status_code, asked.status_code) == (200, 503)


@pytest.mark.django_db
def test_a_clock_that_is_set_back_does_not_keep_an_answer(client: Client, clock: Traveller) -> None:
    client.get("/health/ready")
    forget_a_migration()
    clock.shift(timedelta(hours=-1))

    response = client.get("/health/ready")

    assert response.status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_told_under_any_host_name_and_sets_no_cookie(client: Client, clock: Traveller, path: str) -> None:
    response = client.get(path, headers={"host": "10.1.2.3"})

    assert (response.status_code, response.cookies) == (200, {})


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_probes_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ü"])
def test_without_the_token_there_are_no_metrics(client: Client, token: str, given: str | None) -> None:
    response = client.get("/metrics", **({} if given is None else {"HTTP_AUTHORIZATION": given}))  # type: ignore[arg-type]
    elsewhere = client.get("/nowhere")

    assert (response.status_code, response.content) == (404, elsewhere.content)


def test_where_no_token_is_set_nobody_gets_metrics(client: Client, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, metrics_token="")

    answers = [client.get("/metrics", headers={"authorization": given}).status_code for given in ("", "Bearer ")]

    assert answers == [404, 404]


@pytest.mark.django_db
def test_requests_are_counted_and_timed_by_route(client: Client, token: str) -> None:
    labels = {"method": "POST", "route": "/api/v1/test/{id}", "status": "4xx"}
    before = sample(metrics.exposition(), "shop_http_requests_total", **labels)

    metrics.observe("POST", "/api/v1/test/{id}", 404, 0.02)
    metrics.observe("POST", "/api/v1/test/{id}", 422, 0.2)

    response = client.get("/metrics", headers={"authorization": token})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert sample(response.content, "shop_http_requests_total", **labels) == before + 2
    assert sample(response.content, "shop_http_request_duration_seconds_bucket", le="0.025", **labels) == 1
    assert sample(response.content, "shop_http_request_duration_seconds_sum", **labels) == pytest.approx(0.22)


@pytest.mark.django_db
def test_what_a_client_makes_up_is_no_label() -> None:
    metrics.observe("BREW", "", 200, 0.1)

    exposed = metrics.exposition()

    assert b"BREW" not in exposed
    assert sample(exposed, "shop_http_requests_total", method="other", route="unmatched", status="2xx") == 1


@pytest.mark.django_db
def test_codes_are_counted_by_purpose() -> None:
    issued, failed = ("shop_otp_issued_total", "shop_otp_failed_total")

    metrics.otp_issued("test")
    metrics.otp_failed("test")
    metrics.otp_failed("test")

    exposed = metrics.exposition()
    assert (sample(exposed, issued, purpose="test"), sample(exposed, failed, purpose="test")) == (1, 2)


@pytest.mark.django_db
def test_jobs_are_counted_by_state_and_queue() -> None:
    Job.objects.create(name="a", due_at=START)
    Job.objects.create(name="b", due_at=START, queue="mail")
    Job.objects.create(name="c", due_at=START, state=Job.State.DEAD)

    exposed = metrics.exposition()

    assert sample(exposed, "shop_jobs", state="waiting", queue="default") == 1
    assert sample(exposed, "shop_jobs", state="waiting", queue="mail") == 1
    assert sample(exposed, "shop_jobs", state="waiting", queue="bulk") == 0
    assert sample(exposed, "shop_jobs", state="dead", queue="default") == 1
