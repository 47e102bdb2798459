"""Any sequence of operations leaves what a few lines of plain Python say, and counters that agree with the books."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from shop.inventory import operations as inventory
from shop.inventory import queries
from shop.inventory.errors import InsufficientStock, StockReserved
from shop.inventory.models import Hold, StockLevel
from shop.platform.clock import now
from shop.platform.records import WrongState
from tests.inventory.factories import stocked

START = datetime(2026, 1, 1, tzinfo=UTC)
VARIANTS = st.integers(0, 2)
FEW = st.integers(0, 6)
BASKETS = st.dictionaries(VARIANTS, st.integers(1, 4), min_size=1)


@dataclass
class ModelLevel:
    """What the model knows of a level."""

    on_hand: int
    room: int
    unavailable: int = 0


@dataclass
class Promise:
    """What the model knows of a hold."""

    row: Hold
    wanted: dict[int, int]
    until: datetime
    status: str = "held"

    @property
    def is_over(self) -> bool:
        return self.status == "held" and self.until <= now()


class Stock(RuleBasedStateMachine):
    """Three variants, the last of which may be backordered."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.levels = [ModelLevel(5, 0), ModelLevel(3, 0), ModelLevel(2, 4)]
        self.variants: list[UUID] = [stocked(each.on_hand, backorders=each.room) for each in self.levels]
        self.promises: list[Promise] = []

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def _promised(self, at: int, *statuses: str) -> int:
        return sum(each.wanted.get(at, 0) for each in self.promises if each.status in statuses)

    def _over(self, at: int) -> int:
        return sum(each.wanted.get(at, 0) for each in self.promises if each.is_over)

    def _free(self, at: int) -> int:
        level = self.levels[at]
        return level.on_hand + level.room - level.unavailable - self._promised(at, "held", "committed")

    def _release_expired_for(self, wanted: set[int]) -> None:
        for promise in self.promises:
            if promise.is_over and wanted & promise.wanted.keys():
                promise.status = "released"

    @rule(basket=BASKETS, minutes=st.integers(0, 20))
    def hold(self, basket: dict[int, int], minutes: int) -> None:
        until = now() + timedelta(minutes=minutes)
        wanted = {self.variants[at]: quantity for at, quantity in basket.items()}
        if any(quantity > self._free(at) + self._over(at) for at, quantity in basket.items()):
            with pytest.raises(InsufficientStock):
                inventory.hold(wanted, until=until)
            return
        if any(quantity > self._free(at) for at, quantity in basket.items()):
            self._release_expired_for(set(basket))
        made = inventory.hold(wanted, until=until)
        assert made is not None
        self.promises.append(Promise(made, basket, until))

    @precondition(lambda self: self.promises)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        promise = data.draw(st.sampled_from(self.promises))
        if promise.status == "released":
            with pytest.raises(WrongState):
                inventory.commit(promise.row)
            return
        inventory.commit(promise.row)
        promise.status = "committed"

    @precondition(lambda self: self.promises)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        promise = data.draw(st.sampled_from(self.promises))
        assert inventory.release(promise.row) is (promise.status != "released")
        promise.status = "released"

    @rule(at=VARIANTS, delta=st.integers(1, 4))
    def receive(self, at: int, delta: int) -> None:
        inventory.receive(self.variants[at], delta=delta)
        self.levels[at].on_hand += delta

    @rule(at=VARIANTS, counted=FEW)
    def count(self, at: int, counted: int) -> None:
        less = self.levels[at].on_hand - counted
        if less > 0 and less > self._free(at):
            if less > self._free(at) + self._over(at):
                with pytest.raises(StockReserved):
                    inventory.adjust(self.variants[at], set_to=counted)
                return
            self._release_expired_for({at})
        inventory.adjust(self.variants[at], set_to=counted)
        self.levels[at].on_hand = counted

    @rule(at=VARIANTS, more=st.integers(-3, 3))
    def set_apart(self, at: int, more: int) -> None:
        more = max(more, -self.levels[at].unavailable)
        if more > 0 and more > self._free(at):
            if more > self._free(at) + self._over(at):
                with pytest.raises(StockReserved):
                    inventory.set_apart(self.variants[at], delta=more)
                return
            self._release_expired_for({at})
        inventory.set_apart(self.variants[at], delta=more)
        self.levels[at].unavailable += more

    @rule(minutes=st.integers(1, 15))
    def wait(self, minutes: int) -> None:
        self.time.shift(timedelta(minutes=minutes))

    @rule()
    def sweep(self) -> None:
        assert inventory.release_expired() == sum(each.is_over for each in self.promises)
        self._release_expired_for({0, 1, 2})

    @invariant()
    def counters_are_what_the_model_says(self) -> None:
        levels = {each.variant_id: each for each in StockLevel.objects.all()}
        for at, variant_id in enumerate(self.variants):
            row, model = levels[variant_id], self.levels[at]
            stored = (row.on_hand, row.unavailable, row.held, row.allocated)
            assert stored == (
                model.on_hand,
                model.unavailable,
                self._promised(at, "held"),
                self._promised(at, "committed"),
            )

    @invariant()
    def shoppers_are_told_what_the_model_says(self) -> None:
        told = queries.availability(self.variants)
        assert [told[each].max_quantity for each in self.variants] == [
            max(self._free(at) + self._over(at), 0) for at in range(3)
        ]

    @invariant()
    def counters_and_books_agree(self) -> None:
        assert inventory.verify() == []


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [5, pytest.param(50, marks=pytest.mark.exhaustive)])
def test_any_sequence_of_operations_leaves_what_the_model_says(examples: int) -> None:
    run_state_machine_as_test(Stock, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None))
