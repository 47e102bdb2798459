"""Two transactions whose steps come in one order, each on a connection of its own. PostgreSQL only."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import SimpleQueue
from typing import Any, Final

import pytest
from django.db import DatabaseError, connection, connections, transaction

TIMEOUT_SECONDS: Final = 30.0


class Session(AbstractContextManager["Session"]):
    """A transaction in a thread of its own: `do` one step after the other, then `commit` or `roll_back`."""

    def __init__(self) -> None:
        self._steps: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Any] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._backend = 0
        self._keeps = True

    def __enter__(self) -> "Session":
        self._thread.start()
        self._backend = self._outcomes.get(timeout=TIMEOUT_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self.roll_back()

    def do(self, step: Callable[[], Any]) -> Any:
        """What the step returned, or the exception that it raised."""
        self.start(step)
        return self.outcome()

    def start(self, step: Callable[[], Any]) -> None:
        """The step runs; `outcome` waits for it."""
        self._steps.put(step)

    def start_and_block(self, step: Callable[[], Any]) -> None:
        """The step runs and has come to a lock that somebody else holds."""
        self.start(step)
        for _ in range(1000):
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [self._backend])
                [blockers] = cursor.fetchone()
            if blockers:
                return
            if not self._outcomes.empty():
                pytest.fail(f"The step waited for nobody: {self._outcomes.get()!r}")
            threading.Event().wait(0.01)
        pytest.fail("The step came to no lock.")

    def outcome(self) -> Any:
        """What the step that runs returned, or the exception that it raised."""
        return self._outcomes.get(timeout=TIMEOUT_SECONDS)

    def commit(self) -> None:
        self._end(keeps=True)

    def roll_back(self) -> None:
        self._end(keeps=False)

    def _end(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._steps.put(None)
        self._thread.join(TIMEOUT_SECONDS)

    def _run(self) -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    self._outcomes.put(cursor.fetchone()[0])
                while (step := self._steps.get()) is not None:
                    self._outcomes.put(_outcome_of(step))
                transaction.set_rollback(not self._keeps)
        finally:
            connections.close_all()


def _outcome_of(step: Callable[[], Any]) -> Any:
    try:
        with transaction.atomic():
            return step()
    except (DatabaseError, Exception) as error:
        return error
