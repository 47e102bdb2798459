from typing import ClassVar

from django.db import models
from django.db.models import Q

from shop.kernel.money import Money
from shop.payments.models.bill import titled
from shop.payments.models.payment import Payment
from shop.platform.records import Stateful


class Refund(Stateful):
    """Money on its way back for one payment. Its id is the gateway's idempotency key, so a failed one stays failed.

    What has failed is asked for again once, by the refund that stands `instead_of` it.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    TRANSITIONS: ClassVar = {Status.REQUESTED: frozenset({Status.SUCCEEDED, Status.FAILED})}

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(max_length=200, blank=True)
    instead_of = models.OneToOneField("self", models.RESTRICT, null=True, blank=True, related_name="asked_again")

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("confirm_refund", "Can note that refunds were paid back"),
            ("repeat_refund", "Can ask again for refunds that failed"),
        ]
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["requested", "succeeded", "failed"]), name="refund_status_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(status="requested"), name="refund_under_way")]

    def __str__(self) -> str:
        return titled("Refund", self)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.payment.currency)
