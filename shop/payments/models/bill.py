from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from shop.kernel.money import Money
from shop.kernel.symbols import written
from shop.platform.records import Stateful


def titled(kind: str, row: Any) -> str:
    """As "Payment of €16.90 for order K7MQ2-9XWTA": whoever reads the row may add an `order_number` to it."""
    number = getattr(row, "order_number", None)
    return f"{kind} of {written(row.money)}" + (f" for order {number}" if number else "")


class Bill(Stateful):
    """So much is to be paid, in minor units: the handle that an order keeps.

    Covered once. Closed, nothing can be collected on it any more, and what was collected goes back. `refunded` counts
    what has been asked of the gateway; a refund that the gateway refuses is taken out of it again.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        COVERED = "covered", "Paid"
        CLOSED = "closed"

    TRANSITIONS: ClassVar = {
        Status.OPEN: frozenset({Status.COVERED, Status.CLOSED}),
        Status.COVERED: frozenset({Status.CLOSED}),
        Status.CLOSED: frozenset({Status.COVERED}),  # money that was waited for came late
    }

    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=7, choices=Status, default=Status.OPEN)
    captured = models.PositiveBigIntegerField(default=0)
    refunded = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ("view",)
        verbose_name = "payment summary"
        verbose_name_plural = "payment summaries"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["open", "covered", "closed"]), name="bill_status_known"),
            models.CheckConstraint(condition=Q(captured__lte=F("amount")), name="bill_not_overpaid"),
            models.CheckConstraint(condition=Q(refunded__lte=F("captured")), name="bill_not_overrefunded"),
            models.CheckConstraint(
                condition=~Q(status="covered") | Q(captured=F("amount")), name="bill_covered_is_paid_in_full"
            ),
        ]

    def __str__(self) -> str:
        return titled("Payment summary", self)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def due(self) -> int:
        return self.amount - self.captured
