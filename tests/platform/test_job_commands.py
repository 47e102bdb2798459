import os
import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from shop.platform.clock import now
from shop.platform.jobs import PERIODICS, task
from shop.platform.management.commands.runserver import Command as Runserver
from shop.platform.models import Job, Schedule
from shop.platform.settings import ShopSettings, shop_settings

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)

done: list[str] = []
may_end = threading.Event()


@task("test.command_note")
def take_note(*, what: str) -> None:
    done.append(what)


@task("test.command_end")
def be_told_to_stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@task("test.command_outlast", queue_name="bulk")
def outlast_the_stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    may_end.wait(10)
    done.append("outlasted")


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


@pytest.fixture
def nothing_periodic() -> None:
    Schedule.objects.bulk_create(Schedule(name=name, next_at=NEVER) for name in PERIODICS)


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.usefixtures("nothing_periodic")
def test_work_once_does_what_is_due_and_says_how_much() -> None:
    take_note.enqueue(what="one")
    take_note.enqueue(what="two")
    take_note.using(run_after=NEVER).enqueue(what="later")

    assert said("work", "--once") == "Ran 2 jobs.\n"
    assert done == ["one", "two"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_periodic")
def test_work_ends_when_asked_after_finishing_the_current_job() -> None:
    before = signal.getsignal(signal.SIGTERM)
    be_told_to_stop.enqueue()

    output = said("work")

    assert output.endswith("Finishing the running jobs.\n")
    assert Job.objects.count() == 0
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_periodic")
def test_a_job_that_takes_longer_than_the_worker_waits_runs_again() -> None:
    outlast_the_stop.enqueue()

    output = said("work", "--graceful-timeout", "0.1")

    released = Job.objects.get()
    may_end.set()
    assert output.endswith("Jobs cut short, which run again: 1.\n")
    assert (released.owner, released.attempts) == ("", 0)
    assert released.due_at <= now()


@pytest.mark.django_db
@pytest.mark.usefixtures("nothing_periodic")
def test_work_once_does_what_is_due_in_the_queues_it_is_given() -> None:
    take_note.enqueue(what="default")
    take_note.using(queue_name="mail").enqueue(what="mail")
    take_note.using(queue_name="bulk").enqueue(what="bulk")

    assert said("work", "--once", "--queues", "mail,bulk") == "Ran 2 jobs.\n"
    assert done == ["mail", "bulk"]
    assert Job.objects.get().queue == "default"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options",
    [
        ["--queues="],
        ["--queues=mail,post"],
        ["--threads=0"],
        ["--threads=-1"],
        ["--threads=many"],
        ["--threads=65"],
        ["--graceful-timeout=-1"],
        ["--graceful-timeout=soon"],
        ["--graceful-timeout=nan"],
    ],
)
def test_options_of_work_that_mean_nothing_are_refused(options: list[str]) -> None:
    take_note.enqueue(what="this")

    with pytest.raises(CommandError):
        call_command("work", "--once", *options)

    assert done == []
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_periodic")
def test_a_worker_that_starts_while_the_database_is_away_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)
    be_told_to_stop.enqueue()

    output = said("work")

    assert output.endswith("Finishing the running jobs.\n")
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_jobs_lists_dead_and_waiting_ones_and_the_schedule() -> None:
    dead = Job.objects.create(name="test.dead", state="dead", due_at=AT, attempts=8, error="OSError: … (x:1)")
    waiting = Job.objects.create(name="test.waiting", due_at=AT)
    running = Job.objects.create(name="test.running", due_at=NEVER, owner="somebody", attempts=1)
    Schedule.objects.create(name="test.hourly", next_at=AT)

    assert said("jobs") == (
        "Dead: 1\n"
        f"  {dead.pk}  test.dead  default  since 2026-11-22T08:43:19Z  attempts 8  OSError: … (x:1)\n"
        "Waiting: 2\n"
        f"  {waiting.pk}  test.waiting  default  due 2026-11-22T08:43:19Z  attempts 0\n"
        f"  {running.pk}  test.running  default  running, lease until 2100-01-01T00:00:00Z  attempts 1\n"
        "Periodic:\n"
        "  test.hourly  next 2026-11-22T08:43:19Z\n"
    )


@pytest.mark.django_db
def test_one_dead_job_or_all_can_be_retried() -> None:
    first, *_ = [Job.objects.create(name="test.dead", state="dead", due_at=AT) for _ in range(3)]

    assert said("jobs", "--retry", str(first.pk)) == "1 jobs queued again.\n"
    assert said("jobs", "--retry", "all") == "2 jobs queued again.\n"
    assert Job.objects.filter(state="waiting").count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["7", "", "01a2031e-eb2a-7e57-a25a-8593dddb54d0"])
def test_what_is_no_dead_job_is_not_retried(wanted: str) -> None:
    Job.objects.create(name="test.waiting", due_at=AT, attempts=3)

    with pytest.raises(CommandError):
        call_command("jobs", f"--retry={wanted}")

    assert Job.objects.get().attempts == 3


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_runserver_says_where_things_are(shop: Settings, host: str, shown: str) -> None:
    said = bound(host, 8000)

    assert said.endswith(f"No background jobs here. Open http://{shown}:8000/swagger/, http://{shown}:8000/admin/\n")


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8001"),
        ("0.0.0.0", "http://127.0.0.1:8001"),  # noqa: S104 - a browser does not know that address
        ("::1", "http://[::1]:8001"),
    ],
)
def test_links_lead_to_the_port_that_runserver_has(shop: Settings, client: Client, host: str, base_url: str) -> None:
    shop.DEBUG = True
    bound(host, 8001)

    assert shop_settings().base_url == base_url
    assert base_url in client.get("/").content.decode()
    assert ":8000" not in client.get("/").content.decode()


def test_links_lead_where_clients_are_said_to_reach_the_shop(shop: Settings) -> None:
    shop.SHOP = replace(shop.SHOP, base_url="https://shop.example.com")

    bound("127.0.0.1", 8001)

    assert shop_settings().base_url == "https://shop.example.com"


@pytest.fixture
def shop(settings: Settings) -> Settings:
    """Nobody has said where clients reach the shop; it is forgotten after the test what runserver made of that."""
    settings.SHOP = replace(settings.SHOP, base_url=ShopSettings.base_url)
    return settings


def bound(host: str, port: int) -> str:
    """What runserver says once it has the port."""
    out = StringIO()
    command = Runserver(stdout=out, no_color=True)
    vars(command).update(addr=host, works=False, _raw_ipv6=":" in host)
    command.on_bind(port)
    return out.getvalue()
