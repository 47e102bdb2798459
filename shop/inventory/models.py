"""How much there is, how much of it is reserved, and everything that ever changed it.

A level is a narrow row of its own, and its counters are written by shop.inventory.counters alone. `held` is set aside
for payments that run, `allocated` belongs to placed orders that have not left yet; shipping lowers both `allocated` and
`on_hand`.
"""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import formats, timezone

from shop.kernel.ids import uuid7
from shop.platform.records import Moment, Record, Stateful, Versioned


class Location(Record):
    """Where stock lies."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    priority = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ("priority", "code")

    def __str__(self) -> str:
        return self.name


class StockLevel(Versioned):
    """One variant at one location. No index on the counters, so that their updates stay cheap."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    variant = models.ForeignKey("catalog.Variant", models.PROTECT, related_name="stock_levels")
    location = models.ForeignKey(Location, models.PROTECT, related_name="stock_levels")
    on_hand = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(
        "in checkout", default=0, help_text="Reserved for now, for shoppers whose payments run."
    )
    allocated = models.PositiveIntegerField(
        default=0, help_text="Reserved for orders that were placed and have not left yet."
    )
    unavailable = models.PositiveIntegerField(default=0, help_text="There, but not for sale.")
    provisional = models.PositiveIntegerField(
        "unconfirmed",
        default=0,
        db_default=0,
        help_text="Part of what is in checkout or allocated: for unpaid orders whose e-mail address is not confirmed "
        "yet, and for payments that wait for the customer.",
    )
    """How many of those that are held or allocated nobody has vouched for yet: see Hold.is_provisional."""
    backorder_room = models.PositiveIntegerField(
        "backorder limit", default=0, help_text="How many may be sold that are not there."
    )
    """How many may be sold that are not there; it counts only for a variant that may be backordered."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "location"], name="stock_level_once_per_place"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=F("held") + F("allocated") + F("unavailable") - F("backorder_room")),
                name="stock_level_never_oversold",
            ),
            models.CheckConstraint(
                condition=Q(provisional__lte=F("held") + F("allocated")), name="stock_level_provisional_is_reserved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant} at {self.location}"


class Hold(Stateful):
    """Stock set aside. Whoever asked keeps the Hold; inventory never learns who that is.

    Past `expires_at` a hold that is still `held` counts as nothing: reads leave it out, and whoever needs the stock
    releases it first.
    """

    class Status(models.TextChoices):
        HELD = "held", "Reserved for now"
        COMMITTED = "committed", "Reserved"
        RELEASED = "released"

    TRANSITIONS: ClassVar = {
        Status.HELD: frozenset({Status.COMMITTED, Status.RELEASED}),
        Status.COMMITTED: frozenset({Status.RELEASED}),
    }

    status = models.CharField(max_length=9, choices=Status, default=Status.HELD)
    expires_at = models.DateTimeField()
    is_provisional = models.BooleanField("unconfirmed", default=False, db_default=False)
    """Whether nobody has vouched for it yet: together such holds have at most a share of a level's stock."""

    parts: Mapping[UUID, int] | None = None
    """How much of each level it has, by the level's id, where that is known from making it: its lines never change."""

    class Meta:
        default_permissions = ("view",)
        verbose_name = verbose_name_plural = "reserved stock"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["held", "committed", "released"]), name="hold_status_known")
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(status="held"), name="hold_expiring")]

    def __str__(self) -> str:
        return f"Reserved on {formats.localize(timezone.localtime(self.created_at))}"


class HoldLine(models.Model):
    """So much of one level."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hold = models.ForeignKey(Hold, models.CASCADE, related_name="lines")
    level = models.ForeignKey(StockLevel, models.PROTECT, related_name="hold_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        verbose_name = "reserved item"
        constraints = [
            models.UniqueConstraint(fields=["hold", "level"], name="hold_line_once_per_level"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_line_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.level}"


class StockMovement(models.Model):
    """One change to a level, never edited. The sums of the deltas are the level's counters."""

    class Kind(models.TextChoices):
        RECEIVED = "received"
        ADJUSTED = "adjusted"
        ALLOCATED = "allocated"
        RELEASED = "released"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    level = models.ForeignKey(StockLevel, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind)
    delta_on_hand = models.IntegerField("change on hand", default=0)
    delta_allocated = models.IntegerField("change allocated", default=0)
    delta_unavailable = models.IntegerField("change unavailable", default=0)
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, blank=True, related_name="movements")
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = Moment(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["received", "adjusted", "allocated", "released"]),
                name="stock_movement_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(delta_on_hand=0, delta_allocated=0, delta_unavailable=0),
                name="stock_movement_moves_something",
            ),
        ]
        indexes = [models.Index(fields=["level", "-id"], name="stock_movement_of_level")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.level}"
