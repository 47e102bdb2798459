from dataclasses import replace
from functools import partial

import pytest
from pytest_django import Settings

from shop.platform.limits import Policy, TooManyRequests, Usage, hit, hit_all, undo
from shop.platform.models import LimitCounter
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TEN = Policy("race-ten", 10, 60)
THREE = Policy("race-three", 3, 60)


@pytest.fixture(autouse=True)
def limits_are_on(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, limits_on=True, redis_url="")


def test_of_fifty_at_once_exactly_ten_pass() -> None:
    outcomes = together(*[partial(hit, TEN, "one")] * 50)

    passed = [each for each in outcomes if isinstance(each, Usage)]
    assert sorted(each.remaining for each in passed) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert sum(isinstance(each, TooManyRequests) for each in outcomes) == 40
    assert LimitCounter.objects.get().used == 10


def test_two_policies_in_any_order_neither_deadlock_nor_count_what_they_refuse() -> None:
    forth = partial(hit_all, [(TEN, "one"), (THREE, "one")])
    back = partial(hit_all, [(THREE, "one"), (TEN, "one")])

    outcomes = together(*[forth, back] * 10)

    assert sum(isinstance(each, list) for each in outcomes) == 3
    assert sum(isinstance(each, TooManyRequests) for each in outcomes) == 17
    assert sorted(LimitCounter.objects.values_list("used", flat=True)) == [3, 3]


def test_what_is_given_back_by_many_is_never_more_than_was_taken() -> None:
    hit(TEN, "one")
    hit(TEN, "one")

    outcomes = together(*[partial(undo, TEN, "one")] * 10)

    assert outcomes == [None] * 10
    assert LimitCounter.objects.get().used == 0
