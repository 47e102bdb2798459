"""Where a shopper may be sent back to after a page of the bank's: this shop and its storefronts, nowhere else."""

import re
from typing import Final
from urllib.parse import urlsplit

from shop.payments.errors import InvalidReturnUrl
from shop.platform.http.cors import is_allowed
from shop.platform.settings import shop_settings

LONGEST: Final = 1000
PORTS: Final = {"http": 80, "https": 443}

_ODD: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff\u2028\u2029]")
"""What browsers skip, or read as something else, in an address (WHATWG URL, 4.4)."""


def accepted(url: str) -> str:
    """The address as it was given; empty stays empty. Raises InvalidReturnUrl for one of an origin that isn't ours."""
    settings = shop_settings()
    allowed = {origin_of(each) for each in (settings.base_url, *settings.cors_origins)} - {None}
    if url and (
        len(url) > LONGEST or _ODD.search(url) or not (origin_of(url) in allowed or is_allowed(origin_of(url) or ""))
    ):
        raise InvalidReturnUrl()
    return url


def origin_of(url: str) -> str | None:
    """Scheme, host and port (RFC 6454), the port left out where it is the scheme's own; None for what has no such."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None or parts.password is not None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != PORTS[parts.scheme] else "")
