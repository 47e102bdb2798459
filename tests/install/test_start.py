"""`make run` after the installation: one process that brings everything up, and takes everything down."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parents[2]
UP = "Ctrl-C ends it.\n"

pytestmark = pytest.mark.slow


class Shop:
    """A started shop with a database of its own; what it has printed so far is `lines`."""

    def __init__(self, database: Path, port: int) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.base = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "start", "--port", str(port)],
            cwd=ROOT,
            env=environment | {"DATABASE_URL": f"sqlite:///{database}", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        self.output: IO[str] = self.process.stdout

    def printed(self) -> str:
        """Everything up to the addresses, or to its end if it ends before."""
        lines = list(takewhile(lambda line: line != UP, self.output))
        return "".join(lines)

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def status(self, path: str) -> int:
        with urllib.request.urlopen(self.base + path, timeout=10) as answer:  # noqa: S310
            code: int = answer.status
        return code

    def text(self, path: str) -> str:
        with urllib.request.urlopen(self.base + path, timeout=10) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body.decode()

    def ended(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        self.output.read()
        return self.process.wait(20)


Start = Callable[[int], Shop]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free: int = probe.getsockname()[1]
    return free


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts shops on a given port, all with one database, and ends those that a test leaves running."""
    shops: list[Shop] = []

    def started(port: int) -> Shop:
        shops.append(Shop(tmp_path / "shop.sqlite3", port))
        return shops[-1]

    yield started
    for shop in shops:
        shop.process.terminate()
        shop.process.wait(20)
        shop.output.close()


def test_one_command_brings_the_shop_up_and_ctrl_c_takes_it_down(start: Start, port: int) -> None:
    shop = start(port)

    printed = shop.printed()
    children = shop.children()
    pages = [shop.status(page) for page in ("/", "/swagger/", "/redoc/", "/admin/login/", "/dev/mailbox/")]
    front = shop.text("/")

    code = shop.ended(by=signal.SIGINT)

    assert re.search(r"^Superuser: admin@example\.com   password: \S{16}   \(shown this once\)$", printed, re.MULTILINE)
    assert [address for address in re.findall(r"http://\S+", printed) if address.startswith(shop.base)] == [
        f"{shop.base}{page}" for page in ("/", "/swagger/", "/redoc/", "/admin/", "/dev/mailbox/")
    ]
    assert pages == [200, 200, 200, 200, 200]
    assert shop.base in front
    assert len(children) == 2
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []
    assert code == 0


def test_a_second_run_keeps_the_superuser_and_says_how_to_set_a_new_password(start: Start, port: int) -> None:
    first = start(port)
    first.printed()
    first.ended(by=signal.SIGTERM)

    printed = start(port).printed()

    assert (
        "Superuser: admin@example.com   (a new password: python manage.py changepassword admin@example.com)" in printed
    )
    assert "shown this once" not in printed


def test_a_busy_port_gets_a_sentence_and_nothing_is_started(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rival:
        busy: int = rival.getsockname()[1]
        refused = start(busy)
        printed, code = refused.output.read(), refused.process.wait(20)

    assert printed.startswith(f"CommandError: Port {busy} on 127.0.0.1 is not free")
    assert printed.endswith(f"choose another port: make run PORT={busy + 1}\n")
    assert code == 1
    assert not (tmp_path / "shop.sqlite3").exists()
