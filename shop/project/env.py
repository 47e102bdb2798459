"""The environment, read once and checked: a missing or malformed value stops the start with a sentence."""

import json
import os
import re
import secrets
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shop.platform.links import parsed_templates
from shop.project.mail import mail_server

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
SHORTEST_KEY = 50
QUOTA = re.compile(r"[a-z0-9-]+=(\d{1,9}/\d{1,9}|off)")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")


class Misconfigured(SystemExit):
    """The environment does not fit; the text says what to change."""


def _words(value: object) -> object:
    return [word for word in value.replace(",", " ").split() if word] if isinstance(value, str) else value


def _url(value: str, *schemes: str) -> str:
    try:
        parts = urlsplit(value)
        fits = parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if value and not fits:
        raise ValueError(f"it must be a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return value


def _database(value: str) -> str:
    return _url(value, "sqlite", "postgres", "postgresql")


def _redis(value: str) -> str:
    return _url(value, "redis", "rediss", "unix")


def _website_or_path(value: str) -> str:
    return _url(value, "http", "https").rstrip("/")


def _website(value: str) -> str:
    _url(value, "http", "https")
    if value and (not urlsplit(value).hostname or urlsplit(value).path.strip("/") or urlsplit(value).query):
        raise ValueError("it must be a scheme and a host, for example https://shop.example.com")
    return value.rstrip("/")


def _quotas(quotas: list[str]) -> list[str]:
    for each in quotas:
        if not QUOTA.fullmatch(each):
            raise ValueError(
                f"{each!r} is not a limit: write name=uses/seconds, for example auth-ip=60/60, or auth-ip=off"
            )
    names = [each.partition("=")[0] for each in quotas]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name} is given twice")
    return quotas


def _templates(words: list[str]) -> list[str]:
    parsed_templates(words)
    return words


def _dotted(paths: list[str], *, example: str) -> list[str]:
    for each in paths:
        if not DOTTED.fullmatch(each):
            raise ValueError(f"{each!r} is not a class: write its path, for example {example}")
    return paths


def _credentials(value: object) -> object:
    """By provider and name: from JSON, or from variables like PAYMENT_CREDENTIALS__EXAMPLE__SECRET_KEY."""
    try:
        decoded = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict) or not all(isinstance(each, dict) for each in decoded.values()):
        raise ValueError(
            "it must be a JSON object by provider, or one variable for each value, for example "
            "PAYMENT_CREDENTIALS__EXAMPLE__SECRET_KEY"
        )
    return decoded


def _weakness(key: str) -> str:
    """What is wrong with a key, or nothing."""
    if key.startswith("django-insecure-"):
        return "begins with django-insecure-: such keys are made for development, and stand in repositories"
    if len(key) < SHORTEST_KEY or len(set(key)) < 10:
        return f"is too weak: it needs at least {SHORTEST_KEY} characters, 10 of them different"
    return ""


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _header(value: str) -> str:
    if value and not HEADER.fullmatch(value):
        raise ValueError(
            "it must be letters and digits alone, for example ClientIp: a name with a hyphen has a twin with an "
            "underscore, which clients can send too"
        )
    return value


Words = Annotated[list[str], NoDecode, BeforeValidator(_words)]
Website = Annotated[str, AfterValidator(_website)]
Header = Annotated[str, AfterValidator(_header)]


class Env(BaseSettings):
    """One field for each environment variable, in upper case; a `.env` file beside manage.py counts too."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", env_ignore_empty=True, env_nested_delimiter="__", extra="ignore", frozen=True
    )

    debug: bool = False
    secret_key: str = ""
    secret_key_fallbacks: Words = []
    allowed_hosts: Words = []
    base_url: Website = ""
    database_url: Annotated[str, AfterValidator(_database)] = f"sqlite:///{VAR / 'shop.sqlite3'}"
    redis_url: Annotated[str, AfterValidator(_redis)] = ""
    email_url: str = ""
    email_from: str = "shop@localhost"
    storefront_urls: Annotated[Words, AfterValidator(_templates)] = []
    security_contact: str = ""
    cors_origins: Annotated[list[Website], NoDecode, BeforeValidator(_words)] = []
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    client_ip_header: Header = ""
    client_scheme_header: Header = ""
    require_email_verification: bool = True
    accept_old_password_hashes: bool = False
    otp_resend_after: Annotated[int, Field(ge=0, le=300)] | None = None
    api_middleware: Annotated[Words, AfterValidator(partial(_dotted, example="kiln.middleware.Maintenance"))] = []
    slow_reads: Annotated[int, Field(ge=0, le=1000)] = 3
    slow_bodies: Annotated[int, Field(ge=1, le=1000)] = 3
    limits: bool = True
    limit_quotas: Annotated[Words, AfterValidator(_quotas)] = []
    unpaid_order_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 72
    unconfirmed_order_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 2
    unpaid_orders_max: Annotated[int, Field(ge=1, le=1000)] = 3
    waiting_payments_max: Annotated[int, Field(ge=1, le=100_000)] = 10
    provisional_stock_percent: Annotated[int, Field(ge=1, le=100)] = 50
    payment_gateways: Annotated[
        Words, AfterValidator(partial(_dotted, example="shop.payments.gateways.manual.Manual"))
    ] = []
    payment_credentials: Annotated[dict[str, dict[str, SecretStr]], NoDecode, BeforeValidator(_credentials)] = {}
    payments_test_mode: bool = False
    picture_side: Annotated[int, Field(ge=256, le=10_000)] = 2560
    outbound_to_loopback: bool = False
    metrics_token: str = ""
    sentry_dsn: Annotated[str, AfterValidator(_website_or_path)] = ""
    sentry_traces_sample_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    otel_exporter_otlp_endpoint: Annotated[str, AfterValidator(_website_or_path)] = ""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)] = "INFO"

    @field_validator("email_url")
    @classmethod
    def _readable(cls, url: str) -> str:
        mail_server(url)
        return url

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.debug:
            return self
        if not self.secret_key:
            raise ValueError(
                "SECRET_KEY is missing: set it to a long random text. "
                'python -c "import secrets; print(secrets.token_urlsafe(64))" makes one.'
            )
        if weakness := _weakness(self.secret_key):
            raise ValueError(f"SECRET_KEY {weakness}.")
        if weakness := next(filter(None, map(_weakness, self.secret_key_fallbacks)), ""):
            raise ValueError(f"A key of SECRET_KEY_FALLBACKS {weakness}.")
        if not self.allowed_hosts:
            raise ValueError(
                "ALLOWED_HOSTS is empty: name the hosts that the shop answers on, for example shop.example.com."
            )
        if self.allowed_hosts[0] == "*" and not self.base_url:
            raise ValueError(
                "BASE_URL is missing: ALLOWED_HOSTS=* does not say where links lead to, for example "
                "https://shop.example.com."
            )
        for scheme, place in {"console:": "in the log", "file:": "in files"}.items():
            if self.email_url.lower().startswith(scheme):
                raise ValueError(
                    f"EMAIL_URL is {scheme}, which is for development: one-time codes would stand {place}."
                )
        return self

    @property
    def website(self) -> str:
        """BASE_URL, or else the first allowed host, or in development where `make run` serves."""
        own = "http://127.0.0.1:8000" if self.debug else f"https://{self.allowed_hosts[0].lstrip('.')}"
        return self.base_url or own


@cache
def env() -> Env:
    """The checked environment. Raises Misconfigured, which ends the process with a sentence instead of a traceback."""
    try:
        return Env()
    except ValidationError as wrong:
        sentences = [_sentence(str(each["msg"]), [str(part) for part in each["loc"]]) for each in wrong.errors()]
        raise Misconfigured("The shop does not start. " + " ".join(sentences)) from None


def _sentence(message: str, where: list[str]) -> str:
    message = message.removeprefix("Value error, ")
    return f"{where[0].upper()}: {message.rstrip('.')}." if where else message


def secret_key() -> str:
    """The key of this installation; in development one that is made once and kept in an ignored file."""
    if env().secret_key:
        return env().secret_key
    kept = VAR / "secret-key"
    VAR.mkdir(exist_ok=True)
    try:
        with open(kept, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return kept.read_text()
