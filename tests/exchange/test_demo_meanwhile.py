"""The demo while a worker runs: really committed, order by order."""

from io import StringIO
from uuid import UUID

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection

from shop.exchange.demo import purchases
from shop.orders.models import Order
from shop.platform import events

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_runs_meanwhile_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    committed: list[str] = []
    quietly = events.keep_quiet

    def seen(aggregate: UUID) -> None:
        committed.extend([] if connection.in_atomic_block else ["a worker could tell of it"])
        quietly(aggregate)

    monkeypatch.setattr(purchases, "keep_quiet", seen)

    call_command("demo", verbosity=0, stdout=StringIO())
    call_command("work", "--once", stdout=StringIO())

    assert (Order.objects.count(), committed, mail.outbox) == (7, [], [])
