"""How the store looks from outside."""

from functools import cache

import msgspec
from django.utils.translation import override

from shop.kernel.ids import Prefix, public
from shop.platform.clock import stamp
from shop.platform.http.lists import LARGEST_PAGE, PageIn
from shop.platform.http.received import LARGEST_BODY
from shop.stores import limits, queries
from shop.stores.addresses import NAMES
from shop.stores.api.schemas import CountryOut, LimitsOut, MarketOut, StoreOut
from shop.stores.countries import Country, countries
from shop.stores.models import Market, Store


def store(found: Store, markets: list[Market]) -> StoreOut:
    return {
        "id": public(Prefix.STORE, found.pk),
        "name": found.name,
        "legal_name": found.legal_name or None,
        "email": found.email or None,
        "phone": found.phone or None,
        "address": {
            "line1": found.line1 or None,
            "line2": found.line2 or None,
            "city": found.city or None,
            "postal_code": found.postal_code or None,
            "state": found.state or None,
            "country": found.country or None,
        },
        "currency": found.currency,
        "locale": found.locale,
        "locales": found.locales,
        "timezone": found.timezone,
        "markets": [market(each, found) for each in markets],
        "limits": _limits(),
        "version": found.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
    }


def market(found: Market, store: Store) -> MarketOut:
    countries = [each.country for each in found.countries.all()]
    return {
        "id": public(Prefix.MARKET, found.pk),
        "code": found.code,
        "name": found.name,
        "currency": found.currency,
        "locale": found.locale,
        "locales": queries.locales(store, found),
        "countries": countries,
        "default_country": queries.default_country(found, countries, home=store.country) or None,
        "prices_include_tax": found.prices_include_tax,
        "is_default": found.is_default,
        "version": found.version,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
    }


def _limits() -> LimitsOut:
    return {
        "lines_per_cart": limits.MOST_LINES,
        "quantity_per_line": limits.MOST_OF_ONE,
        "page_size": LARGEST_PAGE,
        "page_size_default": PageIn().limit,
        "search_characters": limits.LONGEST_SEARCH,
        "filters": limits.MOST_FILTERS,
        "values_per_filter": limits.MOST_FILTER_VALUES,
        "body_bytes": LARGEST_BODY,
    }


@cache
def every_country(language: str) -> bytes:
    """All countries as JSON with their names in this language, made once in the life of a process."""
    with override(language):
        return msgspec.json.encode([country(each) for each in countries()])


def country(found: Country) -> CountryOut:
    rule = found.postal_code
    return {
        "code": found.code,
        "name": found.name,
        "calling_code": found.calling_code,
        "fields": [
            {"name": each, "required": each in found.required, "label": found.labels.get(each)} for each in found.fields
        ],
        "required_one_of": [each for each in NAMES if each in found.fields],
        "postal_code": {"pattern": rule.pattern, "examples": list(rule.examples)} if rule else None,
        "subdivisions": [{"code": each.code, "name": each.name} for each in found.subdivisions],
        "subdivision_required": found.is_closed,
    }
