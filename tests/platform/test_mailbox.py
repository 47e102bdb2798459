import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from shop.platform.mail import Code, Mail, send
from shop.platform.mail.mailbox import Mailbox

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MAIL = Mail("Reset your password", "Your code:", Code("482913"), "It is valid for 5 minutes.")


@pytest.fixture
def box(settings: Settings, tmp_path: Path) -> Mailbox:
    """The mailbox in use, on a machine that develops."""
    settings.SHOP = replace(settings.SHOP, mailbox=tmp_path / "mailbox")
    settings.EMAIL_BACKEND = "shop.platform.mail.backends.Development"
    return Mailbox(tmp_path / "mailbox")


@pytest.mark.django_db
def test_mails_are_printed_readably_and_kept(box: Mailbox, capsys: pytest.CaptureFixture[str]) -> None:
    send(MAIL, "jane@example.com")

    (kept,) = box
    printed = capsys.readouterr().out
    assert "\n    482913\n" in printed
    assert "  Mail to jane@example.com\n  Reset your password\n" in printed
    assert f"  http://127.0.0.1:8000/dev/mailbox/{kept.name}/\n" in printed
    assert "<table" not in printed
    assert (kept.message["To"], kept.text, kept.html) == ("jane@example.com", MAIL.text, MAIL.html)


@pytest.mark.django_db
def test_without_a_mailbox_mails_are_printed_only(
    settings: Settings, box: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SHOP = replace(settings.SHOP, mailbox=None)

    send(MAIL, "jane@example.com")

    assert "\n    482913\n" in capsys.readouterr().out
    assert list(box) == []


def test_the_newest_two_hundred_are_kept_newest_first(box: Mailbox) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for number in range(203):
            box.keep(f"Subject: {number}\n\n".encode())
            clock.shift(timedelta(seconds=1))

    assert [kept.message["Subject"] for kept in box] == [str(number) for number in range(202, 2, -1)]
    assert next(iter(box)).sent_at == START + timedelta(seconds=202)


@pytest.mark.parametrize("name", ["", ".", "..", "../secret", "secret", "/etc/passwd", "*", "\0"])
def test_no_name_leads_out_of_the_mailbox(box: Mailbox, name: str) -> None:
    box.keep(b"Subject: 1\n\n")
    (box.directory.parent / "secret.eml").write_text("secret")
    (box.directory / "notes.txt").write_text("secret")

    assert box.find(name) is None


@pytest.mark.parametrize("path", ["..%2Fsecret/", "%2e%2e/", "..%2F..%2Fetc%2Fpasswd.eml", "unknown/", "unknown.eml"])
def test_an_address_that_names_no_mail_is_not_found(box: Mailbox, client: Client, path: str) -> None:
    (box.directory.parent / "secret.eml").write_text("secret")

    response = client.get(f"/dev/mailbox/{path}")

    assert response.status_code == 404


@pytest.mark.django_db
def test_the_page_lists_mails_and_opens_the_newest(box: Mailbox, client: Client) -> None:
    send(MAIL, "jane@example.com")
    send(Mail("Welcome", "Good to have you."), "joe@example.com")

    response = client.get("/dev/mailbox/")

    page = response.content.decode()
    assert page.index("joe@example.com") < page.index("jane@example.com")
    assert "<h2>Welcome</h2>" in page
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_the_html_of_a_mail_is_shown_in_a_frame_that_may_do_nothing(box: Mailbox, client: Client) -> None:
    kept = box.keep(b"Content-Type: text/html\nSubject: <b>\n\n<script>alert(1)</script>\"'>")

    response = client.get(f"/dev/mailbox/{kept.name}/")

    page = response.content.decode()
    frame = re.search("<iframe[^>]*>", page)
    assert frame is not None
    assert ' sandbox title="' in frame[0]
    assert 'srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&gt;' in frame[0]
    assert "<script" not in page
    assert "<h2>&lt;b&gt;</h2>" in page
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_an_empty_mailbox_says_so(box: Mailbox, client: Client) -> None:
    response = client.get("/dev/mailbox/")

    assert response.status_code == 200
    assert b"No mail yet" in response.content


def test_a_mail_can_be_downloaded_as_it_was_sent(box: Mailbox, client: Client) -> None:
    kept = box.keep(b"Subject: 1\n\nText")

    response = client.get(f"/dev/mailbox/{kept.name}.eml")

    assert (response.content, response["Content-Type"]) == (b"Subject: 1\n\nText", "message/rfc822")
    assert response["Content-Disposition"] == f'attachment; filename="{kept.name}.eml"'


def test_clearing_takes_a_form_of_ours(box: Mailbox) -> None:
    box.keep(b"Subject: 1\n\nText")
    browser = Client(enforce_csrf_checks=True)

    foreign = browser.post("/dev/mailbox/clear")
    left = len(list(box))
    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/dev/mailbox/").content.decode())
    assert token is not None
    ours = browser.post("/dev/mailbox/clear", {"csrfmiddlewaretoken": token[1]})

    assert (foreign.status_code, left) == (403, 1)
    assert (ours.status_code, ours["Location"], list(box)) == (302, "/dev/mailbox/", [])


def test_following_a_link_clears_nothing(box: Mailbox, client: Client) -> None:
    box.keep(b"Subject: 1\n\nText")

    response = client.get("/dev/mailbox/clear")

    assert (response.status_code, len(list(box))) == (405, 1)


@pytest.mark.parametrize(
    "caller",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"},
    ],
)
@pytest.mark.parametrize("path", ["", "{name}/", "{name}.eml"])
def test_nobody_at_another_machine_sees_a_mailbox(
    box: Mailbox, client: Client, caller: dict[str, str], path: str
) -> None:
    kept = box.keep(b"Subject: 1\n\nText")

    response = client.get("/dev/mailbox/" + path.format(name=kept.name), **caller)  # type: ignore[arg-type]

    assert response.status_code == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.9.10"])
def test_whoever_sits_at_this_machine_does(box: Mailbox, client: Client, address: str) -> None:
    response = client.get("/dev/mailbox/", REMOTE_ADDR=address)

    assert response.status_code == 200


def test_outside_development_there_is_no_mailbox(settings: Settings, box: Mailbox, client: Client) -> None:
    kept = box.keep(b"Subject: 1\n\nText")
    settings.SHOP = replace(settings.SHOP, mailbox=None)

    answers = [client.get(f"/dev/mailbox/{path}").status_code for path in ("", f"{kept.name}/", f"{kept.name}.eml")]
    cleared = client.post("/dev/mailbox/clear")

    assert (answers, cleared.status_code, len(list(box))) == ([404, 404, 404], 404, 1)
    assert "mailbox" not in client.get("/").content.decode()
