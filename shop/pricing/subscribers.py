"""What prices follow."""

from collections.abc import Mapping
from typing import Any

from shop.platform.events import projects
from shop.pricing import history
from shop.pricing.history import Cause
from shop.pricing.models import Price


@projects("market.opened")
def record_prices_of_market(event: Mapping[str, Any]) -> None:
    """What the public pays in the new market, by the lists that are for all markets, is in the price history."""
    rows = Price.objects.filter(price_list__currency=event["currency"], price_list__market=None)
    with history.recording(Cause.MARKET, rows.values_list("variant_id", flat=True)):
        pass  # the market is there already; its rows are all that is missing
