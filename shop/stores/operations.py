"""What a shopkeeper changes about markets."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from shop.kernel.errors import NotFound
from shop.platform import events
from shop.platform.clock import now
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
    change = {"version": F("version") + 1, "updated_at": now()}
    rows.filter(is_default=True).exclude(pk=market.pk).update(is_default=False, **change)
    rows.filter(pk=market.pk, is_default=False).update(is_default=True, **change)


@transaction.atomic
def settle(**address: str) -> bool:
    """The store has this address, unless it has any of one already. Says whether it is new."""
    nowhere = dict.fromkeys(("line1", "line2", "city", "postal_code", "state", "country"), "")
    return bool(Store.objects.filter(**nowhere).update(**address, version=F("version") + 1, updated_at=now()))


def instruct(payment_instructions: str) -> bool:
    """The store says where to pay by bank transfer, unless it says so already. Says whether it is new."""
    silent = Store.objects.filter(payment_instructions="")
    changed = silent.update(payment_instructions=payment_instructions, version=F("version") + 1, updated_at=now())
    return bool(changed)


@transaction.atomic
def sell_to(market: Market, countries: Collection[str]) -> None:
    """The market has these countries and no others. IntegrityError when one is in another market."""
    own = MarketCountry.objects.filter(market=market)
    own.exclude(country__in=countries).delete()
    known = set(own.values_list("country", flat=True))
    MarketCountry.objects.bulk_create(
        MarketCountry(market=market, country=code) for code in sorted(set(countries) - known)
    )
