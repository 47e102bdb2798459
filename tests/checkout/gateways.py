"""A test bank that takes its time, so that others come in between."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from shop.payments.ports import Charge, Receipt
from tests.payments.gateways import Watched


@dataclass
class Busy(Watched):
    """`before` and `after` are done once each, while a card is charged: before the money is taken, and after it."""

    before: list[Callable[[], object]] = field(default_factory=list)
    after: list[Callable[[], object]] = field(default_factory=list)
    seen: list[object] = field(default_factory=list)
    """What they returned."""

    def reset(self) -> None:
        super().reset()
        for each in (self.before, self.after, self.seen):
            each.clear()

    def charge(self, charge: Charge, *, token: str, return_url: str) -> Receipt:
        while self.before:
            self.seen.append(self.before.pop()())
        connection.close()  # theirs
        receipt = super().charge(charge, token=token, return_url=return_url)
        while self.after:
            self.seen.append(self.after.pop()())
        return receipt
