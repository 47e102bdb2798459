from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shop.platform.expiry import BATCH, purge_answers, purge_counters
from shop.platform.idempotency import acquire
from shop.platform.limits import Policy, hit
from shop.platform.models import IdempotencyRecord, LimitCounter

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)
MINUTE = Policy("minute", 5, 60, always=True)


def test_counters_go_when_their_window_is_over_and_not_before() -> None:
    with time_machine.travel(AT, tick=False):
        hit(MINUTE, "early")
    with time_machine.travel(AT + timedelta(seconds=1), tick=False):
        hit(MINUTE, "late")

    with time_machine.travel(AT + timedelta(seconds=60), tick=False):
        purge_counters()

        assert LimitCounter.objects.count() == 1
        assert hit(MINUTE, "late").remaining == 3


def test_keys_go_when_their_time_is_over_and_not_before() -> None:
    with time_machine.travel(AT, tick=False):
        acquire(scope="s", key="early", fingerprint=b"")
    with time_machine.travel(AT + timedelta(seconds=1), tick=False):
        acquire(scope="s", key="late", fingerprint=b"")

    with time_machine.travel(AT + timedelta(hours=48), tick=False):
        purge_answers()

    assert IdempotencyRecord.objects.get().expires_at == AT + timedelta(hours=48, seconds=1)


def test_more_than_a_batch_goes_too() -> None:
    LimitCounter.objects.bulk_create(LimitCounter(subject=str(i), used=1, ends_at=0) for i in range(2 * BATCH + 1))

    purge_counters()

    assert LimitCounter.objects.count() == 0
