"""Which gateways this installation has, and which ways to pay they offer."""

from functools import cache

from django.utils.module_loading import import_string

from shop.payments.errors import GatewayUnavailable, UnknownPaymentMethod
from shop.payments.ports import Gateway
from shop.payments.settings import payments_settings
from shop.payments.types import Method
from shop.platform.connections import release_connection

TEST = "shop.payments.test_gateway.gateway.Bank"


def configured() -> tuple[Gateway, ...]:
    """Those that the setting `gateways` names, and in test mode the test gateway."""
    settings = payments_settings()
    return tuple(_load(path) for path in (*settings.gateways, *((TEST,) if settings.test_mode else ())))


def methods() -> list[Method]:
    """Every way to pay."""
    return [method for gateway in configured() for method in gateway.methods]


def method_of(code: str) -> Method:
    """The way to pay of that code. Raises UnknownPaymentMethod."""
    for method in methods():
        if method.code == code:
            return method
    raise UnknownPaymentMethod()


def is_offline(code: str) -> bool:
    """Whether money comes by itself with it; False for a code that is not offered any more."""
    return any(method.code == code and method.kind == "offline" for method in methods())


def find(provider: str) -> Gateway | None:
    """The gateway of that name, if there is one now."""
    return next((gateway for gateway in configured() if gateway.provider == provider), None)


def gateway_of(provider: str) -> Gateway:
    """The gateway of that name. Raises GatewayUnavailable when it was switched off since."""
    gateway = find(provider)
    if gateway is None:
        raise GatewayUnavailable()
    return gateway


def ready(gateway: Gateway) -> Gateway:
    """The gateway, to be asked at once. One that is asked over a network may take seconds, and no connection to the
    database is held meanwhile: there are fewer of them than there are threads that wait for banks."""
    if gateway.is_remote:
        release_connection()
    return gateway


@cache
def _load(path: str) -> Gateway:
    gateway: Gateway = import_string(path)()
    return gateway
