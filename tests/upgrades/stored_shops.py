"""Shops that an earlier commit left behind: a database with orders in every status, and what its clients hold of it.

`stored/<commit>.sqlite3.xz` and `stored/<commit>.sql.xz` (pg_dump) are the databases; the `.json` beside each says what
was answered while it was filled: ids, tokens, bodies and keys of the calls.
Nobody in it exists; its key was `SECRET_KEY`.
"""

import json
import lzma
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from tests.contracts.pages import ROOT

STORED = Path(__file__).parent / "stored"
SECRET_KEY = "a-database-of-an-earlier-day-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH"
AT = datetime(2026, 11, 20, 9, 0, 0, tzinfo=UTC)
"""When the last call was a minute old: what lives for five minutes is still alive."""


class SqliteServer:
    """A folder with databases in it."""

    suffix = "sqlite3"
    told: Sequence[str] = ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def name(self, database: str) -> str:
        return str(self.folder / f"{database}.sqlite3")

    def url(self, database: str) -> str:
        return f"sqlite:///{self.name(database)}"

    def restore(self, dump: bytes, *, to: str) -> None:
        Path(self.name(to)).write_bytes(dump)

    def copy(self, database: str, *, to: str) -> None:
        Path(self.name(to)).write_bytes(Path(self.name(database)).read_bytes())

    def execute(self, database: str, *statements: str) -> None:
        with closing(sqlite3.connect(self.name(database))) as target:
            target.executescript(";".join(statements))

    def drop(self, database: str) -> None:
        Path(self.name(database)).unlink()


class PostgresServer:
    """The server of TEST_DATABASE_URL, as Django's settings reach it."""

    suffix = "sql"
    told: Sequence[str] = ()

    def __init__(self, folder: Path) -> None:
        self.place = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")}

    def name(self, database: str) -> str:
        return f"shop_upgrades_{os.getpid()}_{database}"

    def url(self, database: str) -> str:
        return f"postgres://{self.place['user']}:{self.place['password']}@{self.place['host']}:{self.place['port']}/{self.name(database)}"

    def restore(self, dump: bytes, *, to: str) -> None:
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name(to))))
        with psycopg.connect(self.url(to), autocommit=True) as target:
            target.execute(dump)

    def copy(self, database: str, *, to: str) -> None:
        names = [sql.Identifier(self.name(each)) for each in (to, database)]
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def execute(self, database: str, *statements: str) -> None:
        with psycopg.connect(self.url(database), autocommit=True) as target:
            for statement in statements:
                target.execute(statement.encode())

    def drop(self, database: str) -> None:
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name(database))))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("").removesuffix(self.name("")) + "postgres", autocommit=True) as server:
            server.execute(statement)


def server(folder: Path) -> SqliteServer | PostgresServer:
    """Where databases of this run's kind are made."""
    return PostgresServer(folder) if connection.vendor == "postgresql" else SqliteServer(folder)


def dump_of(commit: str, suffix: str) -> bytes:
    return lzma.decompress((STORED / f"{commit}.{suffix}.xz").read_bytes())


def memory_of(commit: str, suffix: str) -> Any:
    """What clients of that shop remember: the JSON beside the database."""
    return json.loads((STORED / f"{commit}.{suffix}.json").read_text())


def environment(url: str) -> dict[str, str]:
    """A development shop's, on that database."""
    return {**os.environ, "DATABASE_URL": url, "SECRET_KEY": SECRET_KEY, "DEBUG": "true", "PYTHONPATH": str(ROOT)}


def manage(url: str, *command: str, **changed: str) -> str:
    """What a command of manage.py printed in a shop on that database, errors last. AssertionError if it failed.

    `changed`: environment variables in which the shop differs from one in development.
    """
    ran = subprocess.run(  # noqa: S603
        [sys.executable, str(ROOT / "manage.py"), *command],
        env={**environment(url), "DJANGO_SETTINGS_MODULE": "shop.project.settings", **changed},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
    return ran.stdout + ran.stderr


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Django's connection leads to that database, and back afterwards."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    yield
    connection.close()
    connection.settings_dict["NAME"] = before
