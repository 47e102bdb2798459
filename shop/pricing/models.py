"""What a variant costs whom."""

from django.db import models
from django.db.models import F, Q

from shop.platform.records import Record
from shop.stores.limits import LARGEST_PRICE


class PriceList(Record):
    """Prices of one currency for a market or all, a customer group or all. The highest priority that fits wins."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    market = models.ForeignKey("stores.Market", models.PROTECT, null=True, blank=True, related_name="price_lists")
    group = models.ForeignKey(
        "accounts.CustomerGroup", models.PROTECT, null=True, blank=True, related_name="price_lists"
    )
    priority = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-priority", "code")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="price_list_ends_after_its_start",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Price(Record):
    """One variant's price in minor units of the list's currency; `compare_at` is what it cost before."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="prices")
    amount = models.PositiveBigIntegerField()
    compare_at = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "price_list"], name="price_once_per_list"),
            models.CheckConstraint(condition=Q(amount__lte=LARGEST_PRICE), name="price_not_too_large"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} minor units"
