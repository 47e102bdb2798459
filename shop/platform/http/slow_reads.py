"""Only so many slow reads of strangers run at once in a process, so that they never take every thread.

A read is slow once it has run for a second; its kind (the route, and which parameters were given) counts as slow for a
minute after that. What is fast is never counted.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from shop.platform.http.refusals import TooBusy
from shop.platform.settings import shop_settings

Kind = tuple[str, ...]

SLOW_AFTER: Final = 1.0
REMEMBERED_FOR: Final = 60.0
MOST_KINDS: Final = 1000


class SlowReads:
    """The reads of strangers that run in this process, and which kinds have been slow lately."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._lock = Lock()
        self._running: dict[object, tuple[Kind, float]] = {}
        self._slow_until: dict[Kind, float] = {}

    def enter(self, kind: Kind) -> object:
        """The ticket of a read that begins. Raises TooBusy for a kind that is slow while too many slow ones run."""
        ticket, now = object(), self.monotonic()
        with self._lock:
            if self._running or self._slow_until:
                self._judge(kind, now)
            self._running[ticket] = (kind, now)
        return ticket

    def leave(self, ticket: object) -> None:
        """The read has ended."""
        now = self.monotonic()
        with self._lock:
            kind, started = self._running.pop(ticket)
            if now - started > SLOW_AFTER:
                if len(self._slow_until) >= MOST_KINDS:
                    self._slow_until.clear()
                self._slow_until[kind] = now + REMEMBERED_FOR

    def _judge(self, kind: Kind, now: float) -> None:
        overdue = {known for known, started in self._running.values() if now - started > SLOW_AFTER}
        slow = overdue | {known for known, until in self._slow_until.items() if until > now}
        most = shop_settings().slow_reads
        if most and kind in slow and sum(known in slow for known, _ in self._running.values()) >= most:
            raise TooBusy()
        if not slow:
            self._slow_until.clear()


slow_reads = SlowReads()
