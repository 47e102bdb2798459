"""The tax rates of a country."""

from collections.abc import Iterable

from shop.tax.models import TaxRate
from shop.tax.types import TaxPercentage


def rates(country: str, codes: Iterable[str]) -> dict[str, TaxPercentage]:
    """Return the country's rate of each tax class, in one query; a class that has none is left out."""
    rows = TaxRate.objects.filter(country=country, tax_class__code__in=set(codes))
    return {
        code: TaxPercentage(name, percent)
        for code, name, percent in rows.values_list("tax_class__code", "name", "percent")
    }
