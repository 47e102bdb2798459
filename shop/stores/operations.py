"""What a shopkeeper changes about markets."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from shop.kernel.errors import NotFound
from shop.platform import events
from shop.stores.events import MarketOpened
from shop.stores.models import Market, MarketCountry, Store


@transaction.atomic
def open_market(market: Market, countries: Collection[str] = ()) -> None:
    """There is a new market, with these countries. IntegrityError when one is in another market."""
    market.save(force_insert=True)
    sell_to(market, countries)
    events.record(MarketOpened(aggregate=market.pk, currency=market.currency))


@transaction.atomic
def make_default(market: Market) -> None:
    """This market is for whoever names no country; the one before is not any more. Raises NotFound."""
    rows = Market.objects.order_by("pk")
    if market.pk not in rows.select_for_update(no_key=True).values_list("pk", flat=True):
        raise NotFound()
    rows.filter(is_default=True).exclude(pk=market.pk).changed(is_default=False)
    rows.filter(pk=market.pk, is_default=False).changed(is_default=True)


@transaction.atomic
def settle(**address: Any) -> bool:
    """The store has this address, unless it has any of one already. Says whether it is new."""
    nowhere = dict.fromkeys(("line1", "line2", "city", "postal_code", "state", "country"), "")
    return bool(Store.objects.filter(**nowhere).changed(**address))


def instruct(payment_instructions: str) -> bool:
    """The store says where to pay by bank transfer, unless it says so already. Says whether it is new."""
    silent = Store.objects.filter(payment_instructions="")
    return bool(silent.changed(payment_instructions=payment_instructions))


@transaction.atomic
def sell_to(market: Market, countries: Collection[str]) -> None:
    """The market has these countries and no others. IntegrityError when one is in another market."""
    own = MarketCountry.objects.filter(market=market)
    own.exclude(country__in=countries).delete()
    known = set(own.values_list("country", flat=True))
    MarketCountry.objects.bulk_create(
        MarketCountry(market=market, country=code) for code in sorted(set(countries) - known)
    )
