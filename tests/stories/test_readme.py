"""The first calls and the first purchase of the README, as they stand there, against a demo shop that runs."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connections
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from shop.accounts.models import Address, Session, User
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform.worker_pool import WorkerPool
from tests.contracts.pages import README, blocks, section

SHOP = "SHOP=http://127.0.0.1:8000\n"

pytestmark = pytest.mark.slow

Bash = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def bash(settings: Settings, live_server: LiveServer, tmp_path: Path) -> Iterator[Bash]:
    """Runs lines as a reader would, in a folder in which mails land in var/mailbox."""
    settings.SHOP = replace(settings.SHOP, mailbox=tmp_path / "var" / "mailbox", base_url=live_server.url)
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CSRF_COOKIE_SECURE = False  # as in development
    settings.EMAIL_BACKEND = "shop.platform.mail.backends.Development"
    worker = WorkerPool()
    worker.start()

    def run(lines: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            ["bash", "-euo", "pipefail", "-c", lines.replace(SHOP, f"SHOP={live_server.url}\n")],  # noqa: S607
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    yield run
    worker.stop(within=timedelta(seconds=20))
    connections.close_all()


def lines_of(*titles: str) -> str:
    found = [block for title in titles for block in blocks(section(README.read_text(), title))]
    return "\n".join(block.text for block in found if block.language == "sh")


def test_the_first_calls_and_the_first_purchase_do_what_the_readme_says(bash: Bash) -> None:
    call_command("demo", verbosity=0, stdout=StringIO())
    before = set(Order.objects.values_list("pk", flat=True))
    lines = lines_of("First calls", "The first purchase")

    ran = bash(lines)

    mary = User.objects.get(email="mary@example.com")
    bought = Order.objects.exclude(pk__in=before).order_by("pk")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert lines.count(SHOP) == 1
    assert mary.check_password("staple battery horse")
    assert mary.email_verified
    assert Address.objects.filter(user=mary).count() == 1
    logins = Session.objects.filter(user=mary).order_by("created_at")
    assert [session.is_live for session in logins] == [False, True, True]
    assert mail.outbox == []
    assert list(bought.values_list("email", "status", "payment_status")) == [
        ("grete@example.com", "cancelled", "voided"),
        ("grete@example.com", "placed", "paid"),
        ("mary@example.com", "placed", "paid"),
    ]
    assert [order.user is not None for order in bought] == [False, False, True]
    assert list(
        Payment.objects.filter(bill__in=bought.values("bill")).order_by("pk").values_list("status", "decline_code")
    ) == [("declined", "card_declined"), ("captured", ""), ("captured", "")]
    assert ran.stdout.count("Declined, as expected.") == 1
    assert ran.stdout.count('"message": "Please confirm the payment."') == 1


def test_a_line_that_fails_ends_them(bash: Bash) -> None:
    lines = lines_of("First calls").replace("/auth/forgot-password", "/auth/forgotten-password")

    ran = bash(lines)

    assert ran.returncode != 0
    assert '"code": "not_found"' in ran.stdout
    assert User.objects.get(email="mary@example.com").check_password("correct horse battery")
