"""Somebody who uses the API: sends JSON, sees envelopes, reads mails."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.test.client import ClientHandler
from django.test.signals import setting_changed

from shop.accounts.models import User
from shop.platform.clock import now
from shop.platform.worker import work_once

EMAIL = "ada@example.com"
PASSWORD = "correct horse battery"
OTHER_PASSWORD = "staple nine violins"
UNKNOWN = "bob@example.com"
STAFF = "grace@example.com"


@dataclass(frozen=True)
class Seen:
    """An answer: the status, the whole envelope, the headers."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def code(self) -> str:
        """The code of the first mistake."""
        return str(self.body["errors"][0]["code"])

    @property
    def refusal(self) -> tuple[int, str, str | None]:
        """Status, code and field of the first mistake."""
        return self.status, self.code, self.body["errors"][0]["field"]


@dataclass(frozen=True)
class Visitor:
    """A caller from one address, with a bearer token or without."""

    token: str = ""
    ip: str = "192.0.2.1"
    headers: Mapping[str, str] = field(default_factory=dict)

    def holding(self, token: str) -> "Visitor":
        return replace(self, token=token)

    def get(self, path: str) -> Seen:
        return self.call("GET", path)

    def post(self, path: str, /, **body: object) -> Seen:
        return self.call("POST", path, body)

    def patch(self, path: str, /, **body: object) -> Seen:
        return self.call("PATCH", path, body)

    def delete(self, path: str, /, **body: object) -> Seen:
        return self.call("DELETE", path, body or None)

    def call(self, method: str, path: str, body: object = None) -> Seen:
        headers = dict(self.headers)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data, kind = ("", "") if body is None else (json.dumps(body), "application/json")
        client = Client(REMOTE_ADDR=self.ip)
        client.handler = _handler()
        response = client.generic(method, f"/api/v1{path}", data, kind, headers=headers)
        return Seen(response.status_code, response.json() if response.content else None, dict(response.headers))


@cache
def _handler() -> ClientHandler:
    """One for all requests, as a server has it, until a test changes a setting."""
    return ClientHandler(enforce_csrf_checks=False)


setting_changed.connect(lambda **_: _handler.cache_clear(), weak=False)


def account(email: str = EMAIL, password: str = PASSWORD, **fields: Any) -> User:
    """A customer whose address is confirmed."""
    return User.objects.create_user(email, password, **{"email_verified_at": now(), **fields})


def login(visitor: Visitor, email: str = EMAIL, password: str = PASSWORD) -> Visitor:
    """The visitor, logged in."""
    return visitor.holding(visitor.post("/auth/login", email=email, password=password).data["access_token"])


def login_as_staff(visitor: Visitor, email: str = STAFF, password: str = PASSWORD) -> Visitor:
    """The visitor, logged in at the admin API."""
    return visitor.holding(visitor.post("/admin/auth/login", email=email, password=password).data["access_token"])


def deliver() -> int:
    """Every job that is due was tried, so that mails are in the outbox; says how many."""
    tried = 0
    while work_once():
        tried += 1
    return tried


def code() -> str:
    """The code in the newest mail, after the worker did what was due."""
    deliver()
    return codes_in(mail.outbox[-1])[0]


def codes_in(message: EmailMessage) -> list[str]:
    return re.findall(r"^ +(\d{6})$", str(message.body), re.MULTILINE)


def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The salts of the hashes that are computed from here on, as they come."""
    computed: list[str] = []
    encode = MD5PasswordHasher.encode

    def noted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        computed.append(salt)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return computed


def whole_database() -> str:
    """Every row of every table, every column as text."""
    return json.dumps(
        [[str(value) for value in row] for model in apps.get_models() for row in model._base_manager.values_list()],
        ensure_ascii=False,
    )


def wrong(right: str) -> str:
    """Six digits that are not these."""
    return f"{(int(right) + 1) % 1_000_000:06d}"
