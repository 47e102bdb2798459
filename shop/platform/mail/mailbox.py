"""The mailbox of development: one .eml file for each mail, the newest 200 of them."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from shop.platform.clock import now

KEPT = 200
TIME = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Kept:
    """A mail that was sent. The name begins with the time, so names sort as times do."""

    file: Path

    @property
    def name(self) -> str:
        return self.file.stem

    @property
    def sent_at(self) -> datetime:
        return datetime.strptime(self.name.partition("-")[0], TIME).replace(tzinfo=UTC)

    @cached_property
    def raw(self) -> bytes:
        return self.file.read_bytes()

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        return str(part.get_content()) if part else ""


class Mailbox:
    """A directory of mails; it comes into being with the first one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def __iter__(self) -> Iterator[Kept]:
        """The mails, newest first."""
        return (Kept(file) for file in sorted(self.directory.glob("*.eml"), reverse=True))

    def keep(self, raw: bytes) -> Kept:
        """The mail is in the box, whole; of more than 200 the oldest are gone."""
        self.directory.mkdir(parents=True, exist_ok=True)
        file = self.directory / f"{now():{TIME}}-{secrets.token_hex(4)}.eml"
        half = file.with_suffix(".part")
        half.write_bytes(raw)
        half.rename(file)
        for old in list(self)[KEPT:]:
            old.file.unlink(missing_ok=True)
        return Kept(file)

    def find(self, name: str) -> Kept | None:
        """The mail of that name, or None. Names are compared, never made into a path."""
        return next((mail for mail in self if mail.name == name), None)

    def clear(self) -> None:
        """The box is empty."""
        for mail in self:
            mail.file.unlink(missing_ok=True)
