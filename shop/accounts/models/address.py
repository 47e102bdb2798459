"""The address book."""

from django.db import models
from django.db.models import Q

from shop.platform.records import Record


class Address(Record):
    """A postal address of a customer. `country` is ISO 3166-1 alpha-2, `state` a part of it, named as it names them."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="addresses", db_index=False)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    company = models.CharField(max_length=100, blank=True)
    line1 = models.CharField("address line 1", max_length=200)
    line2 = models.CharField("address line 2", max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=32, blank=True)
    is_default_shipping = models.BooleanField("default for shipping", default=False)
    is_default_billing = models.BooleanField("default for billing", default=False)

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["user", "-id"], name="address_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default_shipping=True), name="address_one_default_shipping"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default_billing=True), name="address_one_default_billing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line1}, {self.city} {self.country}"
