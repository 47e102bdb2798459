"""Letters: one source for the text and the HTML of a mail, so that the two never differ."""

import textwrap
from dataclasses import dataclass
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string

WIDTH = 72
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}  # RFC 3834, 5


class Unaddressable(ValueError):
    """This is not one single mail address."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code to copy, shown large and on a line of its own."""

    value: str


@dataclass(frozen=True, slots=True, init=False)
class Letter:
    """What a person is told: `Letter("Your code", "Here it is:", Code("123456"), "It is valid for 5 minutes.")`.

    The parts stand between the greeting and the closing, in their order. Raises ValueError when the subject is more
    than one line.
    """

    subject: str
    parts: tuple[str | Code, ...]
    greeting: str
    closing: str
    language: str

    def __init__(
        self,
        subject: str,
        *parts: str | Code,
        greeting: str = "Hello,",
        closing: str = "Kind regards",
        language: str = "en",
    ) -> None:
        if len(subject.splitlines()) != 1:
            raise ValueError("A subject is exactly one line.")
        for name, value in {
            "subject": subject,
            "parts": parts,
            "greeting": greeting,
            "closing": closing,
            "language": language,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def text(self) -> str:
        """The plain text part."""
        blocks = [self.greeting, *(_plain(part) for part in self.parts), f"{self.closing}\n{signature()}"]
        return "\n\n".join(blocks) + "\n"

    @property
    def html(self) -> str:
        """The HTML part: tables and inline styles, as mail clients understand them."""
        shown = [
            {"code": part.value} if isinstance(part, Code) else {"lines": part.splitlines()} for part in self.parts
        ]
        return render_to_string(
            "shop/mail/letter.html", {"letter": self, "parts": shown, "signature": signature(), "colours": COLOURS}
        )


COLOURS = {"page": "#f3f4f6", "card": "#ffffff", "ink": "#1f2937", "quiet": "#6b7280", "line": "#e5e7eb"}


def signature() -> str:
    """Who writes: the name in the setting DEFAULT_FROM_EMAIL."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or "Your shop"


def send(letter: Letter, to: str) -> None:
    """The letter is handed to the mail server. Raises Unaddressable, or what the server or the network raised."""
    try:
        validate_email(to)
    except ValidationError:
        raise Unaddressable("This is not one single mail address.") from None
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[to],
        headers={**AUTOMATIC, "Message-ID": make_msgid(domain=_domain())},
    )
    message.attach_alternative(letter.html, "text/html")
    message.send()


def _plain(part: str | Code) -> str:
    if isinstance(part, Code):
        return f"    {part.value}"
    lines = [textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in part.splitlines()]
    return "\n".join(lines)


def _domain() -> str:
    """What stands behind the @ of a Message-ID: the sender's domain, so that no machine's name leaks."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
