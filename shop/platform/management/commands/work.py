import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import CommandError, CommandParser

from shop.platform.connections import limit_to
from shop.platform.jobs import PERIODICS, TASKS
from shop.platform.management.migrated import MigratedCommand
from shop.platform.worker import drain, run_forever

LOOK_SECONDS = 0.2


class Command(MigratedCommand):
    help = "Run background jobs until told to stop (SIGTERM or Ctrl-C), then finish the current one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run what is due now, then stop.")

    def outlives_outages(self, **options: Any) -> bool:
        return not options["once"]

    def handle(self, *_: object, once: bool, **__: object) -> None:
        if once:
            self.stdout.write(f"Ran {drain()} jobs.")
            return
        limit_to("worker")
        self.stdout.write(f"Working: {len(TASKS)} kinds of job, {len(PERIODICS)} periodic functions.")
        stop = threading.Event()
        worker = threading.Thread(target=run_forever, args=(stop,), name="worker", daemon=True)
        with asked_to_stop() as asked:
            worker.start()
            while worker.is_alive() and not asked:
                worker.join(LOOK_SECONDS)
            if not asked:
                raise CommandError("The worker ended by itself.")
            self.stdout.write("Finishing the current job.")
            stop.set()
            worker.join()


@contextmanager
def asked_to_stop() -> Iterator[list[int]]:
    """The signals that asked for an end. Asked twice the process ends at once, and the lease brings the job back.

    The handler only takes a note: an Event set in a handler can deadlock with whoever waits for it.
    """
    asked: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        asked.append(number)
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
