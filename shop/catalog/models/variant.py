"""Variants of products: what shoppers buy."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import models
from django.db.models import Q

from shop.platform.records import Record

LONGEST_KEY: Final = 600
"""In characters: a longer one would not fit into a row of PostgreSQL's index."""
LONGEST_NAME: Final = 1000
"""In characters: the length of the column that orders have for it."""


def options_key(options: Mapping[str, str]) -> str:
    """Return a text that identifies a combination of option values in any order; a hash where it would be long."""
    text = json.dumps(dict(sorted(options.items())), ensure_ascii=False, separators=(",", ":"))
    if len(text) <= LONGEST_KEY:
        return text
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def in_order(options: Mapping[str, str], names: Sequence[str] | None) -> dict[str, str]:
    """Return the option values in the order of the product's options; values of removed options come last."""
    return {name: options[name] for name in (*(names or ()), *options) if name in options}


class Variant(Record):
    """An item that can be added to a cart. `options` is {name: value}; a product's only variant may have none."""

    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="variants")
    sku = models.CharField("SKU", max_length=255, unique=True, null=True, blank=True)
    barcode = models.CharField(max_length=255, blank=True)
    options = models.JSONField(default=dict, blank=True)
    options_key = models.CharField(max_length=LONGEST_KEY, editable=False)
    position = models.PositiveIntegerField(default=0)
    image = models.ForeignKey("catalog.Image", models.SET_NULL, null=True, blank=True, related_name="variants")
    weight_grams = models.PositiveIntegerField("weight (g)", default=0)
    requires_shipping = models.BooleanField(default=True)
    is_taxable = models.BooleanField("taxed", default=True)
    track_inventory = models.BooleanField("stock is counted", default=True, help_text="If not, it never runs out.")
    may_backorder = models.BooleanField(
        "backorders", default=False, help_text="Shoppers can buy it when it is out of stock."
    )
    cost = models.PositiveBigIntegerField(null=True, blank=True, help_text="Minor units; never leaves the back office.")
    cost_currency = models.CharField(max_length=3, null=True, editable=False)  # noqa: DJ001 empty with cost
    is_active = models.BooleanField("sold", default=True)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["product", "options_key"], name="variant_combination_once_per_product"),
            models.CheckConstraint(
                condition=Q(cost=None, cost_currency=None) | Q(cost__isnull=False, cost_currency__isnull=False),
                name="variant_cost_has_a_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.name}".strip()

    @property
    def ordered_options(self) -> dict[str, str]:
        """{name: value} in the order of the product's options."""
        return in_order(self.options, self.product.option_order)

    @property
    def name(self) -> str:
        """The option values in the order of the product's options, as "Large / Red"; empty if it has no options."""
        return " / ".join(self.ordered_options.values())
