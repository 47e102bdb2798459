"""What is looked at before the shop starts: every gateway that the settings name is one, and its credentials fit."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string
from pydantic import ValidationError

from shop.payments.credentials import from_settings, mistakes, plain
from shop.payments.ports import Credentials, Gateway
from shop.payments.registry import TEST, described, make
from shop.payments.settings import payments_settings


def gateways_exist(**_: object) -> Iterable[CheckMessage]:
    """An error for each dotted path that leads to no gateway or to the test gateway, and for a code used twice.

    A gateway that takes credentials and has none in the settings may get them in the back office.
    """
    codes: list[str] = []
    for path in payments_settings().gateways:
        if path == TEST:
            yield Error(
                f"PAYMENT_GATEWAYS names {path}, which test mode alone adds: set PAYMENTS_TEST_MODE=true instead.",
                id="payments.E004",
            )
            continue
        credentials: Credentials | None = None
        try:
            gateway_class = import_string(path)
            credentials_type = _credentials_type(gateway_class)
            credentials = from_settings(gateway_class.provider, credentials_type) if credentials_type else None
            if credentials_type and credentials is None:
                continue
            gateway: object = make(gateway_class, credentials)
        except Exception as wrong:
            why = described(wrong, credentials)
            yield Error(f"PAYMENT_GATEWAYS names {path}, which can't be created: {why}", id="payments.E001")
            continue
        if not isinstance(gateway, Gateway):
            yield Error(
                f"PAYMENT_GATEWAYS names {path}, which is no gateway (shop.payments.ports).", id="payments.E002"
            )
            continue
        codes += [method.code for method in gateway.methods]
    for code in sorted({each for each in codes if codes.count(each) > 1}):
        yield Error(f"Two ways to pay have the code {code}.", id="payments.E003")


def credentials_fit(**_: object) -> Iterable[CheckMessage]:
    """An error for credentials in the settings that no gateway takes, or that are not as their gateway takes them."""
    taken: dict[str, type[Credentials]] = {}
    for path in payments_settings().gateways:
        try:
            gateway_class = import_string(path)
        except ImportError:  # gateways_exist says so
            continue
        if credentials_type := _credentials_type(gateway_class):
            taken[gateway_class.provider] = credentials_type
    for provider, values in payments_settings().credentials.items():
        if provider not in taken:
            yield Error(
                f"PAYMENT_CREDENTIALS has {provider}, which no class of PAYMENT_GATEWAYS takes.", id="payments.E005"
            )
            continue
        try:
            taken[provider](**plain(values))
        except ValidationError as wrong:
            yield Error(f"PAYMENT_CREDENTIALS of {provider}: {'; '.join(mistakes(wrong))}.", id="payments.E006")


def _credentials_type(gateway_class: Any) -> type[Credentials] | None:
    found = getattr(gateway_class, "credentials_type", None)
    return found if isinstance(found, type) and issubclass(found, Credentials) else None
