"""The taxes, shipping methods and discount codes of the demo shop."""

from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from shop.kernel.currencies import exponent
from shop.kernel.money import Money
from shop.platform.clock import now
from shop.promotions import operations as promotions
from shop.shipping import operations as shipping
from shop.stores import operations as stores
from shop.stores.models import Market
from shop.tax import operations as tax

_COUNTRIES: Final = {
    "17": "LU",
    "18": "MT",
    "19": "CY DE",
    "20": "AT BG FR",
    "21": "BE CZ ES LT LV NL RO",
    "22": "IT SI",
    "23": "IE PL PT SK",
    "24": "EE GR",
    "25": "DK HR SE",
    "25.5": "FI",
    "27": "HU",
}
STANDARD_RATES: Final = MappingProxyType(
    {country: Decimal(percent) for percent, countries in _COUNTRIES.items() for country in countries.split()}
)
"""Standard rates of value added tax in the European Union in 2026, in percent (Directive 2006/112/EC, article 97)."""

ADDRESS: Final = {"line1": "Am Brunnen 5", "postal_code": "04109", "city": "Leipzig", "state": "", "country": "DE"}
"""The store's address, whose country is the default for prices."""
PAYMENT: Final = "Demo shop, IBAN DE00 0000 0000 0000 0000 00"
"""An account that can't exist: its check digits are wrong."""
SHIPPING: Final = "parcel"
WELCOME, ONCE, SPRING, FIRST = "WELCOME10", "ONCE20", "SPRING15", "FIRST1"


def agree(market: Market) -> None:
    """Set the store's address and bank account, the countries' taxes, a shipping method, and codes of every kind."""
    stores.settle(**ADDRESS)
    stores.instruct(PAYMENT)
    countries = set(market.countries.values_list("country", flat=True))
    tax.add_rates({country: percent for country, percent in STANDARD_RATES.items() if country in countries})
    price = Money(490 * 10 ** exponent(market.currency) // 100, market.currency)
    shipping.offer(SHIPPING, market=market, name="Parcel", price=price, description="Two to four working days")
    at = now()
    promotions.announce(WELCOME, name="Welcome", percent=Decimal(10))
    promotions.announce(ONCE, name="A fifth off, once", percent=Decimal(20), once_per_customer=True)
    promotions.announce(
        SPRING,
        name="Spring sale",
        percent=Decimal(15),
        starts_at=at - timedelta(days=60),
        ends_at=at - timedelta(days=30),
    )
    promotions.announce(FIRST, name="For the first customer", percent=Decimal(25), usage_limit=1)
