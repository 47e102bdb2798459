"""The context of prices: the market of a country, its currency and language."""

from dataclasses import dataclass
from uuid import UUID

from shop.kernel.errors import Invalid
from shop.kernel.messages import gettext_noop
from shop.stores import queries as stores
from shop.stores.models import Market


class ContextUnknown(Invalid):
    """No market has both the country and the currency."""

    code = "context_not_served"
    message = gettext_noop("Prices for this country are in another currency.")


@dataclass(frozen=True, slots=True)
class Context:
    """The facts that prices, availability and texts depend on."""

    market: Market
    country: str
    locale: str
    group_id: UUID | None = None

    @property
    def currency(self) -> str:
        return self.market.currency


def context(*, country: str | None, currency: str | None, locale: str | None, group_id: UUID | None = None) -> Context:
    """Return the context of the request; what is missing, and a language that the market lacks, is the market's own.

    Raises ContextUnknown for a currency of another market.
    """
    market, served = stores.market_and_country(country)
    if currency is not None and currency != market.currency:
        raise ContextUnknown(field="currency", params={"currency": market.currency})
    return Context(market, served, stores.spoken(market, locale), group_id)
