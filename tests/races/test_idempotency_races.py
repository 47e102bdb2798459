from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import transaction

from shop.checkout.models import Cart
from shop.checkout.operations import opening
from shop.platform.idempotency import IdempotencyInFlight, Lease, LeaseLost, Replay, acquire
from shop.platform.models import IdempotencyRecord, LimitCounter
from tests.accounts.visitor import Seen, Visitor
from tests.checkout.storefront_client import open_shop
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

ask = partial(acquire, scope="user:1:complete_cart", key="key-1", fingerprint=b"body")


def run_once() -> int:
    """What a router does: acquire, effect and answer in one transaction, or the answer of before."""
    claimed = ask()
    if isinstance(claimed, Replay):
        return claimed.status
    with transaction.atomic():
        LimitCounter.objects.create(subject=claimed.owner, used=1, ends_at=0)
        claimed.finish(201, {}, b"done")
    return 201


def test_of_twenty_at_once_one_runs_and_the_others_wait() -> None:
    outcomes = together(*[ask] * 20)

    assert sum(isinstance(each, Lease) for each in outcomes) == 1
    assert sum(isinstance(each, IdempotencyInFlight) for each in outcomes) == 19
    assert IdempotencyRecord.objects.count() == 1


def test_of_twenty_that_find_an_ended_lease_one_takes_it_over() -> None:
    with time_machine.travel(LONG_AGO, tick=False):
        acquire(scope="user:1:complete_cart", key="key-1", fingerprint=b"body")
    IdempotencyRecord.objects.update(expires_at=datetime(2100, 1, 1, tzinfo=UTC))

    outcomes = together(*[ask] * 20)

    heirs = [each for each in outcomes if isinstance(each, Lease)]
    assert [each.resumes for each in heirs] == [True]
    assert sum(isinstance(each, IdempotencyInFlight) for each in outcomes) == 19


def test_twenty_that_do_the_whole_work_have_one_effect() -> None:
    outcomes = together(*[run_once] * 20)

    assert LimitCounter.objects.count() == 1
    assert sum(outcome == 201 or isinstance(outcome, IdempotencyInFlight) for outcome in outcomes) == 20
    assert ask() == Replay(201, {}, b"done")


@pytest.mark.postgresql
def test_a_call_that_outlives_its_lease_commits_nothing_once_another_has_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_shop()
    visitor = Visitor(headers={"Idempotency-Key": "of-a-call-that-takes-long"})
    really, outlived = opening.open_filled, list[object]()

    def another() -> Seen:
        IdempotencyRecord.objects.update(lease_until=LONG_AGO)
        return visitor.post("/carts")

    def slowly(*asked: Any, **said: Any) -> Any:
        opened = really(*asked, **said)
        if not outlived:
            outlived.append("it comes here too")
            outlived[:] = together(another)
        return opened

    monkeypatch.setattr(opening, "open_filled", slowly)
    seen, repeated = visitor.post("/carts"), visitor.post("/carts")

    [other] = outlived
    assert isinstance(other, Seen)
    assert (other.status, seen.refusal) == (201, (409, "idempotency_in_flight", None))
    assert (repeated.status, repeated.headers["Idempotent-Replayed"]) == (201, "true")
    assert repeated.data["id"] == other.data["id"]
    assert Cart.objects.count() == 1


def test_finishing_and_taking_over_at_once_leaves_one_effect() -> None:
    first = ask()
    assert isinstance(first, Lease)
    IdempotencyRecord.objects.update(lease_until=LONG_AGO)

    def finish_late() -> int:
        with transaction.atomic():
            LimitCounter.objects.create(subject="first", used=1, ends_at=0)
            first.finish(201, {}, b"done")
        return 201

    outcomes = together(finish_late, run_once)

    assert LimitCounter.objects.count() == 1
    assert outcomes[1] == 201
    assert outcomes[0] == 201 or isinstance(outcomes[0], LeaseLost)
    assert ask() == Replay(201, {}, b"done")
