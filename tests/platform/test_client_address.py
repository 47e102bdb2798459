from dataclasses import replace

import pytest
from pytest_django import Settings

from shop.platform.limits import client_address, client_of


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_without_a_proxy_the_peer_counts_whatever_the_header_says(peer: str, address: str) -> None:
    assert client_address(peer, "198.51.100.1", 0) == address


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "address"),
    [
        ("198.51.100.1", 1, "198.51.100.1"),
        ("6.6.6.6, 198.51.100.1", 1, "198.51.100.1"),
        ("6.6.6.6, 198.51.100.1,10.0.0.2", 2, "198.51.100.1"),
        ("198.51.100.1:4711", 1, "198.51.100.1"),
        ("2001:db8:1:2::9", 1, "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]", 1, "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]:443", 1, "2001:db8:1:2::"),
        ('"[2001:db8:1:2::9]:443"', 1, "2001:db8:1:2::"),
        ("::ffff:198.51.100.1", 1, "198.51.100.1"),
    ],
)
def test_behind_proxies_the_entry_that_the_outermost_of_ours_wrote_counts(
    forwarded_for: str, proxies: int, address: str
) -> None:
    assert client_address("10.0.0.1", forwarded_for, proxies) == address


@pytest.mark.parametrize(
    ("forwarded_for", "proxies"),
    [
        ("", 1),
        ("198.51.100.1", 2),
        ("198.51.100.1, unknown", 1),
        ("198.51.100.1, ", 1),
        ("198.51.100.1, 1.2.3", 1),
        ("198.51.100.1, 1.2.3.4.5:80", 1),
        ("198.51.100.1, [nonsense]:80", 1),
        ("198.51.100.1, [1.2.3.4", 1),
        ("198.51.100.1, \u0661.2.3.4", 1),
    ],
)
def test_a_header_that_says_nothing_there_leaves_the_peer(forwarded_for: str, proxies: int) -> None:
    assert client_address("10.0.0.1", forwarded_for, proxies) == "10.0.0.1"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({"HTTP_CLIENTIP": "198.51.100.1"}, "198.51.100.1"),
        ({"HTTP_CLIENTIP": "6.6.6.6, 198.51.100.1"}, "198.51.100.1"),
        ({"HTTP_CLIENTIP": "198.51.100.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6"}, "198.51.100.1"),
        ({"HTTP_X_FORWARDED_FOR": "6.6.6.6"}, "10.0.0.1"),
        ({}, "10.0.0.1"),
    ],
)
def test_a_header_without_a_twin_counts_alone(settings: Settings, said: dict[str, str], address: str) -> None:
    settings.SHOP = replace(settings.SHOP, client_ip_header="ClientIp", trusted_proxies=1)

    assert client_of({"REMOTE_ADDR": "10.0.0.1", **said}) == address
