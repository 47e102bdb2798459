from typing import ClassVar

from django.db import models
from django.db.models import Q

from shop.kernel.money import Money
from shop.payments.models.bill import Bill, titled
from shop.payments.models.next_action import NextActionField
from shop.platform.records import Stateful


class Payment(Stateful):
    """One attempt to collect a bill. Its id is the idempotency key that the gateway sees, on every retry the same.

    At most one payment of a bill is alive at a time: a constraint, so that two tabs with two cards charge once. The
    token that stands for the card is not kept, only a keyed hash of it.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        REQUIRES_ACTION = "requires_action"
        AUTHORIZED = "authorized"
        CAPTURED = "captured"
        DECLINED = "declined"
        VOIDED = "voided"
        REFUNDED = "refunded"

    LIVE: ClassVar = ("pending", "requires_action", "authorized", "captured")
    UNFINISHED: ClassVar = ("pending", "requires_action", "authorized")
    TRANSITIONS: ClassVar = {
        Status.PENDING: frozenset(
            {Status.REQUIRES_ACTION, Status.AUTHORIZED, Status.CAPTURED, Status.DECLINED, Status.VOIDED}
        ),
        Status.REQUIRES_ACTION: frozenset({Status.AUTHORIZED, Status.CAPTURED, Status.DECLINED, Status.VOIDED}),
        Status.AUTHORIZED: frozenset({Status.CAPTURED, Status.VOIDED}),
        Status.CAPTURED: frozenset({Status.REFUNDED}),
    }

    bill = models.ForeignKey(Bill, models.PROTECT, verbose_name="payment summary", related_name="payments")
    method = models.CharField(max_length=32)
    provider = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=200, null=True, blank=True, help_text="The gateway's own id.")  # noqa: DJ001 - nulls don't collide
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    return_url = models.URLField(max_length=1000, blank=True)
    next_action = NextActionField(null=True, blank=True)
    decline_code = models.CharField(max_length=50, blank=True)
    brand = models.CharField("card brand", max_length=30, blank=True)
    last4 = models.CharField("card ends in", max_length=4, blank=True)

    class Meta:
        default_permissions = ("view",)
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "requires_action",
                        "authorized",
                        "captured",
                        "declined",
                        "voided",
                        "refunded",
                    ]
                ),
                name="payment_status_known",
            ),
            models.UniqueConstraint(
                fields=["bill"],
                condition=Q(status__in=["pending", "requires_action", "authorized", "captured"]),
                name="payment_one_live_per_bill",
            ),
            models.UniqueConstraint(fields=["provider", "reference"], name="payment_reference_once_per_provider"),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=["pending", "requires_action", "authorized"]),
                name="payment_unfinished",
            )
        ]

    def __str__(self) -> str:
        return titled("Payment", self)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
