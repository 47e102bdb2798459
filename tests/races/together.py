"""Many at once: callables in threads that start at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

R = TypeVar("R")

TIMEOUT_SECONDS = 60


def together(*callables: Callable[[], R]) -> list[R | Exception]:
    """What each returned or raised, in the order given. All are released by one barrier; each has its own connection.

    Raises TimeoutError when one does not come back within a minute.
    """
    outcomes: list[R | Exception | None] = [None] * len(callables)
    barrier = threading.Barrier(len(callables))

    def run(place: int) -> None:
        try:
            barrier.wait(TIMEOUT_SECONDS)
            outcomes[place] = callables[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(callables))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_SECONDS)
        if thread.is_alive():
            raise TimeoutError("A thread does not come back: is it waiting for a lock?")
    return outcomes  # type: ignore[return-value]  # every thread has left its outcome
