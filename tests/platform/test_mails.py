from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from html import unescape
from re import sub

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import DjangoAssertNumQueries, Settings

from shop.platform.mail import Code, Link, Mail, Table, send
from shop.platform.mail.mails import Unaddressable
from shop.stores.models import Market, Store

pytestmark = pytest.mark.django_db

MAIL = Mail("Your code", "You asked for a code:", Code("482913"), "It is valid for 5 minutes.")


class ServerAway(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError("mail server away")


def received() -> ParsedMessage:
    """The one mail that was sent, as a mail program reads it."""
    (message,) = mail.outbox
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def words(html: str) -> list[str]:
    """What a person reads of a page."""
    shown = html.partition("<body")[2].partition(">")[2]
    return unescape(sub("<[^>]+>", " ", shown)).split()


def test_text_and_html_say_the_same() -> None:
    message = Mail("Größer & besser", "One <b>\nTwo", Code("12"), "Three", greeting="Hallo,", closing="Gruß")

    heading = ["Größer", "&", "besser"]
    assert words(message.html) == heading + message.text.split()


def test_the_text_reads_as_a_mail() -> None:
    assert MAIL.text == (
        "Hello,\n\nYou asked for a code:\n\n    482913\n\nIt is valid for 5 minutes.\n\nKind regards\nMy store\n"
    )


def test_a_mail_is_sent_and_signed_by_the_name_of_the_store(settings: Settings) -> None:
    Store.objects.update(name='Kiln & Co, "Zürich"')
    settings.DEFAULT_FROM_EMAIL = "Somebody <shop@example.com>"

    send(MAIL, "jane@example.com")

    [address] = received()["From"].addresses
    text = received().get_body(("plain",))
    html = received().get_body(("html",))
    assert (address.display_name, address.addr_spec) == ('Kiln & Co, "Zürich"', "shop@example.com")
    assert text is not None
    assert text.get_content().endswith('Kind regards\nKiln & Co, "Zürich"\n')
    assert html is not None
    assert "Kiln &amp; Co" in html.get_content()


def test_before_there_is_a_store_the_name_is_that_of_the_setting(settings: Settings) -> None:
    Market.objects.all().delete()
    Store.objects.all().delete()
    settings.DEFAULT_FROM_EMAIL = "The Shop <shop@example.com>"
    named = MAIL.text
    settings.DEFAULT_FROM_EMAIL = "shop@example.com"

    assert (named.splitlines()[-1], MAIL.text.splitlines()[-1]) == ("The Shop", "Your shop")


def test_a_table_and_a_link_are_readable_in_both_parts() -> None:
    table = Table((("2 x <Mug>", "39.98 EUR"), ("Total", "39.98 EUR")), ends_in_sum=True)
    message = Mail("Subject", table, Link("See your order", "https://shop.example/orders/1?a=b&c=d"))

    assert (
        "2 x <Mug>: 39.98 EUR\nTotal: 39.98 EUR\n\nSee your order:\nhttps://shop.example/orders/1?a=b&c=d\n"
        in message.text
    )
    assert '<a class="ink" href="https://shop.example/orders/1?a=b&amp;c=d"' in message.html
    assert (message.html.count('<tr><td class="ink" style="padding:6px'), "2 x &lt;Mug&gt;" in message.html) == (
        2,
        True,
    )


def test_long_paragraphs_are_wrapped_and_addresses_stay_whole() -> None:
    address = "https://shop.example.com/" + "a" * 80

    text = Mail("Subject", "word " * 30 + address).text

    assert address in text.splitlines()
    assert max(len(line) for line in text.splitlines() if line != address) <= 72


def test_what_callers_pass_is_never_markup() -> None:
    html = Mail("<script>1</script>", "<img src=x>", Code("<i>"), greeting="<u>", closing="<s>").html

    assert all(tag not in html for tag in ("<script", "<img", "<i>", "<u>", "<s>"))


def test_nothing_in_the_html_asks_a_foreign_host() -> None:
    assert "http" not in MAIL.html
    assert "<img" not in MAIL.html


def test_a_mail_is_sent_with_both_parts(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "The Shop <shop@example.com>"

    send(MAIL, "jane@example.com")

    message = received()
    assert (message["Subject"], message["To"], message["From"]) == (
        "Your code",
        "jane@example.com",
        "My store <shop@example.com>",
    )
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "    482913\n" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Kind regards\nMy store\n" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_the_message_id_names_the_senders_domain_and_not_this_machine(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "The Shop <shop@example.com>"

    send(MAIL, "jane@example.com")

    assert received()["Message-ID"].endswith("@example.com>")


@pytest.mark.parametrize("subject", ["", "Hello\nBcc: eve@example.com", "Hello\r\n\r\n<p>", "Hello\u2028there"])
def test_a_subject_is_exactly_one_line(subject: str) -> None:
    with pytest.raises(ValueError, match="A subject is exactly one line"):
        Mail(subject, "Text")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "jane",
        "jane@example.com, eve@example.com",
        "jane@example.com\nBcc: eve@example.com",
        "Jane <jane@example.com>",
        "jane@example.com\n",
    ],
)
def test_a_mail_goes_to_one_single_address(to: str) -> None:
    with pytest.raises(Unaddressable):
        send(MAIL, to)

    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_an_error_for_the_caller(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.ServerAway"

    with pytest.raises(ConnectionRefusedError):
        send(MAIL, "jane@example.com")


def test_sending_asks_the_database_for_the_shops_name_alone(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        send(MAIL, "jane@example.com")
