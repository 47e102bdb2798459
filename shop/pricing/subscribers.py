"""The subscribers of pricing."""

from collections.abc import Mapping
from typing import Any

from shop.platform.events import projects
from shop.pricing import history
from shop.pricing.history import Cause
from shop.pricing.models import Price


@projects("market.opened")
def record_prices_of_market(event: Mapping[str, Any]) -> None:
    """Record the public prices in the new market, which come from the lists for all markets."""
    rows = Price.objects.filter(price_list__currency=event["currency"], price_list__market=None)
    with history.recording(Cause.MARKET, rows.values_list("variant_id", flat=True)):
        pass  # the market exists already, so nothing changes inside; leaving the block adds its rows
