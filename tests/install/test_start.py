"""`make run` after the installation: one process that brings everything up, and takes everything down."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parents[2]
UP = "Ctrl-C ends it.\n"

pytestmark = pytest.mark.slow


class Shop:
    """A started shop, installed in a folder of its own; what it has printed so far is `lines`."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.base = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "start", "--port", str(port)],
            cwd=folder,
            env=environment | {"PYTHONUNBUFFERED": "1"} | settings,
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


@dataclass(frozen=True)
class FirstRun:
    """What the first start of a new installation printed and answered, and what was left when it had ended."""

    folder: Path
    base: str
    printed: str
    statuses: list[int]
    front: str
    children: list[int]
    left: list[int]
    code: int


Start = Callable[[Path, int], Shop]
PAGES = ("/", "/swagger/", "/redoc/", "/admin/login/", "/dev/mailbox/")


@contextmanager
def starting() -> Iterator[Start]:
    """Starts shops from a folder on a port, and ends those that are left running."""
    shops: list[Shop] = []

    def started(folder: Path, port: int) -> Shop:
        shops.append(Shop(folder, port))
        return shops[-1]

    yield started
    for shop in shops:
        shop.process.terminate()
        shop.process.wait(20)
        shop.output.close()


@pytest.fixture
def start() -> Iterator[Start]:
    with starting() as start:
        yield start


def installed(folder: Path) -> Path:
    """A copy of the shop is there, so that nothing is written into the var/ of development."""
    shutil.copytree(ROOT / "shop", folder / "shop")
    shutil.copy(ROOT / "manage.py", folder)
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """A shop was started, looked at and ended by Ctrl-C."""
    folder = installed(tmp_path_factory.mktemp("installation"))
    with starting() as start:
        shop = start(folder, free_port())
        printed, children = shop.printed(), shop.children()
        statuses, front = [shop.status(page) for page in PAGES], shop.text("/")
        code = shop.ended(by=signal.SIGINT)
    left = [child for child in children if Path(f"/proc/{child}").exists()]
    return FirstRun(folder, shop.base, printed, statuses, front, children, left, code)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free: int = probe.getsockname()[1]
    return free


@pytest.mark.guide
def test_one_command_brings_the_shop_up(first: FirstRun) -> None:
    base = first.base

    addresses = f"""
  {base}/               the shop
  {base}/swagger/       API, to try out
  {base}/redoc/         API, to read
  {base}/admin/         back office
  {base}/dev/mailbox/   mails sent here
"""

    greeting = r"^Superuser: admin@example\.com   password: \S{16}   \(shown this once\)$"
    assert re.search(greeting, first.printed, re.MULTILINE)
    assert first.printed.endswith(f"{addresses}\n")
    assert first.printed.count("http://") == 5
    assert first.statuses == [200, 200, 200, 200, 200]
    assert base in first.front
    assert len(first.children) == 2


@pytest.mark.guide
def test_ctrl_c_takes_all_of_it_down(first: FirstRun) -> None:
    left, code = first.left, first.code

    assert (left, code) == ([], 0)


@pytest.mark.guide
def test_a_second_run_keeps_the_superuser_and_says_how_to_set_a_new_password(first: FirstRun, start: Start) -> None:
    shop = start(first.folder, free_port())

    printed = shop.printed()

    assert (
        "Superuser: admin@example.com   (a new password: python manage.py changepassword admin@example.com)" in printed
    )
    assert "shown this once" not in printed


def tables_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        count: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return count


def test_a_busy_port_gets_a_sentence_and_nothing_is_started(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        busy: int = other.getsockname()[1]
        refused = start(installed(tmp_path), busy)
        printed, code = refused.output.read(), refused.process.wait(20)

    assert printed.startswith(f"CommandError: Port {busy} on 127.0.0.1 is not free")
    assert printed.endswith(f"choose another port: make run PORT={busy + 1}\n")
    assert code == 1
    assert [tables_in(file) for file in tmp_path.glob("var/*.sqlite3")] in ([], [0])  # Django 6.1 opens one
