"""Setting what is charged."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from shop.tax.models import TaxClass, TaxRate


@transaction.atomic
def add_rates(percents: Mapping[str, Decimal], *, code: str = "standard", name: str = "VAT") -> int:
    """Each country (ISO 3166-1 alpha-2) has a rate for the class; one that is there already stays as it is.

    Says how many are new.
    """
    tax_class, _ = TaxClass.objects.get_or_create(code=code, defaults={"name": code.title()})
    known = set(TaxRate.objects.filter(tax_class=tax_class).values_list("country", flat=True))
    new = [
        TaxRate(tax_class=tax_class, country=country, name=name, percent=percent)
        for country, percent in sorted(percents.items())
        if country not in known
    ]
    TaxRate.objects.bulk_create(new)
    return len(new)
