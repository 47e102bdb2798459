"""What gateways call their providers with: the credentials in force.

A row that staff have written replaces the settings as a whole. Each process reads the rows in one statement, at most
once in five seconds: within that time a change takes effect everywhere.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography.fernet import InvalidToken
from pydantic import SecretStr, ValidationError

from shop.payments.models import GatewayCredentials
from shop.payments.ports import Credentials
from shop.payments.settings import payments_settings
from shop.platform.clock import now
from shop.platform.keys import locked, unlocked

FRESH_FOR: Final = timedelta(seconds=5)

Values = Mapping[str, SecretStr]

_log = logging.getLogger("shop.payments")


@dataclass(frozen=True, slots=True)
class _Read:
    """The rows as they were read, by provider; None for one that can't be decrypted."""

    at: datetime
    rows: Mapping[str, Values | None]


class _Memory:
    """What this process has read last; one attribute, so that threads see a whole reading or none."""

    last: _Read | None = None


_memory = _Memory()


def current(provider: str, credentials_type: type[Credentials]) -> Credentials | None:
    """The credentials of the provider; None where there are none, or they do not fit."""
    rows = _rows()
    values = rows[provider] if provider in rows else payments_settings().credentials.get(provider)
    return _validated(provider, credentials_type, tuple(values.items())) if values else None


def from_settings(provider: str, credentials_type: type[Credentials]) -> Credentials | None:
    """The credentials that the settings have for the provider; None where they have none, or these do not fit."""
    values = payments_settings().credentials.get(provider)
    return _validated(provider, credentials_type, tuple(values.items())) if values else None


def exist(provider: str) -> bool:
    """Whether there are credentials for the provider, even if this process can't decrypt them or they don't fit."""
    return provider in _rows() or bool(payments_settings().credentials.get(provider))


def without_values(text: str, values: Credentials | None) -> str:
    """The text with every secret of the credentials masked."""
    for _, value in values or ():
        if isinstance(value, SecretStr) and value.get_secret_value():
            text = text.replace(value.get_secret_value(), "…")
    return text


def forget() -> None:
    """Read the rows anew when they are needed next."""
    _memory.last = None


def encrypt(provider: str, values: Mapping[str, str]) -> bytes:
    """The values as a row of the provider stores them."""
    return locked(json.dumps(values).encode(), purpose=purpose(provider))


def decrypt(provider: str, encrypted: bytes | memoryview) -> Mapping[str, str] | None:
    """The values of a row; None where no key of this installation has encrypted them for this provider."""
    try:
        values: Mapping[str, str] = json.loads(unlocked(encrypted, purpose=purpose(provider)))
    except InvalidToken:
        return None
    return values


def purpose(provider: str) -> str:
    """The purpose of the key: what is copied to another provider's row can't be decrypted there."""
    return f"credentials of the gateway {provider}"


def plain(values: Values) -> Mapping[str, str]:
    """The values as they are typed."""
    return {name: each.get_secret_value() for name, each in values.items()}


def mistakes(wrong: ValidationError) -> list[str]:
    """What is wrong with each value, and never the value."""
    return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors(include_input=False)]


def _rows() -> Mapping[str, Values | None]:
    before = _memory.last
    if before is not None and abs(now() - before.at) < FRESH_FOR:
        return before.rows
    rows: dict[str, Values | None] = {}
    for provider, encrypted in GatewayCredentials.objects.values_list("provider", "encrypted"):
        values = decrypt(provider, encrypted)
        rows[provider] = {name: SecretStr(each) for name, each in values.items()} if values is not None else None
        if values is None and (before is None or before.rows.get(provider, True) is not None):
            _log.error("the credentials of %s can't be decrypted: enter them again", provider)
    _memory.last = _Read(now(), rows)
    return rows


@lru_cache(maxsize=32)
def _validated(
    provider: str, credentials_type: type[Credentials], values: tuple[tuple[str, SecretStr], ...]
) -> Credentials | None:
    try:
        return credentials_type(**plain(dict(values)))
    except ValidationError as wrong:
        _log.error("the credentials of %s do not fit: %s", provider, "; ".join(mistakes(wrong)))
        return None
