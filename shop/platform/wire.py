"""Connections that go to vetted addresses only, and that are over when their time is."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpcore

from shop.kernel.errors import Invalid
from shop.kernel.messages import gettext_noop
from shop.platform.internet import is_loopback, is_public
from shop.platform.settings import shop_settings

ADDRESSES_TRIED: Final = 4

Resolve = Callable[[str, int], Sequence[str]]


class AddressRefused(Invalid):
    """The URL is not https on port 443 at a public IP address (SSRF protection)."""

    code = "address_refused"
    message = gettext_noop("This URL can't be fetched: it must be https, on port 443, and public.")


def system_addresses(host: str, port: int) -> list[str]:
    """Every address of a name, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


@dataclass(frozen=True, slots=True)
class Wire:
    """How names are resolved and connections are made."""

    resolve: Resolve = system_addresses
    network: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)


class SafeNetworkBackend(httpcore.NetworkBackend):
    """Connects to vetted addresses only, until the deadline."""

    def __init__(self, wire: Wire, *, until: float, only_loopback: bool) -> None:
        self._wire, self._until, self._only_loopback = wire, until, only_loopback

    def addresses(self, host: str, port: int) -> list[str]:
        """Where the name leads, if all of it is allowed; it is asked for once."""
        found = _within(self._until, lambda: self._wire.resolve(host, port))
        if not found:
            raise httpcore.ConnectError
        allowed = shop_settings().outbound_to_loopback and all(is_loopback(each) for each in found)
        if not allowed and (self._only_loopback or not all(is_public(each) for each in found)):
            raise AddressRefused(field="url")
        return list(found)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError()
        for address in self.addresses(host, port)[:ADDRESSES_TRIED]:
            try:
                stream = self._wire.network.connect_tcp(address, port, timeout=_left(self._until))
                return _Timed(stream, self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as wrong:
                failed = wrong
        raise failed

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise AddressRefused(field="url")


class _Timed(httpcore.NetworkStream):
    """A stream of which every step ends at the same deadline."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def _within(until: float, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
    """What a name server says, who may take his time: past the deadline nobody waits for him any longer."""
    said: list[Sequence[str]] = []

    def listen() -> None:
        try:
            said.append(ask())
        except (OSError, UnicodeError):
            said.append(())

    asking = threading.Thread(target=listen, daemon=True)
    asking.start()
    asking.join(_left(until))
    if not said:
        raise httpcore.ConnectTimeout
    return said[0]
