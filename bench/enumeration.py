"""Does the time of an answer tell whether an account exists?

For each call that takes an address, 200 pairs of a known and an unknown one, each address used once, known and unknown
in turns that change at random. The server is the real one, with the real hash. The two medians may differ by 5 %; the
exit is 1 when they differ by more, or when the statuses differ. Beside it stands the median of the pairs' ratios, which
other work on the machine leaves alone: it slows both halves of a pair. It decides nothing.
"""

import random
import statistics
import sys
from collections.abc import Callable
from typing import Any

from bench.shop import Shop, call, running, say

PAIRS = 200
WITHIN = 0.05
PASSWORD, OTHER = "correct horse battery", "staple nine violins"

Body = Callable[[str], dict[str, Any]]
known = [f"known{number}@example.com" for number in range(PAIRS)]
unknown = [f"nobody{number}@example.com" for number in range(PAIRS)]


def main() -> int:
    with running(quick_commits=True, workers=1, threads=4, LIMITS="false", OTP_RESEND_AFTER="0") as shop:
        make_accounts()
        say(f"{'call':<28} {'known':>10} {'unknown':>10} {'of medians':>11} {'of pairs':>9}   statuses")
        steps: list[tuple[str, str, Body]] = [
            ("/auth/login", "", lambda email: {"email": email, "password": OTHER}),
            ("/auth/forgot-password", "", lambda email: {"email": email}),
            ("/auth/verify-otp", "", lambda email: {"email": email, "otp": "x", "purpose": "password_reset"}),
            ("/auth/reset-password", "", lambda email: {"email": email, "otp": "x", "new_password": OTHER}),
            ("/auth/register", "", lambda email: {"email": email, "password": OTHER, "first_name": "Somebody"}),
            ("/auth/login", " (registered)", lambda email: {"email": email, "password": OTHER}),
            ("/auth/resend-verification", "", lambda email: {"email": email, "registration_token": "srg_guessed"}),
            ("/auth/verify-email", "", lambda email: {"email": email, "otp": "x", "registration_token": "srg_guessed"}),
            ("/auth/login", " (2nd time)", lambda email: {"email": email, "password": OTHER + "!"}),
            ("/auth/forgot-password", " (2nd time)", lambda email: {"email": email}),
        ]
        compared = [compare(shop, path, path.removeprefix("/auth/") + note, body) for path, note, body in steps]
    worst, same = max(abs(ratio - 1) for ratio, _ in compared), all(alike for _, alike in compared)
    say(f"\nThe largest difference is {worst:.1%}; {WITHIN:.0%} are allowed.{'' if same else ' Statuses differ!'}")
    return int(worst > WITHIN or not same)


def make_accounts() -> None:
    from shop.accounts.models import User, email_key
    from shop.accounts.passwords import hashed
    from shop.platform.clock import now

    stored = hashed(PASSWORD)
    User.objects.bulk_create(
        User(email=email, email_key=email_key(email), password=stored, email_verified_at=now()) for email in known
    )


def compare(shop: Shop, path: str, name: str, body: Body) -> tuple[float, bool]:
    """The median of what a known address takes in parts of what an unknown one does; whether the statuses are the same.

    Mails are written afterwards.
    """
    from shop.platform.worker import drain

    connection, statuses = shop.connect(), (set[int](), set[int]())
    times: tuple[list[float], list[float]] = ([], [])
    for pair in zip(known, unknown, strict=True):
        for which in random.sample((0, 1), 2):
            milliseconds, status, _ = call(connection, path, body(pair[which]))
            times[which].append(milliseconds)
            statuses[which].add(status)
    drain()
    medians = [statistics.median(each) for each in times]
    of_medians: float = medians[0] / medians[1]
    of_pairs = statistics.median(first / second for first, second in zip(*times, strict=True))
    line = f"{name:<28} {medians[0]:>7.2f} ms {medians[1]:>7.2f} ms {of_medians:>11.3f} {of_pairs:>9.3f}"
    say(f"{line}   {sorted(statuses[0])} {sorted(statuses[1])}")
    return of_medians, statuses[0] == statuses[1]


if __name__ == "__main__":
    sys.exit(main())
