import os
import subprocess
import sys
from dataclasses import replace

import pytest
from pytest_django import Settings

from shop.payments import operations as payments
from shop.payments import registry
from shop.payments.checks import gateways_exist
from shop.payments.errors import GatewayUnavailable, UnknownPaymentMethod
from shop.payments.types import Method
from shop.project.env import ROOT

MANUAL = Method(code="manual", name="Bank transfer", kind="offline", provider="manual")
TEST = Method(
    code="test", name="Test card", kind="card", provider="test", publishable_key="pk_test", is_test=True
)  # fmt: skip


def test_in_test_mode_there_is_a_test_card(settings: Settings) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=True)

    assert payments.methods() == [MANUAL, TEST]
    assert (payments.is_test("test"), payments.is_test("manual")) == (True, False)
    assert (payments.is_offline("test"), payments.is_offline("manual")) == (False, True)


def test_outside_it_there_is_none(settings: Settings) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=False)

    assert payments.methods() == [MANUAL]
    assert (payments.accepts("manual"), payments.accepts("test"), payments.accepts("")) == (True, False, False)
    with pytest.raises(UnknownPaymentMethod):
        payments.is_test("test")
    with pytest.raises(GatewayUnavailable):
        registry.gateway_of("test")


@pytest.mark.parametrize(
    ("paths", "ids"),
    [
        (("shop.payments.gateways.manual.Manual",), []),
        (("shop.payments.gateways.manual.Manuel",), ["payments.E001"]),
        (("nowhere",), ["payments.E001"]),
        (("shop.kernel.money.Money",), ["payments.E001"]),
        (("shop.platform.settings.ShopSettings",), ["payments.E002"]),
        (("shop.payments.gateways.manual.Manual",) * 2, ["payments.E003"]),
        (("shop.payments.test_gateway.gateway.Bank",), ["payments.E004"]),
    ],
)
def test_a_gateway_that_is_none_is_noticed_at_the_start(
    settings: Settings, paths: tuple[str, ...], ids: list[str]
) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, gateways=paths)

    assert [each.id for each in gateways_exist()] == ids


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"DEBUG": "true"}, "True"),
        ({"DEBUG": "false"}, "False"),
        ({"DEBUG": "false", "PAYMENTS_TEST_MODE": "true"}, "True"),
        ({"DEBUG": "false", "PAYMENTS_TEST_MODE": "false"}, "False"),
    ],
)
def test_the_test_gateway_takes_development_or_the_word_of_whoever_deploys(
    environment: dict[str, str], expected: str
) -> None:
    production = {"PATH": os.environ["PATH"], "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz" * 3, "ALLOWED_HOSTS": "x.test"}

    printed = subprocess.run(
        [sys.executable, "-c", "from shop.project.settings import PAYMENTS; print(PAYMENTS.test_mode)"],
        env=production | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert printed.stdout.strip() == expected
