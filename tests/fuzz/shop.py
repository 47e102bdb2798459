"""A whole shop for one run: a database with the demo's goods, the server in its production form, the job worker."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 120


@contextmanager
def running(database_url: str, folder: Path) -> Iterator[str]:
    """The address of a shop that runs until the end of the block. Mails are files in `folder`/mail."""
    with ExitStack() as stack:
        postgres = database_url.startswith("postgres")
        url = stack.enter_context(_postgres(database_url)) if postgres else f"sqlite:///{folder / 'fuzz.sqlite3'}"
        port = _free_port()
        environment = _environment(url, folder, port)
        for command in ("migrate", "demo"):
            subprocess.run(_python("django", command, "--verbosity", "0"), env=environment, cwd=ROOT, check=True)  # noqa: S603
        server = ["granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws"]
        server += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        with (folder / "log").open("w") as log:
            for part in (_python(*server, "shop.project.wsgi:application"), _python("django", "work")):
                process = subprocess.Popen(part, env=environment, cwd=ROOT, stdout=log, stderr=log)  # noqa: S603
                stack.callback(_end, process)
            _wait(port)
            yield f"http://127.0.0.1:{port}"


def _environment(database_url: str, folder: Path, port: int) -> Mapping[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.fuzz.settings",
        "DATABASE_URL": database_url,
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "127.0.0.1",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "FUZZ_MAILS": str(folder / "mail"),
        "LIMITS": "false",
        "OTP_RESEND_AFTER": "0",
        "LOG_LEVEL": "WARNING",
    }


def _python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


@contextmanager
def _postgres(url: str) -> Iterator[str]:
    """The URL of a new database on the server that `url` names, which is gone afterwards."""
    name = f"fuzz_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(port: int) -> None:
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until:
        call = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            call.request("GET", "/health/ready")
            if call.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            call.close()
    raise TimeoutError(f"Nothing answers on port {port} after {TIMEOUT_SECONDS} seconds.")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
