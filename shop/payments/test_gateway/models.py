"""What the test gateway remembers, as a bank would on its side. Written by shop.payments.test_gateway.gateway alone.

Its rows are written outside the shop's transactions, so that a killed process finds its charge again.
"""

from django.db import models
from django.db.models import F, Q

from shop.kernel.ids import uuid7
from shop.kernel.money import Money
from shop.platform.records import Moment


class TestCharge(models.Model):
    """One charge: one row for each idempotency key, which makes the same key the same charge."""

    __test__ = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=64, unique=True)
    token = models.CharField(max_length=64, blank=True)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16)
    decline_code = models.CharField(max_length=50, blank=True)
    refunded = models.PositiveBigIntegerField(default=0)
    return_url = models.URLField(max_length=1000, blank=True)
    created_at = Moment(auto_now_add=True)

    class Meta:
        app_label = "test_gateway"  # never of payments, which this package lies in
        db_table = "payments_testcharge"  # older than this app
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["requires_action", "authorized", "captured", "declined", "voided"],
                ),
                name="test_charge_status_known",
            ),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="test_charge_not_overrefunded"),
            models.CheckConstraint(
                condition=Q(refunded=0) | Q(status="captured"), name="test_charge_refunded_was_captured"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} test charge of {self.money}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class TestRefund(models.Model):
    """Money that the bank has given back, once for each idempotency key."""

    __test__ = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=64, unique=True)
    charge = models.ForeignKey(TestCharge, models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    created_at = Moment(auto_now_add=True)

    class Meta:
        app_label = "test_gateway"
        db_table = "payments_testrefund"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="test_refund_gives_something")]

    def __str__(self) -> str:
        return f"test refund of {Money(self.amount, self.charge.currency)}"
