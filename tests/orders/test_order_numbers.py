"""Order numbers: short, without letters that look alike, and by chance."""

import re
from unittest.mock import Mock

import pytest

from shop.catalog.models import Variant
from shop.orders import numbers
from shop.orders.models import Order
from tests.checkout.conftest import bank, market, mug
from tests.checkout.storefront_client import shopper

__all__ = ["bank", "market", "mug"]


def test_a_number_is_two_groups_of_five() -> None:
    drawn = {numbers.draw() for _ in range(1000)}

    assert len(drawn) == 1000
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", each) for each in drawn)


def test_every_letter_is_drawn_and_none_that_looks_like_another() -> None:
    drawn = set("".join(numbers.draw().replace("-", "") for _ in range(1000)))

    assert drawn == set(numbers.ALPHABET)
    assert not drawn & set("01IO")


def test_a_number_that_somebody_has_is_drawn_anew(mug: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = shopper(mug).ready().complete().data["number"]
    chance = iter(taken.replace("-", "") * 2 + "K7MQ29XWTA")
    monkeypatch.setattr("secrets.choice", Mock(side_effect=lambda letters: next(chance)))

    seen = shopper(mug).ready().complete()

    assert (seen.status, seen.data["number"]) == (201, "K7MQ2-9XWTA")
    assert Order.objects.filter(status="placed").count() == 2
