"""Carts. A cart's public id is a capability: 128 random bits, looked up by their hash."""

import hashlib
import json
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from shop.accounts.models import email_key
from shop.kernel.ids import uuid7
from shop.platform.records import Moment, Stateful


def metadata_key(metadata: Mapping[str, str]) -> str:
    """Lines of one variant are the same only if this is the same too."""
    if not metadata:
        return ""
    said = json.dumps(dict(sorted(metadata.items())), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


class Cart(Stateful):
    """What somebody means to buy. `version` rises with every change, so that completing can insist on what was quoted.

    The capability is kept for nobody: `digest` finds the cart, and `secret` gives its owner the same id again in every
    answer, encrypted under the installation's key.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        COMPLETING = "completing"
        COMPLETED = "completed"
        MERGED = "merged"

    TRANSITIONS: ClassVar = {
        Status.OPEN: frozenset({Status.COMPLETING, Status.MERGED}),
        Status.COMPLETING: frozenset({Status.OPEN, Status.COMPLETED}),
    }

    presented_id: str | None = None
    """The capability that this row was found by, if it was: no column."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    secret = models.BinaryField(editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="carts")
    market = models.ForeignKey("stores.Market", models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    locale = models.CharField(max_length=16, default="en")
    email = models.EmailField(max_length=254, blank=True)
    shipping_address = models.JSONField(null=True)
    billing_address = models.JSONField(null=True)
    shipping_method = models.ForeignKey("shipping.ShippingMethod", models.SET_NULL, null=True, related_name="+")
    code = models.ForeignKey("promotions.DiscountCode", models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)
    metadata = models.JSONField(default=dict)
    notices = models.JSONField(default=list)
    order = models.ForeignKey("orders.Order", models.SET_NULL, null=True, blank=True, related_name="+")
    last_error = models.CharField(max_length=50, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["expires_at"], name="cart_expiring")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "completing", "completed", "merged"]), name="cart_status_known"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status__in=["open", "completing"], user__isnull=False),
                name="cart_one_open_per_user",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["completing", "completed"]) | Q(order__isnull=False),
                name="cart_in_completion_has_order",
            ),
        ]

    @property
    def customer_key(self) -> str:
        """By which address uses of a code are counted: the account's own, or what was typed; else nothing."""
        return self.confirmed_key or (email_key(self.email) if self.email else "")

    @property
    def confirmed_key(self) -> str:
        """The account's own address, which is known to be the customer's; else nothing."""
        return self.user.email_key if self.user is not None and self.user.email_verified else ""

    def __str__(self) -> str:
        return f"cart of {self.email or 'a guest'}"


class CartLine(models.Model):
    """So many of one variant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    metadata = models.JSONField(default=dict)
    metadata_key = models.CharField(max_length=64, blank=True, editable=False)
    unit_price = models.PositiveBigIntegerField(null=True)
    """Minor units that one cost when the line was last written: the price that the shopper has agreed to so far."""
    created_at = Moment(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant", "metadata_key"], name="cart_line_once_per_variant"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=999), name="cart_line_quantity_in_range"),
        ]
