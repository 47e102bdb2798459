"""The code is in the mail and nowhere else, and neither are tokens and passwords."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from django.core import mail

from shop.accounts.models import User
from shop.platform import logs
from shop.platform.models import Job
from shop.platform.scrub import HIDDEN, scrub_text
from tests.accounts.visitor import (
    EMAIL,
    OTHER_PASSWORD,
    PASSWORD,
    UNKNOWN,
    Visitor,
    codes_in,
    deliver,
    login,
    whole_database,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that the process writes at the level DEBUG, as in production: what was logged, and what was printed."""
    logs.configure({"level": "DEBUG", "json": True})

    def everything() -> str:
        printed = capsys.readouterr()
        records = [f"{each.getMessage()} {each.__dict__}" for each in caplog.records]
        return printed.out + printed.err + "\n".join(records)

    with caplog.at_level(logging.DEBUG):  # and back, before the level that all other tests have is set
        yield everything
    logs.configure({"level": "INFO", "json": False})


def test_the_code_of_a_reset_is_in_the_mail_and_nowhere_else(
    visitor: Visitor, ada: User, said: Callable[[], str]
) -> None:
    asked = visitor.post("/auth/forgot-password", email=EMAIL)
    arguments = str(list(Job.objects.values()))
    deliver()
    (digits,) = codes_in(mail.outbox[0])

    places = {"answer": str(asked), "job": arguments, "database": whole_database(), "logs": said()}

    assert "request" in places["logs"]
    assert [name for name, text in places.items() if _stands_in(digits, text)] == []


def test_the_code_stands_nowhere_after_it_was_tried_exchanged_and_used(
    visitor: Visitor, ada: User, said: Callable[[], str]
) -> None:
    visitor.post("/auth/forgot-password", email=EMAIL)
    deliver()
    (digits,) = codes_in(mail.outbox[0])
    exchanged = visitor.post("/auth/verify-otp", email=EMAIL, otp=digits, purpose="password_reset")
    ticket = exchanged.data["reset_token"]
    reset = visitor.post("/auth/reset-password", reset_token=ticket, new_password=OTHER_PASSWORD)
    deliver()

    kept, written, answers = whole_database(), said(), str(exchanged.headers) + str(reset)

    assert reset.status == 200
    assert not _stands_in(digits, kept + written + answers)
    assert ticket not in kept + written + answers
    assert OTHER_PASSWORD not in kept + written + answers


def test_what_a_registration_begins_with_stands_nowhere(visitor: Visitor, said: Callable[[], str]) -> None:
    asked = visitor.post("/auth/register", email=UNKNOWN, password=PASSWORD)
    deliver()
    (digits,) = codes_in(mail.outbox[0])
    token = asked.data["registration_token"]

    kept, written = whole_database(), said()

    assert not _stands_in(digits, kept + written + str(asked))
    assert token not in kept + written
    assert PASSWORD not in kept + written + str(asked) + str(mail.outbox[0].message())


def test_tokens_stand_nowhere(visitor: Visitor, ada: User, said: Callable[[], str]) -> None:
    first = visitor.post("/auth/login", email=EMAIL, password=PASSWORD).data
    second = visitor.post("/auth/refresh", refresh_token=first["refresh_token"]).data
    login(visitor).get(f"/me?access_token={second['access_token']}")
    visitor.holding(second["access_token"]).get("/me/sessions")

    kept, written = whole_database(), said()

    secrets = [pair[name] for pair in (first, second) for name in ("access_token", "refresh_token")]
    assert [each for each in secrets if each[4:] in kept] == []
    assert [each for each in secrets if each[4:] in written] == []


def test_no_line_names_an_address(visitor: Visitor, ada: User, said: Callable[[], str]) -> None:
    visitor.post("/auth/login", email=EMAIL, password="not the password")
    visitor.post("/auth/register", email=UNKNOWN, password=PASSWORD)
    visitor.post("/auth/forgot-password", email=EMAIL)
    deliver()

    written = said()

    assert "request" in written
    assert EMAIL not in written
    assert UNKNOWN not in written


@pytest.mark.parametrize("prefix", ["sat", "srt", "srp", "srg"])
def test_every_kind_of_token_is_scrubbed_by_its_shape(prefix: str) -> None:
    clean = scrub_text(f"it was {prefix}_0123456789abcdef-_ABC, they say")

    assert clean == f"it was {prefix}_{HIDDEN}, they say"


def _stands_in(digits: str, text: str) -> bool:
    """Whether the digits stand there alone, not as a part of a longer number, a key or a hash."""
    return re.search(rf"(?<![0-9a-zA-Z.]){digits}(?![0-9a-zA-Z])", text) is not None
