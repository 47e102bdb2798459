"""Writing tax rates."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from shop.tax.models import TaxClass, TaxRate


@transaction.atomic
def add_rates(percents: Mapping[str, Decimal], *, code: str = "standard", name: str = "VAT") -> int:
    """Add the class's rate for each country (ISO 3166-1 alpha-2) that has none, and return how many were added.

    Existing rates are not changed.
    """
    tax_class, _ = TaxClass.objects.get_or_create(code=code, defaults={"name": code.title()})
    existing = set(TaxRate.objects.filter(tax_class=tax_class).values_list("country", flat=True))
    new = [
        TaxRate(tax_class=tax_class, country=country, name=name, percent=percent)
        for country, percent in sorted(percents.items())
        if country not in existing
    ]
    TaxRate.objects.bulk_create(new)
    return len(new)
