"""Writers of one process take turns, so that SQLite never lets one wait for ever."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import OperationalError

from shop.platform.sqlite.base import DatabaseWrapper, Slot, queue
from shop.platform.sqlite.queue import Queue


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "turns.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE things (name TEXT)")
    return path


@pytest.fixture
def connect(db: None, database: Path) -> Iterator["Connect"]:
    connecting = Connect(database)
    yield connecting
    for each in connecting.made:
        each.close()


class Connect:
    """Makes connections, as of several threads, that wait for a tenth of a second."""

    def __init__(self, database: Path) -> None:
        self.database, self.made = database, list[DatabaseWrapper]()

    def __call__(self) -> DatabaseWrapper:
        settings = {**connections[DEFAULT_DB_ALIAS].settings_dict, "NAME": self.database, "CONN_MAX_AGE": None}
        settings |= {"OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 0.1}, "AUTOCOMMIT": True}
        made = DatabaseWrapper(settings, alias=f"turns-{len(self.made)}")
        made.inc_thread_sharing()
        self.made.append(made)
        return made


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def is_free(database: Path) -> bool:
    slot = Slot(queue(str(database)), seconds=0)
    found = slot.has_come
    slot.end()
    return found


def test_who_came_first_is_next() -> None:
    line, order, ready = Queue(), [], [Event() for _ in range(3)]
    line.take(seconds=1)

    def wait(number: int) -> None:
        ready[number].set()
        line.take(seconds=10)
        order.append(number)
        line.leave()

    threads = [Thread(target=wait, args=(number,)) for number in range(3)]
    for number, thread in enumerate(threads):
        thread.start()
        ready[number].wait(10)
        while len(line._waiting) <= number:
            pass
    line.leave()
    for thread in threads:
        thread.join(10)

    assert order == [0, 1, 2]
    assert line.take(seconds=0)


def test_who_waited_for_too_long_goes_without_a_turn_and_is_not_called_later() -> None:
    line = Queue()
    line.take(seconds=1)

    came = line.take(seconds=0.01)
    line.leave()

    assert not came
    assert line.take(seconds=0)


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_transaction_has_its_turn_until_it_ends(connect: Connect, database: Path, end: str) -> None:
    connection = connect()
    begin(connection)
    during = is_free(database)

    getattr(connection, end)()

    assert (during, is_free(database)) == (False, True)


def test_a_statement_that_writes_has_a_turn_of_its_own(connect: Connect, database: Path) -> None:
    writer, other = connect(), connect()
    begin(writer)

    with pytest.raises(OperationalError, match="locked"), other.cursor() as cursor:
        cursor.execute("INSERT INTO things VALUES ('late')")
    writer.commit()
    with other.cursor() as cursor:
        cursor.execute("INSERT INTO things VALUES ('in time')")
        cursor.execute("SELECT name FROM things")
        found = cursor.fetchall()

    assert (found, is_free(database)) == ([("in time",)], True)


def test_reading_waits_for_nobody(connect: Connect) -> None:
    writer, reader = connect(), connect()
    with writer.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
    begin(writer)

    with reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM things")
        found = cursor.fetchone()

    assert found == (0,)


def test_a_transaction_that_can_not_begin_leaves_the_queue(connect: Connect, database: Path) -> None:
    another_process = sqlite3.connect(database, isolation_level=None)
    another_process.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="locked"):
        begin(connect())
    another_process.close()

    assert is_free(database)


def test_a_turn_that_is_lost_is_over() -> None:
    line = Queue()
    lost = Slot(line, seconds=0)
    had = lost.has_come
    del lost

    assert had
    assert line.take(seconds=0)


def test_a_child_begins_without_the_turns_of_its_parent() -> None:
    queue("of the parent").take(seconds=0)
    child = os.fork()
    if child == 0:
        os._exit(not queue("of the parent").take(seconds=0))

    _, status = os.waitpid(child, 0)
    queue("of the parent").leave()

    assert os.waitstatus_to_exitcode(status) == 0
