"""For any sequence of changes, the history has the price that the price lists had at each moment."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shop.accounts.models import CustomerGroup
from shop.catalog.models import Variant
from shop.kernel.money import Money
from shop.pricing import history
from shop.pricing import operations as pricing
from shop.pricing.models import PriceHistory, PriceList
from shop.stores.models import Market
from shop.stores.operations import open_market
from tests.checkout.storefront_client import open_shop, sell

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CODES = ("base-eur", "sale", "club")

hours = st.none() | st.integers(0, 12)
steps = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 3)),
    st.tuples(st.just("work")),
    st.tuples(
        st.just("set"), st.sampled_from(CODES), st.integers(0, 1), st.integers(0, 2), st.sampled_from([None, 8, 9])
    ),
    st.tuples(st.just("withdraw"), st.sampled_from(CODES), st.integers(0, 1)),
    st.tuples(
        st.just("edit"),
        st.sampled_from(CODES[1:]),
        st.integers(0, 2),
        hours,
        hours,
        st.sampled_from([None, 0]),
        st.sampled_from([None, "club", "default"]),
    ),
    st.tuples(st.just("delete"), st.just("sale")),
    st.tuples(st.just("open"), st.just("fr")),
)


@dataclass
class Model:
    """What the lists say, as plainly as it can be written down."""

    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    prices: dict[tuple[str, int], tuple[int, int | None]] = field(default_factory=dict)
    markets: set[str] = field(default_factory=set)

    def price(self, market: str, thing: int, at: datetime) -> tuple[int, int | None, str] | None:
        fitting = [
            (says["priority"], code)
            for code, says in self.lists.items()
            if (code, thing) in self.prices
            and says["market"] in (None, market)
            and says["group"] in (None, "default")
            and (says["starts"] is None or says["starts"] <= at)
            and (says["ends"] is None or at < says["ends"])
        ]
        if not fitting or market not in self.markets:
            return None
        _, strongest = max(fitting)
        return *self.prices[strongest, thing], strongest


class World:
    """A shop whose prices change, and a record of all changes."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.at = clock, NOON
        self.things: list[Variant] = [sell(f"thing-{n}", stock=None) for n in range(2)]
        self.home = open_shop()
        self.groups = {
            "club": CustomerGroup.objects.create(code="club", name="Club"),
            "default": CustomerGroup.objects.get_or_create(is_default=True, defaults={"code": "all", "name": "A"})[0],
        }
        everybody: dict[str, Any] = {"priority": 0, "starts": None, "ends": None, "market": None, "group": None}
        lists = {code: dict(everybody) for code in CODES}
        for code in CODES[1:]:
            PriceList.objects.create(code=code, name=code, currency="EUR")
        self.told = Model(lists, {("base-eur", thing): (1999, None) for thing in range(2)}, {"eu"})
        history.record_all()
        self.past: list[tuple[datetime, Model]] = [(NOON + timedelta(milliseconds=1), deepcopy(self.told))]

    def play(self, step: tuple[Any, ...]) -> None:
        self.move(timedelta(minutes=10))
        getattr(self, step[0])(*step[1:])
        self.past.append((self.at, deepcopy(self.told)))

    def move(self, by: timedelta) -> None:
        self.at += by
        self.clock.move_to(self.at)

    def wait(self, number: int) -> None:
        self.move(number * HOUR)

    def work(self) -> None:
        history.record_windows()

    def set(self, code: str, thing: int, amount: int, before: int | None) -> None:
        price = Money(amount, "EUR"), None if before is None else Money(before, "EUR")
        for price_list in PriceList.objects.filter(code=code):
            pricing.set_prices(price_list, {self.things[thing].pk: price})
            self.told.prices[code, thing] = amount, before

    def withdraw(self, code: str, thing: int) -> None:
        for price_list in PriceList.objects.filter(code=code):
            pricing.withdraw_prices(price_list, [self.things[thing].pk])
            self.told.prices.pop((code, thing), None)

    def edit(
        self, code: str, priority: int, starts: int | None, ends: int | None, market: int | None, group: str | None
    ) -> None:
        times = {"starts": starts, "ends": ends}
        moments = {name: None if hour is None else NOON + hour * HOUR for name, hour in times.items()}
        if starts is not None and ends is not None and starts >= ends:
            return
        for price_list in PriceList.objects.filter(code=code):
            with pricing.changing_list(price_list):
                PriceList.objects.filter(pk=price_list.pk).update(
                    priority=priority,
                    starts_at=moments["starts"],
                    ends_at=moments["ends"],
                    market=None if market is None else self.home,
                    group=self.groups[group] if group else None,
                )
            says = {"priority": priority, "market": None if market is None else "eu", "group": group, **moments}
            self.told.lists[code] = says

    def delete(self, code: str) -> None:
        for price_list in PriceList.objects.filter(code=code):
            pricing.delete_list(price_list)
            del self.told.lists[code]

    def open(self, code: str) -> None:
        if code not in self.told.markets:
            open_market(Market(code=code, name=code, currency="EUR"))
            self.told.markets.add(code)

    def moments(self) -> Iterator[datetime]:
        """Yield the moments of changes and of starts and ends of lists, and moments just before and after.

        A change at exactly the start or end of a list is recorded a tick later, so that both have a row.
        """
        changes, windows = {at for at, _ in self.past}, {NOON + hour * HOUR for hour in range(13)}
        for moment in changes | windows:
            yield from (moment - history.TICK, moment + timedelta(minutes=5))
            yield moment + history.TICK if moment in changes & windows else moment

    def differences(self) -> list[Any]:
        """Return the moments at which the history differs from what the lists had."""
        markets = dict(Market.objects.values_list("code", "pk"))
        rows = list(PriceHistory.objects.order_by("effective_from").values_list(
            "variant", "market", "effective_from", "amount", "compare_at", "price_list_code"
        ))  # fmt: skip
        return [
            (moment, code, thing, replayed, actual)
            for moment in self.moments()
            if self.past[0][0] <= moment <= self.at
            for code, market in markets.items()
            for thing in range(2)
            for replayed in [replay(rows, self.things[thing].pk, market, moment)]
            for actual in [self.then(moment).price(code, thing, moment)]
            if replayed != actual
        ]

    def then(self, moment: datetime) -> Model:
        return [told for at, told in self.past if at <= moment][-1]


def replay(rows: list[Any], variant: UUID, market: UUID, at: datetime) -> tuple[int, int | None, str] | None:
    """Return the price of the variant in the market at this moment, from the history."""
    earlier = [row for row in rows if row[:2] == (variant, market) and row[2] <= at]
    return earlier[-1][3:] if earlier and earlier[-1][3] is not None else None


def agrees(sequence: list[tuple[Any, ...]]) -> None:
    with transaction.atomic(), time_machine.travel(NOON, tick=False) as clock:
        world = World(clock)
        for step in sequence:
            world.play(step)
        world.move(HOUR)
        history.record_windows()

        assert world.differences() == []
        assert history.verify() == []
        assert repeated() == []
        transaction.set_rollback(True)


def repeated() -> list[Any]:
    """Return the rows that equal the one before them."""
    rows = list(PriceHistory.objects.order_by("variant", "market", "effective_from").values_list(
        "variant", "market", "amount", "compare_at", "price_list"
    ))  # fmt: skip
    return [row for before, row in pairwise(rows) if before == row]


sequences = st.lists(steps, min_size=1, max_size=12)
quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@hypothesis_settings(max_examples=12, suppress_health_check=quiet)
@example([("edit", "sale", 0, None, 1, None, None), *[("work",)] * 4, ("set", "base-eur", 0, 2, None)]).via(
    "at 13:00 sharp"
)
@given(sequences)
def test_the_history_replays_to_what_the_lists_said(sequence: list[tuple[Any, ...]]) -> None:
    agrees(sequence)


@pytest.mark.exhaustive
@hypothesis_settings(max_examples=500, suppress_health_check=quiet)
@given(sequences)
def test_the_history_replays_to_what_the_lists_said_for_many_sequences(sequence: list[tuple[Any, ...]]) -> None:
    agrees(sequence)
