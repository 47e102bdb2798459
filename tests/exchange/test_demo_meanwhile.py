"""The demo while a worker runs: every order is committed."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from shop.exchange.demo import purchases
from shop.orders.models import Order
from shop.platform import events
from shop.platform.clock import now
from shop.platform.mail.mailbox import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_runs_meanwhile_tells_nobody_and_the_mailbox_has_the_newest_mails(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    committed: list[str] = []
    quietly = events.keep_quiet

    def seen(aggregate: UUID) -> None:
        committed.extend([] if connection.in_atomic_block else ["a worker could tell of it"])
        quietly(aggregate)

    monkeypatch.setattr(purchases, "keep_quiet", seen)
    monkeypatch.setattr(events, "keep_quiet", seen)
    settings.EMAIL_BACKEND = "shop.platform.mail.backends.Development"
    settings.SHOP = replace(settings.SHOP, mailbox=tmp_path / "mailbox")

    call_command("demo", verbosity=0, stdout=StringIO())
    call_command("work", "--once", stdout=StringIO())

    mails = list(Mailbox(tmp_path / "mailbox"))
    assert (Order.objects.count(), committed, capsys.readouterr().out) == (15, [], "")
    assert [(str(each.message["To"]), (now() - each.sent_at).days) for each in mails] == [
        ("grace@example.com", 0),
        ("ada@example.com", 0),
        ("maria@example.com", 2),
    ]
