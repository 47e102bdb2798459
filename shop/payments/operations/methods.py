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


def method_name(code: str) -> str:
    """What the way to pay of that code is called; the code itself where it is not offered any more."""
    return next((method.name for method in registry.methods() if method.code == code), code)


def provider_name(code: str) -> str:
    """What the gateway of that code is called: as its one way to pay, else by its code."""
    gateway = registry.find(code)
    methods = gateway.methods if gateway else ()
    return methods[0].name if len(methods) == 1 else code
