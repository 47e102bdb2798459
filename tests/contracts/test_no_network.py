"""The suite can't leave this machine, so that it passes without a network and never calls a real provider."""

import socket

import pytest

from tests.conftest import NetworkCalled


@pytest.mark.parametrize("host", ["example.com", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_calling_somebody_else_is_refused(host: str) -> None:
    with pytest.raises(NetworkCalled):
        socket.create_connection((host, 443), timeout=1)


def test_this_machine_can_be_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]

        with socket.create_connection(("localhost", port), timeout=1) as client:
            reached: int = client.getpeername()[1]

    assert reached == port
