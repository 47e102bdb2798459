"""The mail backend of development: mails are read in the terminal and in the mailbox, and reach nobody."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from shop.platform.mail.mailbox import Mailbox
from shop.platform.settings import shop_settings

RULE = "─" * 72
_IS_PRINTED: Final = ContextVar("mail_is_printed", default=True)


class Development(BaseEmailBackend):
    """Prints each mail's text as one block and keeps the whole mail in the mailbox, where there is one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            read_at = self._keep(message)
            if _IS_PRINTED.get():
                sys.stdout.write(_block(message, read_at=read_at))
                sys.stdout.flush()
        return len(email_messages)

    def _keep(self, message: EmailMessage) -> str | None:
        raw = message.message().as_bytes()  # headers are checked here, mailbox or not
        mailbox = shop_settings().mailbox
        if mailbox is None:
            return None
        return f"{shop_settings().base_url}/dev/mailbox/{Mailbox(mailbox).keep(raw).name}/"


def reaches_nobody() -> bool:
    """Whether mails of this installation only go to the terminal and the mailbox."""
    return isinstance(get_connection(), Development)


@contextmanager
def unprinted() -> Iterator[None]:
    """Mails that are sent inside are in the mailbox alone."""
    token = _IS_PRINTED.set(False)
    try:
        yield
    finally:
        _IS_PRINTED.reset(token)


def _block(message: EmailMessage, *, read_at: str | None) -> str:
    lines = ["", RULE, f"  Mail to {', '.join(message.recipients())}", f"  {message.subject}"]
    if read_at:
        lines.append(f"  {read_at}")
    return "\n".join([*lines, RULE, str(message.body).rstrip(), RULE, ""]) + "\n"
