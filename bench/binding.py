"""How much of a shop's stock one client, and one account, can bind unpaid, and for how long: python -m bench.binding

Runs on the server that DATABASE_URL names (SQLite without it), in a database of its own that is dropped afterwards. The
shop has 40 variants of 10 pieces; limits are on, as in production. Each attacker makes carts with every variant, as
often as the limits let them: orders by bank transfer under invented addresses, and cards whose bank asks the shopper
(3-D Secure). Then it says what an honest buyer can still have, and when the stock is free again.
"""

import logging
import os
import sys
from dataclasses import replace
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.project.settings_test")

import django

django.setup()

import time_machine  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F, Sum  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from shop.catalog.models import Variant  # noqa: E402
from shop.checkout.recover import expire_unpaid, recover  # noqa: E402
from shop.inventory import operations as inventory  # noqa: E402
from shop.inventory.models import StockLevel  # noqa: E402
from shop.orders.models import Order  # noqa: E402
from shop.platform.clock import now  # noqa: E402
from tests.accounts.visitor import Visitor, account, login  # noqa: E402
from tests.checkout.storefront_client import Shopper, open_shop, outside, sell  # noqa: E402

VARIANTS, PIECES, TRIES = 40, 10, 8
RETURN_URL = "http://localhost:3000/done"


def attack(goods: list[Variant], visitor: Visitor, *, email: str, is_card: bool = False) -> list[int]:
    """The status of each try: half of the tries for 5 of everything, half for one piece."""
    seen = []
    for number in range(TRIES):
        quantity = 5 if number % 2 == 0 else 1
        lines = [{"variant_id": outside(each), "quantity": quantity} for each in goods]
        opened = visitor.post("/carts", country="DE", lines=lines)
        if opened.status not in (200, 201):  # nothing is left to put into a cart
            seen.append(opened.status)
            continue
        found = Shopper(opened.data["id"], visitor).ready()
        found.visitor.patch(found.path, email=email.format(number))
        key = f"{email}-{is_card}-{number}"
        done = (
            found.complete("tok_3ds", return_url=RETURN_URL, key=key)
            if is_card
            else found.complete("", method="manual", key=key)
        )
        seen.append(done.status)
        if seen[-1] == 409:
            found.visitor.post(f"{found.path}/reopen")
    return seen


def bound() -> int:
    """How many pieces nobody else can have now."""
    return StockLevel.objects.aggregate(sum=Sum(F("held") + F("allocated")))["sum"] or 0


def report(title: str, statuses: list[int]) -> None:
    """One line for people: what was answered, how much is bound, and until when at the latest."""
    total, taken = VARIANTS * PIECES, bound()
    ends = [each for each in Order.objects.values_list("expires_at", flat=True) if each is not None]
    longest = max((each - now() for each in ends), default=timedelta())
    minutes = round(longest.total_seconds() / 60)
    sys.stdout.write(
        f"{title:<44}{taken:>4} of {total} pieces ({100 * taken // total:>2} %), at most {minutes:>4} min"
        f"   answers {sorted(set(statuses))}, {sum(each in (201, 202) for each in statuses)} of {len(statuses)} taken\n"
    )


def over(after: timedelta) -> None:
    """So much later the worker has given back what nobody paid."""
    with time_machine.travel(now() + after):
        recover()
        expire_unpaid()
    if bound() or inventory.verify():
        raise SystemExit(f"{bound()} pieces are still bound.")


def main() -> None:
    """Every attacker alone, then one client with both ways at once."""
    setup_test_environment()
    logging.disable()
    original = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    settings.SHOP = replace(settings.SHOP, limits_on=True, redis_url="")
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)
    settings.SHOP = replace(settings.SHOP, cors_origins=frozenset({"http://localhost:3000"}))
    try:
        open_shop()
        goods = [sell(f"thing-{number}", stock=PIECES) for number in range(VARIANTS)]
        guest = Visitor(ip="192.0.2.1")
        report("one client, by transfer", attack(goods, guest, email="a{}@example.com"))
        over(settings.ORDERS.unconfirmed_for + timedelta(seconds=1))
        guest = Visitor(ip="192.0.2.2")
        report("one client, 3-D Secure", attack(goods, guest, email="b{}@example.com", is_card=True))
        over(timedelta(minutes=16))
        guest = Visitor(ip="192.0.2.3")
        both = attack(goods, guest, email="c{}@example.com", is_card=True)
        report("one client, both", both + attack(goods, guest, email="d{}@example.com"))
        over(settings.ORDERS.unconfirmed_for + timedelta(seconds=1))
        account("mallory@example.com")
        member = login(Visitor(ip="192.0.2.4"), "mallory@example.com")
        report("one account, by transfer, own address", attack(goods, member, email="mallory@example.com"))
        over(settings.ORDERS.unpaid_for + timedelta(seconds=1))
        report("one account, 3-D Secure", attack(goods, member, email="mallory@example.com", is_card=True))
        over(timedelta(minutes=16))
    finally:
        connection.creation.destroy_test_db(str(original), verbosity=0)


if __name__ == "__main__":
    main()
