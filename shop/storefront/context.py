"""For whom prices are shown: the market that a country belongs to."""

from dataclasses import dataclass
from uuid import UUID

from shop.kernel.errors import Invalid
from shop.kernel.messages import gettext_noop
from shop.stores import queries as stores
from shop.stores.models import Market


class ContextUnknown(Invalid):
    """Country and currency belong to no market together."""

    code = "context_not_served"
    message = gettext_noop("Prices for this country are in another currency.")


@dataclass(frozen=True, slots=True)
class Context:
    """What prices, availability and texts depend on."""

    market: Market
    country: str
    locale: str
    group_id: UUID | None = None

    @property
    def currency(self) -> str:
        return self.market.currency


def context(*, country: str | None, currency: str | None, locale: str | None, group_id: UUID | None = None) -> Context:
    """The context of these wishes; what is not named is the market's own, and a language that it does not have too.

    Raises ContextUnknown for a currency of another market.
    """
    market, served = stores.market_and_country(country)
    if currency is not None and currency != market.currency:
        raise ContextUnknown(field="currency", params={"currency": market.currency})
    return Context(market, served, stores.spoken(market, locale), group_id)
