"""Tax classes and their rates by country."""

from django.db import models
from django.db.models import Q

from shop.platform.records import Record


class TaxClass(Record):
    """A group of products that are taxed at the same rate; products refer to it by its code."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "tax classes"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class TaxRate(Record):
    """The percentage of one class in one country (ISO 3166-1 alpha-2)."""

    tax_class = models.ForeignKey(TaxClass, models.CASCADE, related_name="rates")
    country = models.CharField(max_length=2)
    name = models.CharField(max_length=50, default="VAT")
    percent = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        ordering = ("country",)
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_class"], name="tax_rate_once_per_country"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="tax_rate_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.percent.normalize():f} % ({self.country})"
