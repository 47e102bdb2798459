"""How many holds of one variant a second, with many processes at once: python -m bench.stock [processes] [seconds]

Runs on the server that DATABASE_URL names, in a database of its own that is dropped afterwards. Each hold is a
transaction of its own, as in a checkout's first phase, for one piece of the same variant; half of the time is spent
with stock to spare, half sold out, where every answer is a refusal.
"""

import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings_test")

import django

django.setup()

from django.db import connection  # noqa: E402

from shop.inventory import operations as inventory  # noqa: E402
from shop.inventory.errors import InsufficientStock  # noqa: E402
from shop.inventory.models import StockLevel  # noqa: E402
from tests.inventory.factories import stocked  # noqa: E402

SOON = datetime(2100, 1, 1, tzinfo=UTC)
PLENTY = 100_000_000
PROCESSES, SECONDS = 16, 10.0

Times = list[float]


def buy(barrier: Barrier, database: str, variant_id: UUID, seconds: float) -> Times:
    """How long each try took, in seconds."""
    connection.settings_dict["NAME"] = database
    connection.connect()
    took: Times = []
    barrier.wait()
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        with suppress(InsufficientStock):
            inventory.hold({variant_id: 1}, until=SOON)
        took.append(time.perf_counter() - start)
    connection.close()
    return took


def measure(title: str, variant_id: UUID, *, processes: int, seconds: float) -> int:
    """Prints one line; how many tries there were."""
    context = get_context("fork")
    database = str(connection.settings_dict["NAME"])
    connection.close()
    with context.Manager() as manager, context.Pool(processes) as pool:
        barrier = manager.Barrier(processes)
        tries = [(barrier, database, variant_id, seconds)] * processes
        took = sorted(each for times in pool.starmap(buy, tries, chunksize=1) for each in times)
    report(title, took, processes=processes, seconds=seconds)
    return len(took)


def report(title: str, took: Sequence[float], *, processes: int, seconds: float) -> None:
    """One line for people."""
    rate, median, slow = len(took) / seconds, took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000
    sys.stdout.write(f"{title:<10}{processes} processes {rate:6.0f}/s   median {median:5.1f} ms   p99 {slow:5.1f} ms\n")


def main(processes: int = PROCESSES, seconds: float = SECONDS) -> None:
    """Measures both, and checks that nothing was lost."""
    if connection.vendor != "postgresql":
        raise SystemExit("Processes at once are measured on PostgreSQL: set DATABASE_URL.")
    original = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "bench_stock"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        mug, none = stocked(PLENTY), stocked(0)
        sold = measure("holds", mug, processes=processes, seconds=seconds / 2)
        measure("refusals", none, processes=processes, seconds=seconds / 2)
        held = StockLevel.objects.get(variant_id=mug).held
        if held != sold or inventory.verify():
            raise SystemExit(f"{sold} holds, but {held} are held.")
    finally:
        connection.creation.destroy_test_db(str(original), verbosity=0)


if __name__ == "__main__":
    main(*(kind(value) for kind, value in zip((int, float), sys.argv[1:], strict=False)))
