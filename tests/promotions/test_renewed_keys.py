"""Renewing the keys of codes that were stored before spaces and hyphens were ignored."""

from collections.abc import Collection
from unittest import mock
from uuid import UUID

import pytest

from shop.promotions import operations as promotions
from shop.promotions import queries
from shop.promotions.models import DiscountCode
from shop.promotions.operations import renew_keys
from tests.checkout.storefront_client import code, open_shop

pytestmark = pytest.mark.django_db


def before(text: str, key: str) -> DiscountCode:
    """Return a code as it was stored then."""
    made = code(text)
    DiscountCode.objects.filter(pk=made.pk).update(key=key)
    return made


def keys() -> dict[str, str]:
    return dict(DiscountCode.objects.values_list("code", "key"))


def versions() -> set[int]:
    return set(DiscountCode.objects.values_list("version", flat=True))


def test_every_key_is_todays_and_a_second_time_changes_nothing() -> None:
    open_shop()
    before("SUMMER-10", "summer-10")
    before("Black Friday", "black friday")
    before("ZERO\u200bWIDTH", "zero\u200bwidth")
    code("WELCOME10")

    told = [renew_keys(), renew_keys()]

    assert told == [(3, []), (0, [])]
    assert keys() == {
        "SUMMER-10": "summer10",
        "Black Friday": "blackfriday",
        "ZERO\u200bWIDTH": "zerowidth",
        "WELCOME10": "welcome10",
    }
    assert versions() == {1}


def test_it_is_found_in_any_spelling_from_then_on() -> None:
    open_shop()
    made = before("SUMMER-10", "summer-10")

    renew_keys()

    assert [list(queries.codes_spelled(typed)) for typed in ("summer-10", "SUMMER10", "summer 10")] == [[made]] * 3


def test_codes_that_read_alike_keep_their_keys_and_are_told_each_time() -> None:
    open_shop()
    before("SUMMER-10", "summer-10")
    before("SUMMER 10", "summer 10")
    before("WINTER-10", "winter-10")
    code("WINTER10")
    before("SPRING-10", "spring-10")

    told = [renew_keys(), renew_keys()]

    alike = [("SUMMER 10", "SUMMER-10"), ("WINTER-10", "WINTER10")]
    assert told == [(1, alike), (0, alike)]
    assert keys() == {
        "SUMMER-10": "summer-10",
        "SUMMER 10": "summer 10",
        "WINTER-10": "winter-10",
        "WINTER10": "winter10",
        "SPRING-10": "spring10",
    }


def test_what_was_told_is_done_by_the_next_run_once_one_is_left() -> None:
    open_shop()
    before("SUMMER-10", "summer-10")
    before("SUMMER 10", "summer 10").delete()

    assert renew_keys() == (1, [])
    assert keys() == {"SUMMER-10": "summer10"}


def test_a_code_that_is_made_meanwhile_is_not_run_over() -> None:
    open_shop()
    before("SUMMER-10", "summer-10")
    really = promotions._renew

    def late(ids: Collection[UUID], keys: Collection[str]) -> tuple[int, list[tuple[str, ...]]]:
        code("SUMMER10")
        return really(ids, keys)

    with mock.patch.object(promotions, "_renew", late):
        told = renew_keys()

    assert told == (0, [("SUMMER-10", "SUMMER10")])
    assert keys() == {"SUMMER-10": "summer-10", "SUMMER10": "summer10"}


def test_it_takes_any_number_of_codes_in_pieces() -> None:
    open_shop()
    promotion = code("FIRST").promotion
    DiscountCode.objects.bulk_create(
        DiscountCode(promotion=promotion, code=f"MASS-{number}", key=f"mass-{number}") for number in range(1100)
    )

    assert renew_keys() == (1100, [])
    assert DiscountCode.objects.filter(key="mass1099", code="MASS-1099").exists()
    assert not DiscountCode.objects.filter(key__contains="-").exists()
