"""The jobs of pricing."""

from datetime import timedelta

from shop.platform.jobs import every
from shop.pricing import history


@every(timedelta(minutes=1))
def record_price_windows() -> None:
    """Record the price lists that have begun or ended, after recording every price that has no row yet."""
    if history.is_complete():
        history.record_windows()
    else:
        history.record_all()
