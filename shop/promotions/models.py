"""Promotions, their discount codes, and redemptions."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shop.platform.records import Record, Stateful


class Promotion(Record):
    """A percentage off the order during a period."""

    name = models.CharField(max_length=100)
    percent = models.DecimalField(max_digits=7, decimal_places=4, help_text="19.5 is 19.5 %.")
    market = models.ForeignKey("stores.Market", models.PROTECT, null=True, blank=True, related_name="promotions")
    group = models.ForeignKey(
        "accounts.CustomerGroup", models.PROTECT, null=True, blank=True, related_name="promotions"
    )
    is_active = models.BooleanField("active", default=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="promotion_percent_in_range"),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="promotion_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DiscountCode(Record):
    """A code that a shopper enters; `key` is its normalized form. `used` is the number of live redemptions."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="codes")
    code = models.CharField(max_length=50)
    key = models.CharField(max_length=50, unique=True, editable=False)
    usage_limit = models.PositiveIntegerField(null=True, blank=True)
    once_per_customer = models.BooleanField(default=False)
    used = models.PositiveIntegerField("times used", default=0, editable=False)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(usage_limit=None) | Q(used__lte=F("usage_limit")), name="discount_code_not_overused"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Redemption(Stateful):
    """One use of a code. The caller stores the Redemption; promotions have no reference to the order."""

    class Status(models.TextChoices):
        CLAIMED = "claimed", "Reserved for now"
        CONFIRMED = "confirmed", "Used"
        RELEASED = "released"

    TRANSITIONS: ClassVar = {
        Status.CLAIMED: frozenset({Status.CONFIRMED, Status.RELEASED}),
        Status.CONFIRMED: frozenset({Status.RELEASED}),
    }

    code = models.ForeignKey(DiscountCode, models.PROTECT, related_name="redemptions")
    status = models.CharField(max_length=9, choices=Status, default=Status.CLAIMED)
    customer_key = models.CharField(
        "customer", max_length=254, help_text="The e-mail address, in the form by which uses are counted."
    )
    amount = models.PositiveBigIntegerField()
    once_key = models.CharField(max_length=254, null=True, blank=True)  # noqa: DJ001 null is never the same twice
    """`customer_key` while it is live, the code is once per customer and the email is not confirmed; else null."""
    once_account = models.UUIDField(null=True, blank=True, editable=False)
    """The id of the customer's account under the same conditions, with or without a confirmed email."""
    once_proven = models.CharField(max_length=254, null=True, blank=True, editable=False)  # noqa: DJ001 as once_key
    """`customer_key` under the same conditions once the email is proven: the customer confirmed it, or paid."""

    class Meta:
        default_permissions = ("view",)
        verbose_name = "discount use"
        indexes = [models.Index(fields=["code", "once_proven"], name="redemption_proven")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["claimed", "confirmed", "released"]), name="redemption_status_known"
            ),
            models.UniqueConstraint(fields=["code", "once_key"], name="redemption_once_per_customer"),
            models.UniqueConstraint(fields=["code", "once_account"], name="redemption_once_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.code} used by {self.customer_key}"
