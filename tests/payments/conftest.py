from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from pytest_django import Settings

from shop.kernel.money import Money
from shop.payments import operations as payments
from shop.payments import registry
from shop.payments.models import Bill, Payment
from shop.platform import worker
from shop.platform.models import Job
from tests.payments.gateways import Watched

TWENTY = Money(1999, "EUR")
RETURN_URL = "http://localhost:3000/checkout/done?cart=1"


@pytest.fixture
def bank(settings: Settings) -> Watched:
    """The only gateway beside `manual`, watched."""
    settings.SHOP = replace(
        settings.SHOP, base_url="http://127.0.0.1:8000", cors_origins=frozenset({"http://localhost:3000"})
    )
    settings.PAYMENTS = replace(
        settings.PAYMENTS,
        test_mode=False,
        gateways=("shop.payments.gateways.manual.Manual", "tests.payments.gateways.Watched"),
        test_gateway_delay=timedelta(milliseconds=50),
    )
    watched = cast(Watched, registry.find("test"))
    watched.reset()
    return watched


@pytest.fixture
def bill(bank: Watched, transactional_db: None) -> Bill:
    """19.99 EUR, open."""
    return payments.open_bill(TWENTY)


def pay(bill: Bill, token: str = "tok_success", *, method: str = "test") -> Payment:  # noqa: S107
    """A shopper tries to pay."""
    return payments.collect(bill, method=method, token=token, return_url=RETURN_URL)


def state(bill: Bill) -> tuple[str, int, int]:
    """Status, captured and refunded as they are stored."""
    row = Bill.objects.get(pk=bill.pk)
    return row.status, row.captured, row.refunded


def statuses(bill: Bill) -> list[str]:
    """The statuses of the bill's payments, the oldest first."""
    return list(Payment.objects.filter(bill=bill).order_by("created_at").values_list("status", flat=True))


def waiting_jobs() -> list[tuple[str, int]]:
    """The jobs of payments that wait, and how often each was tried."""
    return list(Job.objects.filter(name__startswith="payments.").values_list("name", "attempts"))


def work() -> None:
    """The worker has tried every job that waits, due or not."""
    Job.objects.update(due_at=datetime(2026, 1, 1, tzinfo=UTC))
    worker.drain()
