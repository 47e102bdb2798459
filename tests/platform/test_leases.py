"""Keys of calls that were cut: by the end of their process, or by the database."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import OperationalError
from django.db.models import QuerySet
from pytest_django import Settings

from shop.platform import leases
from shop.platform.idempotency import Lease, acquire
from shop.platform.models import IdempotencyRecord

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)
HOLDS_A_MARK = """
import fcntl, sys
file = open(sys.argv[1], "wb")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def granted() -> Lease:
    given = acquire(scope="guest:/api/v1/carts:openCart", key="key-1", fingerprint=b"body")
    assert isinstance(given, Lease)
    return given


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.SHOP = replace(settings.SHOP, processes=tmp_path)
    return tmp_path


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[leases.Process]:
    """A process of its own, as after a restart."""
    fresh = leases.Process()
    monkeypatch.setattr(leases, "this_process", fresh)
    yield fresh
    fresh.fall_silent()


@pytest.mark.django_db
def test_the_leases_of_a_process_that_is_gone_end_when_the_next_one_starts(
    folder: Path, process: leases.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "as_soon_as_possible", lambda act: act())
    with time_machine.travel(AT, tick=False):
        cut = granted()
        mark = cut.owner[: leases.MARK_LENGTH]
        (folder / mark).touch()

        leases.take_over()

        assert granted().resumes is True
    assert sorted(each.name for each in folder.iterdir()) == [process.mark]


@pytest.fixture
def neighbor(folder: Path) -> Iterator[str]:
    """Another process that lives, by its mark."""
    mark = "0123456789ab"
    holder = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLDS_A_MARK, str(folder / mark)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    holder.stdout.readline()
    yield mark
    holder.stdin.close()
    holder.wait(10)
    holder.stdout.close()


@pytest.mark.django_db
def test_a_process_that_lives_keeps_its_leases(neighbor: str, process: leases.Process, folder: Path) -> None:
    with time_machine.travel(AT, tick=False):
        given = granted()
        IdempotencyRecord.objects.update(owner=neighbor + given.owner[leases.MARK_LENGTH :])

        leases.take_over()

        assert IdempotencyRecord.objects.get().lease_until == AT + timedelta(seconds=30)
    assert sorted(each.name for each in folder.iterdir()) == sorted([neighbor, process.mark])


def test_where_no_mark_can_be_kept_the_server_starts_all_the_same(
    folder: Path, settings: Settings, process: leases.Process
) -> None:
    blocked = folder / "file"
    blocked.touch()
    settings.SHOP = replace(settings.SHOP, processes=blocked)

    leases.take_over()

    assert blocked.read_bytes() == b""


@pytest.mark.django_db
def test_a_key_whose_database_is_away_is_given_back_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[Callable[[], object]] = []
    monkeypatch.setattr("shop.platform.idempotency.as_soon_as_possible", later.append)
    given = granted()

    def away(*_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as cut:
        cut.setattr(QuerySet, "delete", away)
        given.release_eventually()
    assert IdempotencyRecord.objects.count() == 1

    later[0]()

    assert granted().resumes is False


def test_what_the_database_does_not_take_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "PAUSE", 0.0)
    answers: Iterator[Exception | None] = iter([OperationalError(), OperationalError(), None])
    tried: list[int] = []

    def act() -> None:
        tried.append(1)
        failure = next(answers)
        if failure is not None:
            raise failure

    leases.as_soon_as_possible(act).join(10)

    assert len(tried) == 3
