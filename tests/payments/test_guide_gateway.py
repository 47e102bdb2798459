"""The gateway that the guide to payments shows is one: it passes the suite like any other."""

from typing import Any

import pytest

from shop.payments.ports import Gateway
from tests.contracts.pages import GUIDES, blocks
from tests.payments.gateway_contract import GatewayContract


def as_shown() -> Any:
    """What the guide's blocks define."""
    shown = [block.text for block in blocks((GUIDES / "payments.md").read_text()) if block.language == "python"]
    names: dict[str, Any] = {"__name__": "payments"}
    exec("\n".join(shown), names)  # noqa: S102
    return names["ExampleBank"]


class TestTheGatewayOfTheGuide(GatewayContract):
    good = "good_card"
    refused = {"another_card": "card_declined"}
    authorized = "card_in_two_steps"
    asking = "card_that_asks"
    lost = "card_of_a_bank_that_breaks_off"

    @pytest.fixture
    def gateway(self) -> Gateway:
        bank: Gateway = as_shown()()
        return bank
