"""What gateways call their providers with: the credentials in force."""

import logging
from collections.abc import Mapping

from pydantic import ValidationError

from shop.payments.ports import Credentials
from shop.payments.settings import payments_settings

_log = logging.getLogger("shop.payments")


def current(provider: str, credentials_type: type[Credentials]) -> Credentials | None:
    """The credentials of the provider; None where there are none, or they do not fit."""
    return from_settings(provider, credentials_type)


def from_settings(provider: str, credentials_type: type[Credentials]) -> Credentials | None:
    """The credentials that the settings have for the provider; None where they have none, or these do not fit."""
    values = configured(provider)
    try:
        return credentials_type(**values) if values else None
    except ValidationError as wrong:
        _log.error("the credentials of %s do not fit: %s", provider, "; ".join(mistakes(wrong)))
        return None


def configured(provider: str) -> Mapping[str, str]:
    """The values that the setting `credentials` has for the provider."""
    values = payments_settings().credentials.get(provider, {})
    return {name: each.get_secret_value() for name, each in values.items()}


def mistakes(wrong: ValidationError) -> list[str]:
    """What is wrong with each value, and never the value."""
    return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors(include_input=False)]
