"""Mails: one source for the text and the HTML of a mail, so that the two never differ."""

import textwrap
from dataclasses import dataclass
from email.utils import make_msgid, parseaddr, quote
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext, override

from shop.platform.settings import shop_settings
from shop.platform.translation import AS_WRITTEN

WIDTH = 72
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}  # RFC 3834, 5


class Unaddressable(ValueError):
    """This is not one single mail address."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code to copy, shown large and on a line of its own."""

    value: str


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go on: in HTML the label leads there, in text the URL stands under it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a label and an amount; the last one is the sum where that is said."""

    rows: tuple[tuple[str, str], ...]
    ends_in_sum: bool = False


Part = str | Code | Link | Table


@dataclass(frozen=True, slots=True, init=False)
class Mail:
    """What a person is told: `Mail("Your code", "Here it is:", Code("123456"), "It is valid for 5 minutes.")`.

    The parts stand between the greeting and the closing, in their order, in the language that is active now. Raises
    ValueError when the subject is more than one line.
    """

    subject: str
    parts: tuple[Part, ...]
    greeting: str
    closing: str
    language: str

    def __init__(
        self,
        subject: str,
        *parts: Part,
        greeting: str | None = None,
        closing: str | None = None,
    ) -> None:
        if len(subject.splitlines()) != 1:
            raise ValueError("A subject is exactly one line.")
        for name, value in {
            "subject": subject,
            "parts": parts,
            "greeting": gettext("Hello,") if greeting is None else greeting,
            "closing": gettext("Kind regards") if closing is None else closing,
            "language": get_language() or AS_WRITTEN,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def text(self) -> str:
        """The plain text part."""
        return self.as_text(signature())

    @property
    def html(self) -> str:
        """The HTML part: tables and inline styles, as mail clients understand them."""
        return self.as_html(signature())

    def as_text(self, signed: str) -> str:
        """The plain text part, signed by this name."""
        blocks = [self.greeting, *(_plain(part) for part in self.parts), f"{self.closing}\n{signed}"]
        return "\n\n".join(blocks) + "\n"

    def as_html(self, signed: str) -> str:
        """The HTML part, signed by this name."""
        return render_to_string(
            "shop/mail/mail.html",
            {
                "mail": self,
                "parts": [_shown(part) for part in self.parts],
                "signature": signed,
                "colours": COLOURS,
            },
        )


COLOURS = {"page": "#f3f4f6", "card": "#ffffff", "ink": "#1f2937", "quiet": "#6b7280", "line": "#e5e7eb"}


def signature() -> str:
    """Who writes: the shop by its name; before it has one, the name in the setting DEFAULT_FROM_EMAIL."""
    path = shop_settings().shop_name
    name = " ".join(import_string(path)().split()) if path else ""
    return name or parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or gettext("Your shop")


def send(mail: Mail, to: str) -> None:
    """The mail is handed to the mail server. Raises Unaddressable, or what the server or the network raised."""
    try:
        validate_email(to)
    except ValidationError:
        raise Unaddressable("This is not one single mail address.") from None
    with override(mail.language):
        name = signature()
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.as_text(name),
        from_email=f'"{quote(name)}" <{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>',  # Django encodes it
        to=[to],
        headers={**AUTOMATIC, "Content-Language": mail.language, "Message-ID": make_msgid(domain=_domain())},
    )
    message.attach_alternative(mail.as_html(name), "text/html")
    message.send()


def _shown(part: Part) -> dict[str, Any]:
    """What the template is given of a part."""
    match part:
        case Code():
            return {"code": part.value}
        case Link():
            return {"link": part}
        case Table():
            return {"table": part}
        case _:
            return {"lines": part.splitlines()}


def _plain(part: Part) -> str:
    if isinstance(part, Code):
        return f"    {part.value}"
    if isinstance(part, Link):
        return f"{part.label}:\n{part.url}"
    if isinstance(part, Table):
        return "\n".join(f"{label}: {amount}" for label, amount in part.rows)
    lines = [textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in part.splitlines()]
    return "\n".join(lines)


def _domain() -> str:
    """What stands behind the @ of a Message-ID: the sender's domain, so that no machine's name leaks."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
