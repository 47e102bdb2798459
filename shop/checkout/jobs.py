"""What the worker does for checkout."""

from datetime import timedelta

from shop.checkout import recover
from shop.checkout.operations import carts
from shop.platform.jobs import every


@every(timedelta(seconds=30))
def recover_completions() -> None:
    recover.recover()


@every(timedelta(minutes=5))
def expire_unpaid_orders() -> None:
    recover.expire_unpaid()


@every(timedelta(hours=6))
def forget_old_carts() -> None:
    carts.expire()
