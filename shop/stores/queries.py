"""What the store can be asked."""

from collections.abc import Collection, Iterable

from django.db.models import Q

from shop.stores.models import Market, MarketCountry, Store


def store() -> Store:
    """The store."""
    return Store.objects.get()


def name() -> str:
    """What the store is called; empty before it is set up."""
    return Store.objects.values_list("name", flat=True).first() or ""


def default_market() -> Market:
    """The market of whoever names no country."""
    return Market.objects.get(is_default=True)


def markets() -> list[Market]:
    """Every market with its countries, the default one first. Two queries."""
    return list(Market.objects.prefetch_related("countries"))


def market_of(country: str) -> Market:
    """The market that a country belongs to; the default one if it is in none. One query."""
    fitting = Market.objects.filter(Q(countries__country=country) | Q(is_default=True))
    return fitting.order_by("is_default")[0]


def locales(store: Store, market: Market) -> list[str]:
    """The languages of a market's content: its own first, then the store's."""
    return list(dict.fromkeys([market.locale, *store.locales, store.locale]))


def speaks(market: Market, locale: str) -> bool:
    """Whether the market or the store has this language, in whichever form: de serves de-AT. At most one query."""
    return _language(locale) == _language(market.locale) or _is_of(locale, locales(market.store, market))


def spoken(market: Market, locale: str | None) -> str:
    """This language where the market or the store has it, else the market's own. At most one query."""
    return locale if locale is not None and speaks(market, locale) else market.locale


def spoken_anywhere(locale: str | None) -> str:
    """This language where the store or any of its markets has it, else the store's own. Two queries."""
    here = store()
    served = [here.locale, *here.locales, *Market.objects.values_list("locale", flat=True)]
    return locale if locale is not None and _is_of(locale, served) else here.locale


def _is_of(locale: str, served: Iterable[str]) -> bool:
    return _language(locale) in {_language(each) for each in served}


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def market_and_country(country: str | None) -> tuple[Market, str]:
    """The market of a country and that country; without one, or with one that is in no market, the default market and
    its default country. One query."""
    fitting = MarketCountry.objects.filter(Q(country=country or "") | Q(market__is_default=True)).select_related(
        "market__store"
    )
    rows = list(fitting)
    if not rows:
        return Market.objects.get(is_default=True), country or ""
    row = next((each for each in rows if each.country == country), None)
    if row is not None:
        return row.market, row.country
    market = rows[0].market
    return market, default_country(market, [each.country for each in rows], home=market.store.country)


def default_country(market: Market, countries: Collection[str], *, home: str) -> str:
    """The country of whoever names none, of those that are in the market: the one that was chosen, else the store's
    own, else the first by its code. Empty when there are none."""
    wanted = (market.default_country, home, min(countries, default=""))
    return next((each for each in wanted if each in countries), "")
