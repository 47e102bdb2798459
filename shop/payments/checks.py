"""What is looked at before the shop starts: every gateway that the settings name is one."""

from collections.abc import Iterable

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

from shop.payments.ports import Gateway
from shop.payments.registry import TEST
from shop.payments.settings import payments_settings


def gateways_exist(**_: object) -> Iterable[CheckMessage]:
    """An error for each dotted path that leads to no gateway or to the test gateway, and for a code used twice."""
    codes: list[str] = []
    for path in payments_settings().gateways:
        if path == TEST:
            yield Error(
                f"PAYMENT_GATEWAYS names {path}, which test mode alone adds: set PAYMENTS_TEST_MODE=true instead.",
                id="payments.E004",
            )
            continue
        try:
            gateway = import_string(path)()
        except (ImportError, TypeError) as wrong:
            yield Error(f"PAYMENT_GATEWAYS names {path}, which can't be made: {wrong}", id="payments.E001")
            continue
        if not isinstance(gateway, Gateway):
            yield Error(
                f"PAYMENT_GATEWAYS names {path}, which is no gateway (shop.payments.ports).", id="payments.E002"
            )
            continue
        codes += [method.code for method in gateway.methods]
    for code in sorted({each for each in codes if codes.count(each) > 1}):
        yield Error(f"Two ways to pay have the code {code}.", id="payments.E003")
