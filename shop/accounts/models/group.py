"""Groups of customers, for whom prices and promotions may differ."""

from django.db import models
from django.db.models import Q

from shop.platform.records import Record


class CustomerGroup(Record):
    """A group of customers. Everybody is in exactly one; guests and new accounts are in the default one."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    is_default = models.BooleanField("default", default=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="customer_group_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name
