"""Who is next: a lock that is handed to whoever has waited longest."""

from collections import deque
from threading import Lock


class Queue:
    """One at a time, in the order in which they came."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._taken = False

    def take(self, *, seconds: float) -> bool:
        """Whether it is the caller's turn, at the latest after so many seconds. Whoever has it leaves the queue."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=seconds):
            return True
        with self._guard:
            if called in self._waiting:
                self._waiting.remove(called)
                return False
        return True  # it was handed over at the last moment

    def leave(self) -> None:
        """The next one's turn has come."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
