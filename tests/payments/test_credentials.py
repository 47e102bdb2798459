"""What a gateway calls its provider with: from the settings, and checked before the shop starts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

import pytest
from pydantic import SecretStr
from pytest_django import Settings

from shop.payments import credentials, registry
from shop.payments import operations as payments
from shop.payments.checks import credentials_fit, gateways_exist
from shop.payments.errors import GatewayUnavailable, UnknownPaymentMethod
from tests.payments.gateways import Keyed, KeyedCredentials

pytestmark = pytest.mark.django_db

MANUAL, KEYED = "shop.payments.gateways.manual.Manual", "tests.payments.gateways.Keyed"
GOOD = {"publishable_key": "pk_1", "secret_key": "sk_1"}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No row is remembered from a test before, nor for one after."""
    credentials.forget()
    yield
    credentials.forget()


def configure(settings: Settings, values: Mapping[str, str], *, provider: str = "keyed") -> None:
    """The gateways are `manual` and `keyed`, and the settings have these credentials."""
    given = {provider: {name: SecretStr(each) for name, each in values.items()}} if values else {}
    settings.PAYMENTS = replace(settings.PAYMENTS, test_mode=False, gateways=(MANUAL, KEYED), credentials=given)


def test_a_gateway_is_made_with_its_credentials(settings: Settings) -> None:
    configure(settings, GOOD)

    gateway = cast(Keyed, registry.gateway_of("keyed"))

    assert (gateway.secret_key, gateway.methods[0].publishable_key) == ("sk_1", "pk_1")
    assert registry.gateway_of("keyed") is gateway


def test_it_is_made_anew_when_they_change(settings: Settings) -> None:
    configure(settings, GOOD)
    before = registry.gateway_of("keyed")
    configure(settings, GOOD | {"secret_key": "sk_2"})

    after = cast(Keyed, registry.gateway_of("keyed"))

    assert (after is before, after.secret_key) == (False, "sk_2")


def test_one_that_can_not_be_created_is_left_out_alone(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    configure(settings, GOOD | {"secret_key": "rk_1"})

    offered = [[method.code for method in payments.methods()] for _ in range(2)]

    assert offered == [["manual"], ["manual"]]
    assert caplog.text.count(f"the gateway {KEYED} can't be created: ValueError: not a secret key: …") == 1
    assert "rk_1" not in caplog.text


def test_one_that_can_not_be_created_is_noticed_at_the_start(settings: Settings) -> None:
    configure(settings, GOOD | {"secret_key": "rk_1"})

    said = [(each.id, each.msg) for each in gateways_exist()]

    why = "ValueError: not a secret key: …"
    assert said == [("payments.E001", f"PAYMENT_GATEWAYS names {KEYED}, which can't be created: {why}")]


def test_without_credentials_it_is_not_offered(settings: Settings) -> None:
    configure(settings, {})

    assert [method.code for method in payments.methods()] == ["manual"]
    assert payments.accepts_webhooks("keyed") is False
    with pytest.raises(UnknownPaymentMethod):
        payments.is_test("keyed")
    with pytest.raises(GatewayUnavailable):
        registry.gateway_of("keyed")


def test_with_credentials_that_do_not_fit_it_is_not_offered(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    configure(settings, GOOD | {"secret_kee": "sk_2"})

    assert [method.code for method in payments.methods()] == ["manual"]
    assert "the credentials of keyed do not fit: secret_kee: Extra inputs are not permitted" in caplog.text
    assert "sk_" not in caplog.text


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        (GOOD, []),
        ({}, []),
        ({"publishable_key": "pk_1"}, ["PAYMENT_CREDENTIALS of keyed: secret_key: Field required."]),
        (
            GOOD | {"publishable_key": " "},
            ["PAYMENT_CREDENTIALS of keyed: publishable_key: String should have at least 1 character."],
        ),
        (
            GOOD | {"webhook": "whsec_1"},
            ["PAYMENT_CREDENTIALS of keyed: webhook: Extra inputs are not permitted."],
        ),
    ],
)
def test_credentials_that_do_not_fit_are_noticed_at_the_start(
    settings: Settings, values: dict[str, str], messages: list[str]
) -> None:
    configure(settings, values)

    found = [*gateways_exist(), *credentials_fit()]

    assert [each.msg for each in found] == messages
    assert {each.id for each in found} <= {"payments.E006"}


@pytest.mark.parametrize("provider", ["keyd", "manual"])
def test_credentials_that_no_gateway_takes_are_noticed_at_the_start(settings: Settings, provider: str) -> None:
    configure(settings, GOOD, provider=provider)

    [found] = credentials_fit()

    assert (found.id, found.msg) == (
        "payments.E005",
        f"PAYMENT_CREDENTIALS has {provider}, which no class of PAYMENT_GATEWAYS takes.",
    )


def test_a_path_to_nothing_is_noticed_once(settings: Settings) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, gateways=("nowhere.Bank",))

    assert [each.id for each in [*gateways_exist(), *credentials_fit()]] == ["payments.E001"]


def test_no_secret_is_in_a_representation(settings: Settings) -> None:
    configure(settings, GOOD)

    taken = KeyedCredentials(**GOOD)

    assert "sk_1" not in f"{settings.PAYMENTS!r} {taken!r} {taken}"
