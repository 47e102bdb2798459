"""Which ways to pay there are."""

from shop.payments import registry
from shop.payments.types import Method


def methods() -> list[Method]:
    """Every way to pay that this installation offers."""
    return registry.methods()


def accepts(code: str) -> bool:
    """Whether there is a way to pay of that code."""
    return any(method.code == code for method in registry.methods())


def is_offline(code: str) -> bool:
    """Whether an order is placed unpaid with it."""
    return registry.is_offline(code)


def is_test(code: str) -> bool:
    """Whether no money moves with it. Raises UnknownPaymentMethod."""
    return registry.method_of(code).is_test
