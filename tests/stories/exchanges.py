"""The `http` blocks of a guide as a conversation: each request is sent, each answer compared with the one shown.

In what is shown `…` stands for anything, as a key for any other keys. `<name>` is the last value that an answer had
under that name (in `data` or `meta.pagination`, or the ETag), `<former name>` the one before, `<otp>` the code in the
last mail. A comment "11 seconds later" lets that time pass.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.core import mail
from django.http.response import HttpResponseBase
from django.test import Client
from time_machine import Traveller

from shop.platform.worker import drain

_PIECE = re.compile(r"<!-- (?P<seconds>\d+) seconds later -->|^```http\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"<(former )?([a-z_]+)>")
_CODE = re.compile(r"^ {4}(\d{6})$", re.MULTILINE)
ANYTHING = "…"
MOMENT = timedelta(milliseconds=1)
"""Between two requests, so that what they make has an order."""


@dataclass(frozen=True)
class Message:
    """A request or an answer as it is shown: the first line, the headers, the body."""

    first: str
    headers: Mapping[str, str]
    body: str

    @classmethod
    def read(cls, block: str) -> "Message":
        head, _, body = block.partition("\n\n")
        first, *headers = head.strip().splitlines()
        return cls(first, dict(line.split(": ", 1) for line in headers), body.strip())

    @property
    def is_answer(self) -> bool:
        return self.first.startswith("HTTP/")


@dataclass
class Conversation:
    """What has been said so far, and every difference between a page and the shop."""

    client: Client
    traveller: Traveller
    known: dict[str, str] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    sent: int = 0

    def play(self, page: str) -> list[str]:
        """The differences, in words; empty when the page is true. A request without an answer must succeed."""
        last: tuple[str, HttpResponseBase] | None = None
        for piece in _pieces(page):
            if isinstance(piece, Message) and piece.is_answer and last:
                self._compare(piece, *last)
                self._learn(last[1])
                last = None
                continue
            self._must_have_succeeded(last)
            last = None
            if isinstance(piece, Message):
                last = piece.first, self._send(piece)
            else:
                self.traveller.shift(piece)
        self._must_have_succeeded(last)
        return self.differences

    def _send(self, message: Message) -> HttpResponseBase:
        method, path = self._filled(message.first).split(" ", 1)
        headers = {name: self._filled(value) for name, value in message.headers.items()}
        body = self._filled(message.body)
        self.sent += 1
        self.traveller.shift(MOMENT)
        answer: HttpResponseBase = self.client.generic(method, path, body, "application/json", headers=headers)
        drain()
        return answer

    def _must_have_succeeded(self, last: tuple[str, HttpResponseBase] | None) -> None:
        if last is not None:
            if last[1].status_code >= 300:
                self.differences.append(f"{last[0]}: {last[1].status_code}")
            self._learn(last[1])

    def _compare(self, shown: Message, request: str, answer: HttpResponseBase) -> None:
        status = shown.first.split()[1]
        if status != str(answer.status_code):
            self.differences.append(f"{request}: {answer.status_code} instead of {status}: {_text(answer)}")
        for name, value in shown.headers.items():
            if not matches(self._filled(value), answer.headers.get(name)):
                self.differences.append(f"{request}: {name} is {answer.headers.get(name)!r}")
        found = json.loads(_text(answer)) if _text(answer) else None
        expected = json.loads(self._filled(shown.body)) if shown.body else None
        if not matches(expected, found):
            self.differences.append(f"{request}: {_text(answer)}")

    def _learn(self, answer: HttpResponseBase) -> None:
        said = json.loads(_text(answer) or "{}")
        data, pages = said.get("data"), said.get("meta", {}).get("pagination", {})
        learnt = {**(data if isinstance(data, dict) else {}), **pages, "etag": answer.headers.get("ETag")}
        for name, value in learnt.items():
            if isinstance(value, str) and value != self.known.get(name):
                self.former[name] = self.known.get(name, "")
                self.known[name] = value

    def _filled(self, text: str) -> str:
        return _PLACE.sub(lambda place: self._value(place[2], former=bool(place[1])), text)

    def _value(self, name: str, *, former: bool) -> str:
        if name == "otp":
            return str(_CODE.findall(str(mail.outbox[-1].body))[0])
        return (self.former if former else self.known)[name]


def matches(shown: object, found: object) -> bool:
    """Whether an answer is the one that is shown, but for what `…` stands for."""
    if isinstance(shown, str) and ANYTHING in shown:
        pattern = ".*".join(re.escape(part) for part in shown.split(ANYTHING))
        return shown == ANYTHING or (isinstance(found, str) and bool(re.fullmatch(pattern, found, re.DOTALL)))
    if isinstance(shown, dict) and isinstance(found, dict):
        names = set(shown) - {ANYTHING}
        complete = names <= set(found) if ANYTHING in shown else names == set(found)
        return complete and all(matches(shown[name], found[name]) for name in names)
    if isinstance(shown, list) and isinstance(found, list):
        return len(shown) == len(found) and all(map(matches, shown, found))
    return type(shown) is type(found) and shown == found


def _pieces(page: str) -> Iterator[Message | int]:
    for piece in _PIECE.finditer(page):
        yield Message.read(piece["block"]) if piece["block"] else int(piece["seconds"])


def _text(answer: HttpResponseBase) -> str:
    return bytes(getattr(answer, "content", b"")).decode()
