"""A shop to measure: a fresh database, the server in its production form, and calls that take their time."""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 60


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class Shop:
    """A running shop and what its operators would do to it."""

    port: int
    process: "subprocess.Popen[bytes]"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    @property
    def tree(self) -> list[int]:
        """The server's process and its descendants."""
        found, at = [self.process.pid], 0
        while at < len(found):
            children = Path(f"/proc/{found[at]}/task/{found[at]}/children")
            found += [int(each) for each in children.read_text().split()] if children.exists() else []
            at += 1
        return found

    @property
    def memory(self) -> float:
        """MB of the whole tree, shared pages counted once (PSS)."""
        kilobytes = 0
        for process in self.tree:
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                kilobytes += int(line.split()[1]) if line.startswith("Pss:") else 0
        return kilobytes / 1024


def call(connection: http.client.HTTPConnection, path: str, body: dict[str, Any]) -> tuple[float, int, Any]:
    """Milliseconds until the whole answer was there, its status, its envelope."""
    sent = json.dumps(body)
    began = time.perf_counter()
    connection.request("POST", f"/api/v1{path}", sent, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    read = answer.read()
    return (time.perf_counter() - began) * 1000, answer.status, json.loads(read)


@contextmanager
def running(*, workers: int, threads: int, quick_commits: bool = False, **environment: str) -> Iterator[Shop]:
    """The shop on a free port with a database of its own, dropped afterwards.

    With `quick_commits` PostgreSQL does not wait for the disk, whose moods would hide a small difference.

    DATABASE_URL names a PostgreSQL server whose user may create databases; without it the database is an SQLite file.
    Django is set up in this process too, on the same database, with mails in memory.
    """
    if "django" in sys.modules:
        raise RuntimeError("Django knows a database already, and it may be a real one: import it after this.")
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder), quick_commits=quick_commits) as url:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "shop.project.settings",
            "DEBUG": "false",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": url,
            "REDIS_URL": "",
            "LOG_LEVEL": "ERROR",
            "PYTHONWARNINGS": "ignore",
            **environment,
        }
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"]
        command += ["--workers", str(workers), "--blocking-threads", str(threads)]
        command += ["--host", "127.0.0.1", "--port", str(port), "shop.project.wsgi:application"]
        process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
        try:
            shop = Shop(port, process)
            _wait(shop)
            yield shop
        finally:
            process.terminate()
            process.wait(TIMEOUT_SECONDS)
            connection.close()


@contextmanager
def _database(folder: Path, *, quick_commits: bool) -> Iterator[str]:
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    import psycopg

    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        if quick_commits:
            admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _wait(shop: Shop) -> None:
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until:
        try:
            connection = shop.connect()
            connection.request("GET", "/health/live")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("The server does not answer.")
