"""Which addresses are of the public internet, and nobody's own network."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the address behind the translator
_COMPATIBLE: Final = IPv6Network("::/96")  # RFC 4291, 2.5.5.1, deprecated
_NEVER: Final = (  # what Python's table calls global, or did in some of its releases
    ip_network("192.0.0.0/29"),  # RFC 7335, and the rest of RFC 6890's block but two addresses of anycast services
    ip_network("192.0.0.8/32"),
    ip_network("192.0.0.11/32"),
    ip_network("192.0.0.12/30"),
    ip_network("192.0.0.16/28"),
    ip_network("192.0.0.32/27"),
    ip_network("192.0.0.64/26"),
    ip_network("192.0.0.128/25"),
    ip_network("192.31.196.0/24"),  # RFC 7535: AS112, as the next two
    ip_network("192.175.48.0/24"),  # RFC 7534
    ip_network("2620:4f:8000::/48"),  # RFC 7534
    ip_network("192.52.193.0/24"),  # RFC 7450: multicast relays
    ip_network("192.88.99.0/24"),  # RFC 7526: 6to4 relays
    ip_network("64:ff9b:1::/48"),  # RFC 8215: translators of one's own
    ip_network("2001::/23"),  # RFC 2928: Teredo and other protocols
    ip_network("fec0::/10"),  # RFC 3879: site-local
    ip_network("100::/63"),  # RFC 6666, RFC 9780: discarded, and a prefix that means nothing
    ip_network("3fff::/20"),  # RFC 9637: documentation
    ip_network("5f00::/16"),  # RFC 9602: segment routing
)


def is_public(text: str) -> bool:
    """Whether it is an IP address that is globally reachable, itself and every address that is wrapped in it."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return all(_is_global(each) for each in _unwrapped(address))


def is_loopback(text: str) -> bool:
    """Whether it is an IP address of this very machine."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return list(_unwrapped(address))[-1].is_loopback


def _is_global(address: Address) -> bool:
    known = address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
    return known and not any(address in each for each in _NEVER if each.version == address.version)


def _unwrapped(address: Address) -> Iterator[Address]:
    """The address that packets go to in the end; and the one that carries it, unless that says nothing by itself."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    else:
        yield address
        if address.sixtofour:
            yield address.sixtofour
        if address in _COMPATIBLE and int(address) > 1:
            yield IPv4Address(int(address) & 0xFFFF_FFFF)
