"""Shipping methods and their prices."""

from django.db import models
from django.db.models import Q

from shop.platform.records import Record
from shop.stores.limits import LARGEST_PRICE


class ShippingMethod(Record):
    """A method of shipping to a market's countries for a flat price, in minor units of the market's currency."""

    market = models.ForeignKey("stores.Market", models.PROTECT, related_name="shipping_methods")
    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    price = models.PositiveBigIntegerField()
    tax_code = models.CharField("tax class", max_length=32, default="standard")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering = ("position", "code")
        constraints = [
            models.CheckConstraint(condition=Q(price__lte=LARGEST_PRICE), name="shipping_method_price_not_too_large")
        ]

    def __str__(self) -> str:
        return self.name
