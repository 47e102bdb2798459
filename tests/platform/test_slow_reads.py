"""Reads of strangers that take long: only so many at once, and never at the cost of fast ones."""

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from shop.platform.http import router
from shop.platform.http.refusals import TooBusy
from shop.platform.http.slow_reads import SlowReads

LIST, OTHER = ("listProducts", "category", "sort"), ("listProducts",)


class Watch:
    """A clock that the test moves."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def reads(watch: Watch) -> SlowReads:
    return SlowReads(watch)


def three_that_run_for(reads: SlowReads, watch: Watch, seconds: float) -> list[object]:
    tickets = [reads.enter(LIST), reads.enter(LIST), reads.enter(LIST)]
    watch.seconds += seconds
    return tickets


def test_the_fourth_slow_read_of_a_kind_is_refused(reads: SlowReads, watch: Watch) -> None:
    three_that_run_for(reads, watch, 1.1)

    with pytest.raises(TooBusy) as refused:
        reads.enter(LIST)

    assert (refused.value.code, refused.value.retry_after) == ("too_busy", 2)


def test_reads_of_another_kind_go_on(reads: SlowReads, watch: Watch) -> None:
    three_that_run_for(reads, watch, 1.1)

    assert reads.enter(OTHER) is not None


def test_many_fast_reads_at_once_are_no_slow_ones(reads: SlowReads, watch: Watch) -> None:
    three_that_run_for(reads, watch, 0.9)

    assert reads.enter(LIST) is not None


def test_a_kind_that_was_slow_is_held_back_for_a_minute(reads: SlowReads, watch: Watch) -> None:
    tickets = three_that_run_for(reads, watch, 1.1)
    reads.leave(tickets[0])
    reads.enter(LIST)
    reads.leave(tickets[1])
    reads.leave(tickets[2])
    reads.enter(LIST)
    reads.enter(LIST)

    with pytest.raises(TooBusy):
        reads.enter(LIST)

    watch.seconds += 61
    fresh = SlowReads(watch)
    assert fresh.enter(LIST) is not None


def test_zero_is_no_limit(reads: SlowReads, watch: Watch, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, slow_reads=0)
    three_that_run_for(reads, watch, 1.1)

    assert reads.enter(LIST) is not None


@pytest.fixture
def crowded(reads: SlowReads, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slow reads of the store run in this process."""
    monkeypatch.setattr(router, "slow_reads", reads)
    _ = [reads.enter(("getStore",)) for _ in range(3)]
    watch.seconds += 2


@pytest.mark.django_db
def test_a_stranger_is_told_to_come_again(client: Client, crowded: None) -> None:
    refused, other = client.get("/api/v1/store"), client.get("/api/v1/categories")

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (503, "too_busy")
    assert refused["Retry-After"] == "2"
    assert other.status_code == 200
