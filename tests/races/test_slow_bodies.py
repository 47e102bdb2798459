"""Clients that never finish a body, against the server in its production form."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.fuzz import shop

pytestmark = pytest.mark.race

HEAD = "POST /api/v1/carts HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Content-Length: 1000"
BEGUN = "\r\n".join([*HEAD, "", "{"]).encode()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with shop.running("sqlite", tmp_path) as address:
        yield int(address.rpartition(":")[2])


def status(port: int, method: str, path: str, body: str | None = None) -> int:
    call = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        call.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        return call.getresponse().status
    finally:
        call.close()


def answered(client: socket.socket) -> bytes:
    """The beginning of what it was answered, if it was."""
    client.settimeout(0.5)
    try:
        return client.recv(12)
    except TimeoutError:
        return b""


def test_slow_clients_stop_neither_the_reads_nor_what_comes_after_them(port: int) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(20)]
        for each in clients:
            each.sendall(BEGUN)
        time.sleep(3)

        assert [status(port, "GET", "/api/v1/store") for _ in range(10)] == [200] * 10
        assert status(port, "POST", "/api/v1/carts", "{}") == 408
        assert sorted(map(answered, clients)) == [b""] * 3 + [b"HTTP/1.1 408"] * 17

    time.sleep(1)
    assert status(port, "POST", "/api/v1/carts", "{}") == 201
