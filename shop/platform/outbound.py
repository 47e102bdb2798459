"""Calls to addresses that somebody else wrote down: pictures of an import, webhooks. They leave for the public internet
or not at all (OWASP API7:2023, server-side request forgery).

A name is resolved once, every address it has must be public, and the connection goes to one of those very addresses,
under the name's own TLS certificate and Host. No redirects, no proxies of the environment, https on port 443 only; one
deadline for all of it, name resolution included, and a limit to what is read.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import httpcore
import httpx

from shop.platform.settings import shop_settings
from shop.platform.wire import AddressRefused, SafeNetworkBackend, Wire

LONGEST_URL: Final = 2000
USER_AGENT: Final = "e-commerce-api"


class CallFailed(Exception):
    """No answer that could be used. `reason` is connection, timeout or too_large."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; a redirect is an answer like any other. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@cache
def certificates() -> ssl.SSLContext:
    """The authorities that are trusted."""
    return httpcore.default_ssl_context()


def call(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    most_bytes: int,
    seconds: float,
    wire: Wire | None = None,
) -> Reply:
    """The answer of what is at this address, if it comes whole within so many seconds and bytes.

    Raises AddressRefused, CallFailed.
    """
    parts = _parsed(url)
    backend = SafeNetworkBackend(
        wire or Wire(), until=time.monotonic() + seconds, only_loopback=not _is_ordinary(parts)
    )
    sent = [*{"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}.items()]
    target = httpcore.URL(scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=certificates(), network_backend=backend) as pool,
            pool.stream(method, target, headers=sent, content=content) as response,
        ):
            body = _read(response.iter_stream(), most_bytes)
            known = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Reply(response.status, known, body)
    except httpcore.TimeoutException:
        raise CallFailed("timeout") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError):
        raise CallFailed("connection") from None


def refuse_unsafe(url: str, *, seconds: float = 5, wire: Wire | None = None) -> None:
    """Raises AddressRefused unless the address could be called now, CallFailed when its name is not known."""
    parts = _parsed(url)
    backend = SafeNetworkBackend(
        wire or Wire(), until=time.monotonic() + seconds, only_loopback=not _is_ordinary(parts)
    )
    try:
        backend.addresses(parts.raw_host.decode("ascii"), parts.port or 443)
    except httpcore.TimeoutException:
        raise CallFailed("timeout") from None
    except httpcore.NetworkError:
        raise CallFailed("connection") from None


def _parsed(url: str) -> httpx.URL:
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise AddressRefused(field="url") from None
    plain = _is_ordinary(parts) or (shop_settings().outbound_to_loopback and parts.scheme in ("http", "https"))
    if not plain or not parts.host or parts.userinfo or len(url) > LONGEST_URL:
        raise AddressRefused(field="url")
    return parts


def _is_ordinary(parts: httpx.URL) -> bool:
    return parts.scheme == "https" and parts.port in (None, 443)


def _read(chunks: Iterable[bytes], most_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most_bytes:
            raise CallFailed("too_large")
    return bytes(body)
