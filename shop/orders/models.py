"""Orders: copies of what was agreed. Later changes to products, prices, taxes and addresses do not touch them.

All amounts are minor units of the order's one currency.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shop.kernel.ids import uuid7
from shop.platform.records import Record, Stateful


class Order(Stateful):
    """One order. `source` is the cart that it came from; at most one order of a source is not abandoned."""

    class Status(models.TextChoices):
        PENDING_PAYMENT = "pending_payment"
        PLACED = "placed"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"

    class PaymentStatus(models.TextChoices):
        UNPAID = "unpaid"
        AUTHORIZED = "authorized"
        PARTIALLY_PAID = "partially_paid"
        PAID = "paid"
        PARTIALLY_REFUNDED = "partially_refunded"
        REFUNDED = "refunded"
        VOIDED = "voided"

    class FulfillmentStatus(models.TextChoices):
        UNFULFILLED = "unfulfilled"
        PARTIALLY_FULFILLED = "partially_fulfilled"
        FULFILLED = "fulfilled"
        DELIVERED = "delivered"

    TRANSITIONS: ClassVar = {  # nothing completes an order yet
        Status.PENDING_PAYMENT: frozenset({Status.PLACED, Status.CANCELLED, Status.EXPIRED}),
        Status.PLACED: frozenset({Status.CANCELLED, Status.EXPIRED}),
        Status.EXPIRED: frozenset({Status.PLACED}),  # its money came late, and its stock is still there
    }

    source = models.UUIDField(help_text="The cart that it came from.")
    number = models.CharField(max_length=20, null=True, blank=True, unique=True)
    token_digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    token_secret = models.BinaryField(null=True, editable=False)
    """The guest's token, encrypted: a repeated completion gives the same one again."""
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING_PAYMENT)
    payment_status = models.CharField(max_length=20, choices=PaymentStatus, default=PaymentStatus.UNPAID)
    fulfillment_status = models.CharField(
        max_length=20, choices=FulfillmentStatus, default=FulfillmentStatus.UNFULFILLED
    )
    market = models.ForeignKey("stores.Market", models.PROTECT, related_name="orders")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="orders")
    group = models.ForeignKey("accounts.CustomerGroup", models.PROTECT, null=True, related_name="orders")
    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, db_index=True, editable=False)
    email_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When it was known that the address is the customer's: with the login, or by a code that was mailed to it."""
    client_key = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    """A keyed hash of the client's network address, by which unpaid orders are counted."""
    completion_key = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    """A keyed hash of the Idempotency-Key of the call that made the order."""
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    locale = models.CharField(max_length=16, default="en")
    prices_include_tax = models.BooleanField(default=True)
    shipping_address = models.JSONField(null=True)
    billing_address = models.JSONField(null=True)
    shipping_method = models.JSONField(null=True)
    """{id, code, name}: which shipping method it was, and what it was called."""
    payment_method = models.CharField(max_length=32)
    codes = models.JSONField(default=list)
    """[{id, code, name, amount}] of the discount codes that were entered."""
    subtotal = models.PositiveBigIntegerField()
    discount_total = models.PositiveBigIntegerField(default=0)
    shipping_total = models.PositiveBigIntegerField(default=0)
    shipping_tax_lines = models.JSONField(default=list)
    tax_total = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField()
    bill = models.OneToOneField("payments.Bill", models.PROTECT, related_name="+")
    hold = models.OneToOneField("inventory.Hold", models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    search_text = models.TextField(blank=True, editable=False, db_default="", default="")
    """What staff find the order by, in `searchable` form: e-mail, names, cities and SKUs."""
    metadata = models.JSONField(default=dict, blank=True)
    is_test = models.BooleanField("test", default=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="The order expires if it is unpaid by then.")
    placed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("cancel_order", "Can cancel orders"), ("mark_paid", "Can mark orders as paid")]
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=~Q(status__in=["cancelled", "expired"]), name="order_one_per_cart"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending_payment", "placed", "completed", "cancelled", "expired"]),
                name="order_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["placed", "completed"]) | Q(number__isnull=False, placed_at__isnull=False),
                name="order_placed_has_number",
            ),
            models.CheckConstraint(
                condition=Q(subtotal__gte=F("discount_total")), name="order_discount_within_subtotal"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="order_of_user"),
            models.Index(fields=["status", "-id"], name="order_by_status"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="order_expiring"),
            models.Index(fields=["-placed_at"], condition=Q(placed_at__isnull=False), name="order_by_time"),
            models.Index(fields=["-created_at"], name="order_newest"),
            models.Index(fields=["updated_at"], name="order_updated"),
            models.Index(fields=["payment_status", "-created_at"], name="order_by_payment"),
            models.Index(fields=["fulfillment_status", "-created_at"], name="order_by_fulfillment"),
        ]

    def __str__(self) -> str:
        return self.number or "(not placed)"


class OrderLine(models.Model):
    """One line as it was sold. The product and variant are kept for navigation only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey("catalog.Variant", models.SET_NULL, null=True, related_name="+")
    product = models.ForeignKey("catalog.Product", models.SET_NULL, null=True, related_name="+")
    product_slug = models.CharField(max_length=255)
    product_name = models.CharField(max_length=255)
    name = models.CharField(max_length=1000, blank=True, help_text="The variant's: all of its option values.")
    sku = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 as the variant has it: null is none
    options = models.JSONField(default=dict)
    image_url = models.CharField(max_length=1000, blank=True)
    image = models.JSONField(null=True, blank=True)
    """{id, alt, width, height, variant_ids} of the picture at that address, if that was kept."""
    quantity = models.PositiveIntegerField()
    unit_price = models.PositiveBigIntegerField()
    compare_at = models.PositiveBigIntegerField(null=True)
    subtotal = models.PositiveBigIntegerField()
    discount = models.PositiveBigIntegerField(default=0)
    tax = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField()
    discounts = models.JSONField(default=list)
    """[{code, name, amount}]: the line's shares, frozen; a refund gives back these and never splits again."""
    tax_lines = models.JSONField(default=list)
    """[{name, rate, base, amount}]"""
    requires_shipping = models.BooleanField(default=True)
    fulfilled_quantity = models.PositiveIntegerField(default=0)
    returned_quantity = models.PositiveIntegerField(default=0)
    refunded_quantity = models.PositiveIntegerField(default=0)
    metadata = models.JSONField(default=dict)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_has_quantity"),
            models.CheckConstraint(condition=Q(discount__lte=F("subtotal")), name="order_line_discount_within_line"),
            models.CheckConstraint(
                condition=Q(fulfilled_quantity__lte=F("quantity")), name="order_line_not_overfilled"
            ),
        ]
        indexes = [models.Index(fields=["sku"], name="order_line_by_sku")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_name}"


class OrderRedemption(models.Model):
    """The uses of discount codes that the order keeps."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="redemptions")
    redemption = models.OneToOneField("promotions.Redemption", models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()


class Cancellation(Record):
    """Who cancelled an order, when and why."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="cancellation")
    actor = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"cancellation of {self.order_id}"
