"""Settings of the installation: declared once with their defaults, filled from the environment, read as
`shop_settings()`. What one app alone needs is declared in its own settings.py in the same way."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class ShopSettings:
    """Deployment choices. What a shopkeeper chooses is a row in `stores` instead."""

    base_url: str = "http://127.0.0.1:8000"
    """Where clients reach the shop; absolute URLs are made of it, never of the Host header."""
    cors_origins: frozenset[str] = frozenset()
    cors_loopback: bool = False
    """Whether pages of any port of this machine may use the API too: in development."""
    trusted_proxies: int = 0
    """How many proxies in front are ours: the client is that many entries from the end of X-Forwarded-For."""
    client_ip_header: str = ""
    """The header in which our proxy names the client, instead of X-Forwarded-For: letters and digits alone."""
    redis_url: str = ""
    slow_reads: int = 3
    """So many reads of strangers that take longer than a second run at once in a process; 0 for any number."""
    slow_bodies: int = 3
    """So many bodies are waited for at once in a process: fewer than it has threads."""
    processes: Path | None = None
    """The folder in which each server process of this installation leaves a mark that it lives."""
    metrics_token: str = ""
    limits_on: bool = True
    limits: dict[str, str] = field(default_factory=dict)
    """Other quotas than the built-in ones, by policy name: {"auth-ip": "60/60"} means 60 in 60 seconds."""
    mailbox: Path | None = None
    """Where the development mail backend keeps what it sent; None outside development."""
    security_contact: str = "mailto:shop@localhost"
    """Where somebody who finds a weakness writes to: a mailto: or https: address (RFC 9116)."""
    authenticator: str = ""
    """Dotted path of the function that turns a bearer token into an actor."""
    permission_keys: str = ""
    """Dotted path of the permission keys of the admin API: shop.platform.permissions."""
    shop_name: str = ""
    """Dotted path of the function that knows what the shop is called: mails are sent and signed by that name."""
    storefront_urls: dict[str, str] = field(default_factory=dict)
    """URL templates of the storefront's pages, by name: shop.platform.links."""
    market_gaps: str = ""
    """Dotted path of the function that says, a sentence each, what a market still needs to sell there."""
    store_gaps: str = ""
    """Dotted path of the function that says, a sentence each, what the store still needs."""
    guards: str = ""
    """Dotted path of what is told of named constraints that concurrent requests meet: shop.platform.guards."""
    upgrade_steps: str = ""
    """Dotted path of what `manage.py upgrade` does after migrating: shop.platform.upgrading."""
    api: str = "shop.project.api.api"
    """Dotted path of the API object, from which the documentation is made."""
    outbound_to_loopback: bool = False
    """Whether calls to others' addresses may also go to this machine, without TLS and on any port: for development."""
    job_poll: timedelta = timedelta(milliseconds=500)


def shop_settings() -> ShopSettings:
    """The settings in force."""
    found: ShopSettings = settings.SHOP
    return found
