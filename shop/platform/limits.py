"""How often something may be done: named policies, counted for each subject.

A policy that fails open lets calls pass while its counters are away; a `strict` one counts in the database then. A
call inside a transaction counts only if that commits: call it before it begins.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final, TypeVar

from django.core.exceptions import ImproperlyConfigured

from shop.kernel.errors import Throttled
from shop.platform.counters import DATABASE, Ask, Away, Count, DatabaseCounters, Full, RedisCounters, redis_counters
from shop.platform.keys import keyed_hash
from shop.platform.settings import shop_settings

OFF: Final = "off"

T = TypeVar("T")

_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
_OVERRIDE = re.compile(r"(\d{1,9})/(\d{1,9})")
_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](?::\d{1,5})?|(?P<v4>[\d.]+):\d{1,5}")


_KNOWN: Final[dict[str, "Policy"]] = {}
"""Every policy that a module of the shop has made, by its name."""


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `quota` uses in `window_seconds`. A window of 0 seconds limits nothing.

    `strict` counts even when Redis is away; `always` can't be switched off; what is `internal` only counts, and no
    setting knows it.
    """

    name: str
    quota: int
    window_seconds: int
    strict: bool = field(default=False, kw_only=True)
    always: bool = field(default=False, kw_only=True)
    internal: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.quota < 0 or self.window_seconds < 0:
            raise ValueError(f"{self.name!r} is not a policy: lower-case words joined by hyphens, no negative numbers.")
        if not self.internal:
            _KNOWN.setdefault(self.name, self)


@dataclass(frozen=True, slots=True)
class Usage:
    """One use of a policy: how many are left, and in how many seconds the window ends."""

    policy: Policy
    remaining: int
    resets_in: int
    counted: bool = True
    """False when the policy is switched off or its counters are away: nothing to tell a client then."""

    @property
    def quota(self) -> int:
        return self.policy.quota


class TooManyRequests(Throttled):
    """A policy of `limits` has no uses left."""

    code = "rate_limited"

    def __init__(self, policy: Policy, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.policy = policy
        self.usage = [Usage(policy, remaining=0, resets_in=retry_after)]


def hit(policy: Policy, subject: str) -> Usage:
    """One use more for the subject. Raises TooManyRequests, and then nothing has changed."""
    return hit_all([(policy, subject)])[0]


def hit_all(asked: Sequence[tuple[Policy, str]]) -> list[Usage]:
    """One use more of each, in the order asked. Raises TooManyRequests if one has none left, and then none is used."""
    ruling = [(_key(policy, subject), in_force(policy), policy) for policy, subject in asked]
    counts = _asked(DatabaseCounters.hit, RedisCounters.hit, {key: found for key, found, _ in ruling})
    return [_usage(found or policy, counts.get(key)) for key, found, policy in ruling]


def test(asked: Sequence[tuple[Policy, str]]) -> None:
    """Raises TooManyRequests if one of them has none left. Nothing is used: for what counts only if it goes wrong."""
    ruling = {_key(policy, subject): in_force(policy) for policy, subject in asked}
    _asked(DatabaseCounters.test, RedisCounters.test, ruling)


def undo(policy: Policy, subject: str) -> None:
    """One use less: what was counted turned out not to count, as a login that succeeded."""
    ruling, key, url = in_force(policy), _key(policy, subject), shop_settings().redis_url
    if ruling is None or not ruling.window_seconds:
        return
    try:
        (redis_counters(url) if url else DATABASE).undo(key)
    except Away:
        if policy.strict:
            DATABASE.undo(key)


def in_force(policy: Policy) -> Policy | None:
    """The policy with the numbers of the settings, or None when it is switched off."""
    settings = shop_settings()
    override = settings.limits.get(policy.name)
    if not policy.always and (override == OFF or not settings.limits_on):
        return None
    if override is None or override == OFF:
        return policy
    quota, window_seconds = parse_override(override)
    return replace(policy, quota=quota, window_seconds=window_seconds)


def check_settings() -> None:
    """The settings' limits can be read, and are limits of the shop. Raises ImproperlyConfigured with a sentence."""
    for name, override in shop_settings().limits.items():
        if name not in _KNOWN:
            raise ImproperlyConfigured(f"Unknown limit {name!r}. Known limits: {', '.join(sorted(_KNOWN))}.")
        if override != OFF:
            parse_override(override)
        elif _KNOWN[name].always:
            raise ImproperlyConfigured(f"The limit {name!r} can't be switched off, only given other numbers.")


@cache
def parse_override(text: str) -> tuple[int, int]:
    """Quota and window in seconds of "60/60". Raises ImproperlyConfigured."""
    found = _OVERRIDE.fullmatch(text)
    if not found:
        raise ImproperlyConfigured(f'{text!r} is not a limit: write uses/seconds, for example "60/60", or "{OFF}".')
    return int(found[1]), int(found[2])


def policy_header(usage: Sequence[Usage]) -> str:
    """The value of RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers): "auth-ip";q=30;w=60. Empty for none."""
    return ", ".join(
        f'"{each.policy.name}";q={each.quota};w={each.policy.window_seconds}' for each in _announced(usage)
    )


def state_header(usage: Sequence[Usage]) -> str:
    """The value of RateLimit (the same draft): "auth-ip";r=29;t=60. Empty for none."""
    return ", ".join(f'"{each.policy.name}";r={each.remaining};t={each.resets_in}' for each in _announced(usage))


def client_of(meta: Mapping[str, Any]) -> str:
    """The client's IP address of a request, by its environment (PEP 3333) and the settings."""
    peer, shop = meta.get("REMOTE_ADDR", ""), shop_settings()
    if shop.client_ip_header:
        said = meta.get(f"HTTP_{shop.client_ip_header.upper()}", "")
        return client_address(peer, said, shop.trusted_proxies or 1)
    return client_address(peer, meta.get("HTTP_X_FORWARDED_FOR", ""), shop.trusted_proxies)


@lru_cache(4096)
def client_address(remote_addr: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The client's IP address: the socket's peer, or with proxies of ours that entry from the right.

    IPv6 is cut to its /64, which is what one customer has; IPv4 inside IPv6 counts as IPv4. A header that is too short
    or holds no address there leaves the peer.
    """
    if trusted_proxies:
        hops = forwarded_for.split(",")
        claimed = _address(hops[-trusted_proxies]) if len(hops) >= trusted_proxies else None
        if claimed is not None:
            return claimed
    return _address(remote_addr) or remote_addr


def _address(text: str) -> str | None:
    text = text.strip().strip('"')
    with_port = _PORT.fullmatch(text)
    try:
        found = ip_address((with_port["v6"] or with_port["v4"] or "") if with_port else text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        mapped: IPv4Address | None = found.ipv4_mapped
        return str(mapped or IPv6Network((int(found), 64), strict=False).network_address)
    return str(found)


def _key(policy: Policy, subject: str) -> str:
    return f"{policy.name}:{keyed_hash(f'{policy.name}:{subject}', purpose='limits')}"


def _asked(
    of_database: Callable[[DatabaseCounters, Sequence[Ask]], T],
    of_redis: Callable[[RedisCounters, Sequence[Ask]], T],
    ruling: Mapping[str, Policy | None],
) -> T:
    """What the counters say to those that are in force: of the database, or of Redis."""
    counting = {key: policy for key, policy in ruling.items() if policy is not None and policy.window_seconds}
    asked = [Ask(key, policy.quota, policy.window_seconds * 1000) for key, policy in counting.items()]
    url = shop_settings().redis_url
    for policy in counting.values():
        if not policy.quota:
            raise TooManyRequests(policy, retry_after=policy.window_seconds)
    try:
        if not url or not asked:
            return of_database(DATABASE, asked)
        try:
            return of_redis(redis_counters(url), asked)
        except Away:
            return of_database(DATABASE, [ask for ask in asked if counting[ask.key].strict])
    except Full as full:
        raise TooManyRequests(counting[full.key], retry_after=_seconds(full.resets_in_ms)) from None


def _usage(policy: Policy, count: Count | None) -> Usage:
    if count is None:
        return Usage(policy, remaining=policy.quota, resets_in=policy.window_seconds, counted=False)
    return Usage(policy, remaining=max(policy.quota - count.used, 0), resets_in=_seconds(count.resets_in_ms))


def _seconds(milliseconds: int) -> int:
    return max(math.ceil(milliseconds / 1000), 1)


def _announced(usage: Sequence[Usage]) -> list[Usage]:
    return [each for each in usage if each.counted]
