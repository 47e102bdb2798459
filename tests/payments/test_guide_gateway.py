"""The gateway that the guide to payments shows is one: it passes the suite as the guide subclasses it."""

from typing import Any

from shop.payments.testing import GatewayContract
from tests.contracts.pages import GUIDES, blocks


def as_shown() -> dict[str, Any]:
    """What the guide's blocks define."""
    shown = [block.text for block in blocks((GUIDES / "payments.md").read_text()) if block.language == "python"]
    names: dict[str, Any] = {"__name__": "payments"}
    exec("\n".join(shown), names)  # noqa: S102
    return names


TestExampleBank = as_shown()["TestExampleBank"]


def test_the_guide_subclasses_the_suite_that_packages_import() -> None:
    assert issubclass(TestExampleBank, GatewayContract)
