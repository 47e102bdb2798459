import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import redis
import time_machine
from django.core.exceptions import ImproperlyConfigured
from pytest_django import DjangoAssertNumQueries, Settings

from shop.platform import counters, limits
from shop.platform.limits import (
    Policy,
    TooManyRequests,
    Usage,
    check_settings,
    hit,
    hit_all,
    policy_header,
    state_header,
    undo,
)
from shop.platform.models import LimitCounter

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)
REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")
NOBODY = "redis://127.0.0.1:1/0"

THREE = Policy("three", 3, 60)
TWO = Policy("two", 2, 30)
STRICT = Policy("strict", 1, 60, strict=True)
ALWAYS = Policy("always", 1, 60, always=True)


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS, socket_connect_timeout=0.2).ping())
    except redis.RedisError:
        return "REDIS_URL" in os.environ


STORES = ["", REDIS] if redis_answers() else [""]


@pytest.fixture(autouse=True)
def limits_are_on(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, limits_on=True, limits={}, redis_url="")


@pytest.fixture(params=STORES, ids=lambda url: "redis" if url else "database")
def store(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, redis_url=request.param)


@pytest.fixture
def hung() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def subject() -> str:
    return uuid4().hex


@pytest.mark.usefixtures("store")
def test_each_use_leaves_one_less(subject: str) -> None:
    usage = [hit(THREE, subject), hit(THREE, subject), hit(THREE, subject)]

    assert usage == [Usage(THREE, 2, 60), Usage(THREE, 1, 60), Usage(THREE, 0, 60)]


@pytest.mark.usefixtures("store")
def test_the_use_after_the_last_is_refused_until_the_window_ends(subject: str) -> None:
    hit(STRICT, subject)

    with pytest.raises(TooManyRequests) as refused:
        hit(STRICT, subject)

    assert refused.value.code == "rate_limited"
    assert refused.value.retry_after == 60
    assert refused.value.problem.params == {"retry_after": 60}
    assert refused.value.policy == STRICT
    assert refused.value.usage == [Usage(STRICT, 0, 60)]


@pytest.mark.usefixtures("store")
def test_subjects_and_policies_are_counted_apart(subject: str) -> None:
    hit(STRICT, subject)

    assert hit(STRICT, subject + "another").remaining == 0
    assert hit(ALWAYS, subject).remaining == 0


@pytest.mark.usefixtures("store")
def test_of_several_all_are_taken_in_the_order_asked(subject: str) -> None:
    assert hit_all([(TWO, subject), (THREE, subject)]) == [Usage(TWO, 1, 30), Usage(THREE, 2, 60)]


@pytest.mark.usefixtures("store")
def test_of_several_none_is_taken_when_one_is_refused(subject: str) -> None:
    hit_all([(TWO, subject), (THREE, subject)])
    hit_all([(TWO, subject), (THREE, subject)])

    with pytest.raises(TooManyRequests) as refused:
        hit_all([(THREE, subject), (TWO, subject)])

    assert refused.value.policy == TWO
    assert hit(THREE, subject).remaining == 0


@pytest.mark.usefixtures("store")
def test_looking_uses_nothing_and_refuses_what_is_used_up(subject: str) -> None:
    limits.test([(TWO, subject), (THREE, subject)])
    usage = [hit(TWO, subject).remaining for _ in range(2)]

    with pytest.raises(TooManyRequests) as refused:
        limits.test([(THREE, subject), (TWO, subject)])

    assert (usage, refused.value.policy) == ([1, 0], TWO)
    assert hit(THREE, subject).remaining == 2


@pytest.mark.usefixtures("store")
def test_what_is_given_back_can_be_taken_again(subject: str) -> None:
    hit(STRICT, subject)

    undo(STRICT, subject)

    assert hit(STRICT, subject).remaining == 0


@pytest.mark.usefixtures("store")
def test_giving_back_what_was_never_taken_makes_no_more_of_it(subject: str) -> None:
    undo(TWO, subject)

    assert hit(TWO, subject).remaining == 1


@pytest.mark.usefixtures("store")
def test_a_quota_of_none_refuses_the_first(subject: str) -> None:
    with pytest.raises(TooManyRequests) as refused:
        hit_all([(THREE, subject), (Policy("closed", 0, 45), subject)])

    assert refused.value.retry_after == 45
    assert hit(THREE, subject).remaining == 2


def test_a_window_starts_with_its_first_use_and_refusals_do_not_prolong_it(subject: str) -> None:
    with time_machine.travel(AT, tick=False):
        hit(STRICT, subject)
    with time_machine.travel(AT + timedelta(seconds=59.5), tick=False), pytest.raises(TooManyRequests) as refused:
        hit(STRICT, subject)
    with time_machine.travel(AT + timedelta(seconds=60), tick=False):
        again = hit(STRICT, subject)

    assert refused.value.retry_after == 1
    assert again == Usage(STRICT, 0, 60)


def test_a_refused_use_leaves_the_row_as_it_was(subject: str) -> None:
    hit(STRICT, subject)
    before = LimitCounter.objects.values().get()

    with pytest.raises(TooManyRequests):
        hit(STRICT, subject)

    assert LimitCounter.objects.values().get() == before


def test_nothing_is_given_back_to_a_window_that_is_over(subject: str) -> None:
    with time_machine.travel(AT, tick=False):
        hit(STRICT, subject)

    with time_machine.travel(AT + timedelta(seconds=60), tick=False):
        undo(STRICT, subject)

    assert LimitCounter.objects.get().used == 1


def test_no_address_is_stored_in_clear() -> None:
    hit(THREE, "ada@example.com")

    stored = LimitCounter.objects.get().subject
    assert stored.startswith("three:")
    assert "ada@example.com" not in stored
    assert len(stored) == len("three:") + 64


def test_a_use_costs_one_query(subject: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        hit(THREE, subject)


def test_switched_off_nothing_is_counted_but_what_is_always_on(settings: Settings, subject: str) -> None:
    settings.SHOP = replace(settings.SHOP, limits_on=False)

    usage = hit_all([(THREE, subject), (ALWAYS, subject)])

    assert usage == [Usage(THREE, 3, 60, counted=False), Usage(ALWAYS, 0, 60)]
    assert LimitCounter.objects.count() == 1


def test_settings_give_other_numbers_by_name(settings: Settings, subject: str) -> None:
    settings.SHOP = replace(settings.SHOP, limits={"three": "7/90", "two": "off", "always": "off"})

    usage = hit_all([(THREE, subject), (TWO, subject), (ALWAYS, subject)])

    assert policy_header(usage) == '"three";q=7;w=90, "always";q=1;w=60'
    assert state_header(usage) == '"three";r=6;t=90, "always";r=0;t=60'


@pytest.mark.parametrize("override", ["", "60", "60/", "-1/60", "1/1/1", "sixty/60", "1/9999999999"])
def test_a_malformed_number_in_the_settings_is_told(settings: Settings, subject: str, override: str) -> None:
    settings.SHOP = replace(settings.SHOP, limits={"three": override})

    with pytest.raises(ImproperlyConfigured, match="is not a limit"):
        check_settings()
    with pytest.raises(ImproperlyConfigured, match="is not a limit"):
        hit(THREE, subject)

    assert LimitCounter.objects.count() == 0


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"four": "60/60"}, "Unknown limit 'four'. Known limits: always, auth-ip, "),
        ({"always": "off"}, "The limit 'always' can't be switched off"),
    ],
)
def test_a_limit_that_is_none_or_is_never_off_is_told(settings: Settings, limits: dict[str, str], said: str) -> None:
    settings.SHOP = replace(settings.SHOP, limits=limits)

    with pytest.raises(ImproperlyConfigured, match=said):
        check_settings()


def test_the_settings_may_switch_off_by_name_and_give_numbers(settings: Settings) -> None:
    settings.SHOP = replace(settings.SHOP, limits={"three": "60/60", "two": "off"})

    check_settings()


def test_a_window_of_no_seconds_limits_nothing(subject: str) -> None:
    policy = Policy("gap", 1, 0)

    usage = [hit(policy, subject), hit(policy, subject)]

    assert usage == [Usage(policy, 1, 0, counted=False)] * 2
    assert LimitCounter.objects.count() == 0


@pytest.mark.parametrize("name", ["", "Auth", 'auth"ip', "auth ip", "-auth", "a" * 61])
def test_a_policy_has_a_name_that_fits_into_a_header(name: str) -> None:
    with pytest.raises(ValueError, match="is not a policy"):
        Policy(name, 1, 60)


def test_headers_of_nothing_are_empty() -> None:
    assert (policy_header([]), state_header([])) == ("", "")


def test_without_redis_strict_policies_count_in_the_database_and_others_pass(settings: Settings, subject: str) -> None:
    settings.SHOP = replace(settings.SHOP, redis_url=NOBODY)
    counters.redis_counters.cache_clear()

    usage = hit_all([(THREE, subject), (STRICT, subject)])
    with pytest.raises(TooManyRequests):
        hit(STRICT, subject)

    assert usage == [Usage(THREE, 3, 60, counted=False), Usage(STRICT, 0, 60)]
    assert LimitCounter.objects.get().used == 1


def test_without_redis_a_strict_use_is_given_back_in_the_database(settings: Settings, subject: str) -> None:
    settings.SHOP = replace(settings.SHOP, redis_url=NOBODY)
    hit(STRICT, subject)

    undo(THREE, subject)
    undo(STRICT, subject)

    assert LimitCounter.objects.get().used == 0


def test_a_hung_redis_is_waited_for_once_and_then_left_alone(settings: Settings, subject: str, hung: str) -> None:
    settings.SHOP = replace(settings.SHOP, redis_url=hung)
    started = time.monotonic()

    usage = [hit(THREE, subject) for _ in range(20)]

    assert time.monotonic() - started < 1
    assert usage == [Usage(THREE, 3, 60, counted=False)] * 20
