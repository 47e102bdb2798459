"""kill -9 before every statement of a completion: the process is really gone, and with it its connection."""

import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection

from shop.catalog.models import Variant
from shop.inventory import operations as inventory
from shop.inventory.models import Hold
from shop.stores.models import Market
from tests.checkout.conftest import bank, market
from tests.checkout.kills import (
    CONTROL,
    HOLD_OVER,
    LEASE,
    OPEN_AGAIN,
    Ending,
    Way,
    customer,
    endings,
    later,
    worker_comes_back,
)
from tests.checkout.storefront_client import Shopper, code, level, sell

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

__all__ = ["bank", "market"]

CARD = Way(code="welcome10", total=2289)
PAID = Ending("completed", (("placed", "paid"),), 2289, ("committed",), ("confirmed",), ("order.placed",))


@pytest.fixture
def mugs(market: Market) -> Variant:
    """A thousand, and a code that each customer may use once."""
    code("WELCOME10", once_per_customer=True)
    return sell(stock=1000)


def killed(act: Callable[[], object], *, before: int) -> bool:
    """Whether a process of its own that did this was killed before so many statements; otherwise it came to its end."""
    connection.close()  # or the child would have the parent's
    child = os.fork()
    if child == 0:
        try:
            with connection.execute_wrapper(Nth(before)):
                act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


class Nth:
    """Ends its process before the n-th statement, transaction control left out."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def __call__(self, execute: Callable[..., object], sql: str, *arguments: Any) -> object:
        self.left -= not sql.startswith(CONTROL)
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *arguments)


def sweep(mugs: Variant) -> dict[int, Shopper]:
    """For every n a customer whose completion was killed before its n-th statement."""
    dead: dict[int, Shopper] = {}
    for nth in count(1):
        shopper = customer(mugs, f"buyer-{nth}", CARD)
        if not killed(lambda each=shopper: CARD.complete(each), before=nth):  # type: ignore[misc]
            break
        dead[nth] = shopper
    return dead


def books(variant: Variant) -> tuple[int, int, int]:
    """The stock, when all counters are what the books say and nobody holds anything."""
    assert inventory.verify() == []
    assert not Hold.objects.filter(status=Hold.Status.HELD).exists()
    return level(variant)


def test_whoever_repeats_has_bought_and_paid_once(mugs: Variant) -> None:
    dead = sweep(mugs)

    with later(LEASE):
        seen = {CARD.complete(each).status for each in dead.values()}

    assert len(dead) > 30  # nothing came to an end early
    assert seen <= {200, 201}
    assert endings(dead) == dict.fromkeys(dead, PAID)
    assert books(mugs) == (1000, 0, len(dead) + 1)


def test_when_nobody_repeats_the_worker_ends_it_either_way(mugs: Variant) -> None:
    dead = sweep(mugs)

    with later(HOLD_OVER):
        worker_comes_back()

    ended = list(endings(dead).values())
    bought = ended.count(PAID)
    assert bought + ended.count(OPEN_AGAIN) == len(dead)
    assert bought > 0
    assert books(mugs) == (1000, 0, bought + 1)
