"""What the worker does for prices."""

from datetime import timedelta

from shop.platform.jobs import every
from shop.pricing import history


@every(timedelta(minutes=1))
def record_price_windows() -> None:
    """Lists that began or ended are in the price history; before that, every price that has no row yet."""
    if history.is_complete():
        history.record_windows()
    else:
        history.record_all()
