"""What the worker does for the inventory. Nothing depends on it: whoever needs stock lets expired holds go himself."""

from datetime import timedelta

from shop.inventory.operations import release_expired
from shop.platform.jobs import every


@every(timedelta(seconds=30))
def release_expired_holds() -> None:
    """Holds that are over are released."""
    release_expired()
