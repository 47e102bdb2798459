"""Where limits count: in the database, or in Redis. Each use is one atomic step in either.

A counter's window starts at its first use. A refused call changes nothing; of several asked at once all are counted or
none. The database goes by the application's clock, Redis by its own.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Final

import redis
from django.db import connection, transaction
from django.db.models import F
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

from shop.platform import clock
from shop.platform.models import LimitCounter

TIMEOUT_SECONDS: Final = 0.25
"""How long one answer of Redis is waited for."""
REST_SECONDS: Final = 2.0
"""How long Redis is left alone after it failed, so that a hung one does not slow down every request."""

_log = logging.getLogger("shop.limits")


@dataclass(frozen=True, slots=True)
class Ask:
    """One use of one counter: at most `quota` in `window_ms` from the first one on."""

    key: str
    quota: int
    window_ms: int


@dataclass(frozen=True, slots=True)
class Count:
    """What a counter says after a use."""

    used: int
    resets_in_ms: int


class Full(Exception):
    """One of the counters asked has nothing left; none of them was changed."""

    def __init__(self, key: str, resets_in_ms: int) -> None:
        super().__init__(key)
        self.key = key
        self.resets_in_ms = resets_in_ms


class Away(Exception):
    """Redis does not answer."""


_HIT = """
    INSERT INTO platform_limitcounter AS counter (subject, used, ends_at)
    VALUES (%(key)s, 1, %(now)s + %(window)s)
    ON CONFLICT (subject) DO UPDATE SET
        used = CASE WHEN counter.ends_at <= %(now)s THEN 1 ELSE counter.used + 1 END,
        ends_at = CASE WHEN counter.ends_at <= %(now)s THEN excluded.ends_at ELSE counter.ends_at END
    WHERE counter.ends_at <= %(now)s OR counter.used < %(quota)s
    RETURNING used, ends_at
"""


class DatabaseCounters:
    """Counters as rows: one INSERT … ON CONFLICT DO UPDATE … WHERE … RETURNING for each use."""

    def hit(self, asked: Sequence[Ask]) -> Mapping[str, Count]:
        """Each is used once, by key. Raises Full. Sorted, so that two calls can't deadlock."""
        with transaction.atomic() if len(asked) > 1 else nullcontext():
            return {ask.key: _hit_row(ask) for ask in sorted(asked, key=lambda ask: ask.key)}

    def test(self, asked: Sequence[Ask]) -> None:
        """Nothing is used. Raises Full when one of them has nothing left. One query."""
        now, quotas = _now_ms(), {ask.key: ask.quota for ask in asked}
        running = LimitCounter.objects.filter(subject__in=quotas, ends_at__gt=now)
        for key, used, ends_at in running.values_list("subject", "used", "ends_at"):
            if used >= quotas[key]:
                raise Full(key, ends_at - now)

    def undo(self, key: str) -> None:
        """One use less, if the window still runs."""
        LimitCounter.objects.filter(subject=key, used__gt=0, ends_at__gt=_now_ms()).update(used=F("used") - 1)


DATABASE: Final = DatabaseCounters()


def _hit_row(ask: Ask) -> Count:
    now = _now_ms()
    with connection.cursor() as cursor:
        cursor.execute(_HIT, {"key": ask.key, "now": now, "window": ask.window_ms, "quota": ask.quota})
        rows = cursor.fetchall()
    if not rows:
        ends_at = LimitCounter.objects.filter(subject=ask.key).values_list("ends_at", flat=True).first()
        raise Full(ask.key, (ends_at or now) - now)
    used, ends_at = rows[0]
    return Count(used, ends_at - now)


_TEST_LUA = """
for i, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
        return {i, math.max(redis.call('PTTL', key), 0)}
    end
end
local answer = {0}
"""

_HIT_LUA = (
    _TEST_LUA
    + """
for i, key in ipairs(KEYS) do
    answer[#answer + 1] = redis.call('INCR', key)
    if redis.call('PTTL', key) < 0 then
        redis.call('PEXPIRE', key, ARGV[2 * i])
    end
    answer[#answer + 1] = redis.call('PTTL', key)
end
return answer
"""
)

_UNDO_LUA = "if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end"


class RedisCounters:
    """Counters as keys that expire: one script for all that is asked at once."""

    def __init__(self, url: str) -> None:
        client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._test = client.register_script(_TEST_LUA + "return answer")
        self._hit = client.register_script(_HIT_LUA)
        self._undo = client.register_script(_UNDO_LUA)
        self._rests_until = 0.0

    def hit(self, asked: Sequence[Ask]) -> Mapping[str, Count]:
        """Each is used once, by key. Raises Full, or Away."""
        numbers = self._asked(self._hit, asked)
        return {ask.key: Count(*numbers[2 * at : 2 * at + 2]) for at, ask in enumerate(asked)}

    def test(self, asked: Sequence[Ask]) -> None:
        """Nothing is used. Raises Full when one of them has nothing left, or Away."""
        self._asked(self._test, asked)

    def _asked(self, script: Script, asked: Sequence[Ask]) -> list[int]:
        limits = [number for ask in asked for number in (ask.quota, ask.window_ms)]
        full, *numbers = self._run(script, [ask.key for ask in asked], limits)
        if full:
            raise Full(asked[full - 1].key, numbers[0])
        return numbers

    def undo(self, key: str) -> None:
        """One use less, if the window still runs. Raises Away."""
        self._run(self._undo, [key], [])

    def _run(self, script: Script, keys: list[str], arguments: list[int]) -> list[int]:
        if time.monotonic() < self._rests_until:
            raise Away
        try:
            answer: list[int] = script(keys=[f"shop:limit:{key}" for key in keys], args=arguments)
        except (redis.RedisError, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            _log.warning("Redis does not count (%s): strict limits count in the database", type(error).__name__)
            raise Away from error
        return answer


@cache
def redis_counters(url: str) -> RedisCounters:
    """The counters at this address, one client for each process."""
    return RedisCounters(url)


def _now_ms() -> int:
    return int(clock.now().timestamp() * 1000)
