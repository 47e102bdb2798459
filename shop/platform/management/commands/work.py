import signal
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management.base import CommandError, CommandParser

from shop.platform.connections import limit_to
from shop.platform.jobs import PERIODICS, TASKS
from shop.platform.management.migrated import MigratedCommand
from shop.platform.worker import drain
from shop.platform.worker_pool import WorkerPool, all_queues

LOOK_SECONDS = 0.2


class Command(MigratedCommand):
    help = "Run background jobs until told to stop (SIGTERM or Ctrl-C), then finish those that run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run what is due now, then stop.")
        parser.add_argument(
            "--queues",
            type=queues,
            default=[],
            help="The queues to work for, the most urgent first, with commas between them (all).",
        )
        parser.add_argument(
            "--threads", type=at_least_one, default=0, help="How many jobs run at once (one for each queue)."
        )
        parser.add_argument(
            "--graceful-timeout",
            type=seconds,
            default=25.0,
            metavar="SECONDS",
            help="How long running jobs may take to finish once told to stop (25). Then others run them again.",
        )

    def outlives_outages(self, **options: Any) -> bool:
        return not options["once"]

    def handle(
        self, *_: object, once: bool, queues: list[str], threads: int, graceful_timeout: float, **__: object
    ) -> None:
        if once:
            self.stdout.write(f"Ran {drain(queues or None)} jobs.")
            return
        limit_to("worker")
        pool = WorkerPool(queues=queues, threads=threads)
        self.stdout.write(f"Working: {len(TASKS)} kinds of job, {len(PERIODICS)} periodic functions.")
        with asked_to_stop() as asked:
            pool.start()
            while pool.is_alive() and not asked:
                time.sleep(LOOK_SECONDS)
            if not asked:
                raise CommandError("The worker ended by itself.")
            self.stdout.write("Finishing the running jobs.")
            if unfinished := pool.stop(within=timedelta(seconds=graceful_timeout)):
                self.stdout.write(f"Jobs cut short, which run again: {unfinished}.")


def queues(text: str) -> list[str]:
    """The queues that the text names. Raises ArgumentTypeError."""
    names = list(dict.fromkeys(text.split(",")))
    if unknown := set(names) - set(all_queues()):
        raise ArgumentTypeError(f"no such queue: {', '.join(sorted(unknown))}; there are {', '.join(all_queues())}.")
    return names


def at_least_one(text: str) -> int:
    """A number of threads. Raises ArgumentTypeError."""
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ArgumentTypeError("1 to 64 threads.")
    return int(text)


def seconds(text: str) -> float:
    """A time that is not negative. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 86_400:
        raise ArgumentTypeError("0 to 86400 seconds.")
    return number


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
