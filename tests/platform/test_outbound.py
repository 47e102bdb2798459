"""Calls to addresses that others wrote down: what leads into a private network never gets a connection."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from shop.platform.internet import is_public
from shop.platform.outbound import CallFailed, Reply, call, refuse_unsafe
from shop.platform.wire import AddressRefused, Resolve, Wire

PUBLIC = "93.184.215.14"
HELLO = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


class Network(httpcore.NetworkBackend):
    """Answers every connection alike, and remembers whom it was asked to call and as whom the other side was met."""

    def __init__(self, *answer: bytes) -> None:
        self.answer, self.called, self.met, self.sent = list(answer), list[tuple[str, int]](), list[Any](), bytearray()

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.called.append((host, port))
        return Stream(self)


class Stream(httpcore.MockStream):
    def __init__(self, network: Network) -> None:
        super().__init__(list(network.answer))
        self.network = network

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self.network.met.append((server_hostname, ssl_context.verify_mode, ssl_context.check_hostname))
        return self

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.network.sent += buffer


class Names:
    """A name server that gives its answers one after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, int]]()

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers[len(self.asked) - 1]


def fetched(url: str, *, resolve: Resolve, network: Network, most_bytes: int = 1000) -> Reply:
    return call(url, most_bytes=most_bytes, seconds=5, wire=Wire(resolve=resolve, network=network))


def as_systems_do(host: str, port: int) -> list[str]:
    """What resolvers make of a host of digits: inet_aton(3)."""
    return [socket.inet_ntoa(socket.inet_aton(host))]


@contextmanager
def local_server(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on this machine that answers one connection; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                answer(connection)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield listening.getsockname()[1]
        serving.join(2)


@pytest.fixture
def loopback_allowed(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, outbound_to_loopback=True)


def test_the_connection_goes_to_the_vetted_address_under_the_names_own_certificate_and_host() -> None:
    names, network = Names([PUBLIC]), Network(HELLO)

    reply = fetched("https://pictures.example/a.png?size=2", resolve=names, network=network)

    assert (reply.status, reply.headers["content-type"], reply.body) == (200, "text/plain", b"hello")
    assert network.called == [(PUBLIC, 443)]
    assert network.met == [("pictures.example", ssl.CERT_REQUIRED, True)]
    assert network.sent.startswith(b"GET /a.png?size=2 HTTP/1.1\r\nHost: pictures.example\r\n")


def test_a_name_that_changes_its_answer_is_asked_once_and_leads_where_it_led_first() -> None:
    rebinding, network = Names([PUBLIC], ["127.0.0.1"]), Network(HELLO)

    fetched("https://rebinding.example/", resolve=rebinding, network=network)

    assert rebinding.asked == [("rebinding.example", 443)]
    assert network.called == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["169.254.169.254"],
        ["10.0.0.1"],
        ["172.16.0.1"],
        ["192.168.1.1"],
        ["100.64.0.1"],
        ["0.0.0.0"],  # noqa: S104
        ["224.0.0.1"],
        ["239.255.255.250"],
        ["240.0.0.1"],
        ["255.255.255.255"],
        ["192.0.2.1"],
        ["198.18.0.1"],
        ["192.88.99.1"],
        ["192.0.0.8"],
        ["192.0.0.11"],
        ["192.0.0.170"],
        ["192.0.0.255"],
        ["192.31.196.1"],
        ["192.52.193.1"],
        ["192.175.48.1"],
        ["2620:4f:8000::1"],
        ["3fff::1"],
        ["3fff:fff:ffff::1"],
        ["100::1"],
        ["100:0:0:1::1"],
        ["64:ff9b::192.0.0.8"],
        ["::"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["::ffff:169.254.169.254"],
        ["::10.0.0.1"],
        ["64:ff9b::10.0.0.1"],
        ["64:ff9b::a9fe:a9fe"],
        ["64:ff9b:1::5db8:d70e"],
        ["2002:0a00:0001::1"],
        ["2001:0:5db8:d70e::1"],
        ["2001:db8::1"],
        ["fe80::1"],
        ["fec0::1"],
        ["fd00::1"],
        ["ff02::1"],
        ["not an address"],
    ],
)
def test_a_name_of_which_any_address_is_not_public_is_never_called(answers: list[str]) -> None:
    network = Network(HELLO)

    with pytest.raises(AddressRefused):
        fetched("https://inside.example/", resolve=Names(answers), network=network)

    assert network.called == []


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "8.8.8.8", "2606:4700::1", "192.0.0.9", "192.0.1.1", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"],
)
def test_public_addresses_are_called(address: str) -> None:
    network = Network(HELLO)

    fetched("https://outside.example/", resolve=Names([address]), network=network)

    assert network.called == [(address, 443)]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "10.1", "3232235521"])
def test_numbers_that_systems_read_as_an_address_are_judged_as_that_address(host: str) -> None:
    network = Network(HELLO)

    with pytest.raises(AddressRefused):
        fetched(f"https://{host}/", resolve=as_systems_do, network=network)

    assert network.called == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_this_machine_is_not_called(host: str) -> None:
    network = Network(HELLO)

    with pytest.raises(AddressRefused):
        call(f"https://{host}/", most_bytes=10, seconds=5, wire=Wire(network=network))

    assert network.called == []


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/",
        "https://pictures.example:8443/",
        "https://pictures.example:80/",
        "https://ada:secret@pictures.example/",
        "https://ada@pictures.example/",
        "ftp://pictures.example/",
        "file:///etc/passwd",
        "//pictures.example/",
        "pictures.example",
        "https:///a.png",
        "https://",
        "https://pictures.example:99999/",
        "https://[::1",
        "https://pictures.example/\n",
        f"https://pictures.example/{'a' * 2000}",
        "",
    ],
)
def test_only_https_on_its_own_port_without_a_user_is_an_address(url: str) -> None:
    names, network = Names([PUBLIC]), Network(HELLO)

    with pytest.raises(AddressRefused):
        fetched(url, resolve=names, network=network)

    assert names.asked == []
    assert network.called == []


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    network = Network(moved)

    reply = fetched("https://moved.example/", resolve=Names([PUBLIC]), network=network)

    assert (reply.status, reply.headers["location"]) == (302, "https://127.0.0.1/")
    assert network.called == [(PUBLIC, 443)]


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.1:3128")
    monkeypatch.setenv("ALL_PROXY", "http://10.0.0.1:3128")
    network = Network(HELLO)

    fetched("https://pictures.example/", resolve=Names([PUBLIC]), network=network)

    assert network.called == [(PUBLIC, 443)]


def test_no_more_is_read_than_was_asked_for() -> None:
    endless = Network(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 600] * 1000)

    with pytest.raises(CallFailed) as failed:
        fetched("https://endless.example/", resolve=Names([PUBLIC]), network=endless)

    assert failed.value.reason == "too_large"


def test_an_answer_that_is_no_http_is_a_failed_call() -> None:
    with pytest.raises(CallFailed) as failed:
        fetched("https://odd.example/", resolve=Names([PUBLIC]), network=Network(b"SSH-2.0-OpenSSH\r\n\r\n"))

    assert failed.value.reason == "connection"


def test_a_name_that_nobody_knows_is_a_failed_call() -> None:
    network = Network(HELLO)

    with pytest.raises(CallFailed) as failed:
        fetched("https://unknown.example/", resolve=Names([]), network=network)

    assert failed.value.reason == "connection"
    assert network.called == []


def test_a_name_server_that_takes_too_long_is_not_waited_for() -> None:
    slow, network = threading.Event(), Network(HELLO)

    def resolve(host: str, port: int) -> list[str]:
        slow.wait(5)
        return [PUBLIC]

    before = time.monotonic()
    with pytest.raises(CallFailed) as failed:
        call("https://slow.example/", most_bytes=10, seconds=0.1, wire=Wire(resolve=resolve, network=network))
    took = time.monotonic() - before
    slow.set()

    assert failed.value.reason == "timeout"
    assert took < 2
    assert network.called == []


@pytest.mark.usefixtures("loopback_allowed")
def test_somebody_who_answers_drop_by_drop_is_cut_off_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        for _ in range(40):
            try:
                connection.sendall(b"H")
            except OSError:
                return
            time.sleep(0.05)

    before = time.monotonic()
    with local_server(drip) as port, pytest.raises(CallFailed) as failed:
        call(f"http://127.0.0.1:{port}/", most_bytes=10, seconds=0.2)
    took = time.monotonic() - before

    assert failed.value.reason == "timeout"
    assert took < 1.5


@pytest.mark.usefixtures("loopback_allowed")
def test_in_development_this_machine_may_be_called_if_the_setting_says_so() -> None:
    with local_server(lambda connection: connection.sendall(HELLO)) as port:
        reply = call(f"http://localhost:{port}/", most_bytes=10, seconds=2)

    assert reply.body == b"hello"


@pytest.mark.usefixtures("loopback_allowed")
@pytest.mark.parametrize("address", [PUBLIC, "10.0.0.1", "169.254.169.254"])
def test_the_setting_opens_this_machine_and_nothing_else(address: str) -> None:
    network = Network(HELLO)

    with pytest.raises(AddressRefused):
        fetched("http://elsewhere.example:8080/", resolve=Names([address]), network=network)

    assert network.called == []


def test_an_address_can_be_judged_before_it_is_kept() -> None:
    network = Network(HELLO)

    with pytest.raises(AddressRefused):
        refuse_unsafe("https://hooks.example/", wire=Wire(resolve=Names(["10.0.0.1"]), network=network))
    refuse_unsafe("https://hooks.example/", wire=Wire(resolve=Names([PUBLIC]), network=network))

    assert network.called == []


@given(st.ip_addresses(v=4))
def test_whatever_wraps_an_address_is_as_public_as_the_address(address: Any) -> None:
    alone = is_public(str(address))

    assert is_public(f"::ffff:{address}") == alone
    assert is_public(f"64:ff9b::{address}") == alone
    assert not (is_public(f"2002:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}::1") and not alone)
