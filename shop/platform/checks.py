"""What `manage.py check` looks at besides Django's own: dotted paths, and how a deployment is set."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from shop.platform.http.added_middleware import problems
from shop.platform.settings import shop_settings

SHORTEST_TOKEN = 24


@register
def dotted_paths(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    """The function that the setting `authenticator` names exists and can be called."""
    path = shop_settings().authenticator
    try:
        found = callable(import_string(path))
    except ImportError:
        found = False
    return [] if found else [Error(f"SHOP.authenticator names no function: {path!r}.", id="shop.E001")]


@register
def api_middleware(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    """Each path of API_MIDDLEWARE leads to a middleware that can stand around the API."""
    return [Error(problem, id="shop.E002") for problem in problems()]


@register(deploy=True)
def deployment(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    """Links lead to the real shop over TLS, and the token of /metrics can't be guessed."""
    found: list[CheckMessage] = []
    website = urlsplit(shop_settings().base_url)
    if website.scheme != "https" or website.hostname in {None, "localhost", "127.0.0.1", "::1", "*"}:
        hint = "Set BASE_URL to where clients reach the shop, for example https://shop.example.com."
        found.append(Warning(f"Links lead to {shop_settings().base_url}.", hint=hint, id="shop.W001"))
    if shop_settings().trusted_proxies and not shop_settings().client_ip_header:
        hint = "Let the proxy name the client in a header without a hyphen, and set CLIENT_IP_HEADER to it."
        found.append(
            Warning("X_Forwarded_For counts as X-Forwarded-For: clients may send it.", hint=hint, id="shop.W003")
        )
    if 0 < len(shop_settings().metrics_token) < SHORTEST_TOKEN:
        hint = f"Take at least {SHORTEST_TOKEN} random characters, or none to switch /metrics off."
        found.append(Warning("METRICS_TOKEN can be guessed.", hint=hint, id="shop.W002"))
    return found
