"""Which gateways this installation has, and which ways to pay they offer."""

import logging
from collections.abc import Callable
from functools import cache

from django.utils.module_loading import import_string

from shop.payments.credentials import current, exist, without_values
from shop.payments.errors import GatewayUnavailable, UnknownPaymentMethod
from shop.payments.ports import Credentials, Gateway
from shop.payments.settings import payments_settings
from shop.payments.types import Method
from shop.platform.connections import release_connection

_made: dict[str, tuple[Credentials | None, Gateway]] = {}
"""The gateway of each class, and the credentials it was made with: its connections to the provider outlive a call."""

_broken: dict[str, Credentials | None] = {}
"""The classes of which no gateway could be created, and the credentials it was tried with: that is logged once."""

_log = logging.getLogger("shop.payments")

TEST = "shop.payments.test_gateway.gateway.Bank"


def configured() -> tuple[Gateway, ...]:
    """Those that the setting `gateways` names, and in test mode the test gateway.

    One that takes credentials is left out while there are none, as if it were switched off. So is one that can't be
    created; it is tried again at the next call.
    """
    return tuple(gateway for gateway in map(_gateway, _paths()) if gateway is not None)


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


def is_switched_off(provider: str) -> bool:
    """Whether this installation has no such gateway any more, or no credentials for it.

    One that can't be created, or whose credentials can't be used by this process, is away: it may be back.
    """
    classes = [gateway_class for gateway_class in map(_load, _paths()) if gateway_class.provider == provider]
    return not any(gateway_class.credentials_type is None or exist(provider) for gateway_class in classes)


def ready(gateway: Gateway) -> Gateway:
    """The gateway, to be asked at once. One that is asked over a network may take seconds, and no connection to the
    database is held meanwhile: there are fewer of them than there are threads that wait for banks."""
    if gateway.is_remote:
        release_connection()
    return gateway


def classes() -> list[type[Gateway]]:
    """The classes of the setting `gateways`."""
    return [_load(path) for path in payments_settings().gateways]


def class_of(provider: str) -> type[Gateway] | None:
    """The class of that provider that takes credentials, if the settings name one."""
    takers = (each for each in classes() if each.credentials_type is not None)
    return next((each for each in takers if each.provider == provider), None)


def without_credentials() -> list[str]:
    """The providers whose gateways can't be used, because there are no credentials that fit."""
    takers = [each for each in classes() if each.credentials_type is not None]
    return [each.provider for each in takers if find(each.provider) is None]


def _paths() -> tuple[str, ...]:
    settings = payments_settings()
    return (*settings.gateways, *((TEST,) if settings.test_mode else ()))


def _gateway(path: str) -> Gateway | None:
    """The gateway of that class, with the credentials in force; None while there are none, or it can't be created."""
    gateway_class = _load(path)
    credentials = None
    if gateway_class.credentials_type is not None:
        credentials = current(gateway_class.provider, gateway_class.credentials_type)
        if credentials is None:
            return None
    made = _made.get(path)
    if made is None or made[0] != credentials:
        try:
            made = _made[path] = (credentials, make(gateway_class, credentials))
        except Exception as wrong:
            if path not in _broken or _broken[path] != credentials:
                _broken[path] = credentials
                _log.error("the gateway %s can't be created: %s", path, described(wrong, credentials))
            return None
    return made[1]


def described(wrong: Exception, credentials: Credentials | None) -> str:
    """The error with which a gateway could not be created, without any secret of the credentials."""
    return without_values(f"{type(wrong).__name__}: {wrong}", credentials)


def make(gateway_class: type[Gateway], credentials: Credentials | None) -> Gateway:
    """A gateway, with its credentials if it takes any."""
    factory: Callable[..., Gateway] = gateway_class
    return factory(credentials) if credentials is not None else factory()


@cache
def _load(path: str) -> type[Gateway]:
    gateway_class: type[Gateway] = import_string(path)
    return gateway_class
