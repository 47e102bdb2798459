"""The rows of a running shop have names and arguments that stay."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core import mail

from shop.accounts.models import OneTimePassword, PendingRegistration
from shop.accounts.operations import one_time_passwords
from shop.platform.jobs import TASKS
from shop.platform.models import Job
from shop.platform.worker import work_once

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
STORED = {
    "accounts.mail_code": {"otp": str(uuid4())},
    "accounts.mail_email_changed": {"to": "ada@example.com"},
    "accounts.mail_password_changed": {"user": str(uuid4())},
    "accounts.mail_session_ended": {"user": str(uuid4())},
    "catalog.clean_pictures": {"after": "products/z.png"},
    "payments.give_back": {"bill": str(uuid4())},
    "payments.return_stray": {"payment": str(uuid4())},
    "payments.send_refund": {"refund": str(uuid4())},
    "platform.catch_up": {},
    "platform.tell": {"event": str(uuid4()), "listener": "shop.notifications.subscribers.mail_confirmation"},
}


def test_a_mail_that_was_stored_under_its_old_name_is_sent() -> None:
    PendingRegistration.objects.create(email="ada@example.com", email_key="ada@example.com", expires_at=NEVER)
    otp = one_time_passwords.ask(subject="ada@example.com", purpose=OneTimePassword.Purpose.EMAIL_VERIFICATION)
    Job.objects.create(name="accounts.mail_code", arguments={"otp": str(otp)}, due_at=LONG_AGO)

    assert work_once() is True

    assert [sent.to for sent in mail.outbox] == [["ada@example.com"]]
    assert Job.objects.count() == 0


def test_every_name_that_shops_have_stored_is_a_task() -> None:
    ours = {name for name, task in TASKS.items() if task.func.__module__.startswith("shop.")}

    assert ours == set(STORED)


@pytest.mark.parametrize(("name", "arguments"), STORED.items())
def test_the_function_takes_the_arguments_that_shops_have_stored(name: str, arguments: Mapping[str, str]) -> None:
    TASKS[name].enqueue(**arguments)

    assert Job.objects.values_list("name", "arguments").get() == (name, arguments)
