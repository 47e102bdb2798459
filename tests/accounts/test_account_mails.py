"""What accounts are told by mail, word for word where it matters, and to whom."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from shop.accounts import jobs as _  # noqa: F401 registers what the worker does by the clock
from shop.accounts.mails import mail_code, mail_email_changed, mail_password_changed, mail_session_ended
from shop.accounts.models import OneTimePassword, PendingEmail, PendingRegistration, User
from shop.accounts.operations import one_time_passwords as otp
from shop.kernel.ids import uuid7
from shop.platform.jobs import PERIODICS, JobTask
from shop.stores.models import Store
from tests.accounts.visitor import EMAIL, PASSWORD, UNKNOWN, Visitor, codes_in, deliver

pytestmark = pytest.mark.django_db

RESET = OneTimePassword.Purpose.PASSWORD_RESET
NOT_YOU = "If you didn't request this, you can ignore this email."


def test_the_code_stands_on_a_line_of_its_own_with_how_long_it_lives(visitor: Visitor, ada: User) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    deliver()

    (message,) = mail.outbox
    (digits,) = codes_in(message)
    assert message.subject == "Reset your password"
    assert digits not in message.subject
    assert str(message.body).split("\n\n")[1:5] == [
        "Enter this code to choose a new password:",
        f"    {digits}",
        "It is valid for 5 minutes and can be used once.",
        NOT_YOU,
    ]


def test_text_and_html_show_the_same_code(visitor: Visitor, ada: User) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    deliver()

    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert codes_in(message)[0] in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_when_the_worker_tries_again_the_last_mail_counts(ada: User) -> None:
    asked = otp.ask(subject=EMAIL, purpose=RESET)

    mail_code.call(otp=str(asked))
    mail_code.call(otp=str(asked))

    first, last = (codes_in(each)[0] for each in mail.outbox)
    assert otp.check(subject=EMAIL, ip="192.0.2.1", purpose=RESET, code=last).pk == asked
    assert first != last or len(mail.outbox) == 2


def test_after_the_code_was_used_it_is_not_mailed_again(ada: User) -> None:
    asked = otp.ask(subject=EMAIL, purpose=RESET)
    mail_code.call(otp=str(asked))
    otp.consume(otp.check(subject=EMAIL, ip="192.0.2.1", purpose=RESET, code=codes_in(mail.outbox[0])[0]))

    mail_code.call(otp=str(asked))

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("purpose", ["password_reset", "email_verification", "email_change"])
def test_where_there_is_nobody_to_tell_nothing_is_sent(purpose: str) -> None:
    asked = otp.ask(subject=str(uuid7()), purpose=purpose)

    mail_code.call(otp=str(asked))

    assert mail.outbox == []
    assert OneTimePassword.objects.get().code_hash == ""


@pytest.mark.parametrize("job", [mail_password_changed, mail_session_ended])
def test_notices_about_an_account_that_is_gone_are_not_sent(job: JobTask[[str]]) -> None:
    job.call(user=str(uuid7()))

    assert mail.outbox == []


def test_notices_say_what_to_do_and_hold_no_secret(ada: User) -> None:
    mail_password_changed.call(user=str(ada.pk))
    mail_session_ended.call(user=str(ada.pk))
    mail_email_changed.call(to="old@example.com")

    assert [(each.to, each.subject) for each in mail.outbox] == [
        ([EMAIL], "Your password was changed"),
        ([EMAIL], "A device was logged out"),
        (["old@example.com"], "Your email address was changed"),
    ]
    assert "reset your password immediately and contact us." in str(mail.outbox[0].body)
    assert "change your password" in str(mail.outbox[1].body)
    assert "contact us immediately" in str(mail.outbox[2].body)


def test_a_notice_names_the_email_address_of_the_store(ada: User) -> None:
    Store.objects.update(email="hello@kiln.example")

    mail_email_changed.call(to="old@example.com")

    assert "contact us at hello@kiln.example immediately" in " ".join(str(mail.outbox[0].body).split())


def test_what_nobody_confirmed_goes_away_by_the_clock(
    visitor: Visitor, me: Visitor, clock: time_machine.Traveller
) -> None:
    visitor.post("/auth/register", email=UNKNOWN, password=PASSWORD)
    me.post("/me/change-email", new_email="new@example.com", current_password=PASSWORD)
    clock.shift(timedelta(hours=24))

    ours = [each.function for name, each in sorted(PERIODICS.items()) if name.startswith("accounts.")]
    ran = [function() for function in ours]

    assert len(ran) == 3
    assert (OneTimePassword.objects.count(), PendingRegistration.objects.count(), PendingEmail.objects.count()) == (
        0,
        0,
        0,
    )
