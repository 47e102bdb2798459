"""What a market still needs before anything can be sold there."""

from django.db.models import Exists, OuterRef

from shop.catalog.models import Product, Variant
from shop.platform.clock import now
from shop.pricing.queries import fitting
from shop.shipping.queries import methods
from shop.stores.models import Market
from shop.tax.models import TaxRate

MOST_NAMED = 10


def missing(market: Market) -> list[str]:
    """A sentence for each thing that is missing: prices in its currency, shipping, taxes of its countries."""
    found = []
    sold = Variant.objects.filter(is_active=True, product__status=Product.Status.ACTIVE)
    prices = fitting(market_id=market.pk, currency=market.currency, group_id=None, at=now())
    if not prices.exists():
        found.append(f"Nothing has a price in {market.currency}: shoppers there see no products.")
    elif sold.exclude(Exists(prices.filter(variant=OuterRef("pk")))).exists():
        found.append(f"Some products have no price in {market.currency}: they are not sold there.")
    if not methods(market.pk):
        found.append("There is no shipping method: nothing can be sent there.")
    countries = list(market.countries.order_by("country").values_list("country", flat=True))
    taxed = set(TaxRate.objects.filter(country__in=countries).values_list("country", flat=True))
    untaxed = [country for country in countries if country not in taxed]
    if untaxed:
        more = f" and {len(untaxed) - MOST_NAMED} more" if len(untaxed) > MOST_NAMED else ""
        found.append(f"No tax is charged in {', '.join(untaxed[:MOST_NAMED])}{more}: there is no tax rate.")
    return found
