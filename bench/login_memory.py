"""How much memory does a crowd of logins need?

The server in its production form, two processes of eight threads; 200 people log in at once. Each hash needs 19 MiB,
and each process computes two at a time. Prints the memory of all processes (PSS: shared pages counted once) before,
at the peak and after. Exits with 1 when the peak is over 300 MB or somebody was refused.
"""

import statistics
import sys
import threading
import time

from bench.shop import Shop, call, running, say

PEOPLE = 200
MOST_MB = 300
PASSWORD = "correct horse battery"  # noqa: S105 of nobody


def main() -> int:
    with running(workers=2, threads=8, LIMITS="false") as shop:
        make_account()
        before = shop.memory
        peak, times, statuses = crowd(shop)
        time.sleep(1)
        after = shop.memory
    say(f"{PEOPLE} logins at once: {statuses.count(200)} succeeded, median {statistics.median(times) / 1000:.2f} s,")
    say(f"the last after {max(times) / 1000:.2f} s, {PEOPLE / max(times) * 1000:.0f} a second.")
    say(f"Memory: {before:.0f} MB before, {peak:.0f} MB at the peak, {after:.0f} MB after; {MOST_MB} MB are allowed.")
    return int(peak > MOST_MB or statuses.count(200) != PEOPLE)


def make_account() -> None:
    from shop.accounts.models import User
    from shop.platform.clock import now

    User.objects.create_user("ada@example.com", PASSWORD, email_verified_at=now())


def crowd(shop: Shop) -> tuple[float, list[float], list[int]]:
    """The highest memory while they log in, how many milliseconds each waited, and the statuses."""
    barrier, times, statuses = threading.Barrier(PEOPLE + 1), [], []

    def enter() -> None:
        connection = shop.connect()
        connection.connect()
        barrier.wait()
        milliseconds, status, _ = call(connection, "/auth/login", {"email": "ada@example.com", "password": PASSWORD})
        times.append(milliseconds)
        statuses.append(status)

    people = [threading.Thread(target=enter) for _ in range(PEOPLE)]
    for each in people:
        each.start()
    barrier.wait()
    peak = 0.0
    while any(each.is_alive() for each in people):
        peak = max(peak, shop.memory)
        time.sleep(0.05)
    return peak, times, statuses


if __name__ == "__main__":
    sys.exit(main())
