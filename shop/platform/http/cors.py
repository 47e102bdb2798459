"""Cross-origin requests (Fetch standard, CORS): an exact list of origins, no credentials, no wildcard."""

import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shop.platform.settings import shop_settings

EXPOSED = "ETag, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotent-Replayed, Link"
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
HEADERS = (
    "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "X-Order-Token, X-Request-Id"
)


_LOOPBACK = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?")


def is_allowed(origin: str) -> bool:
    """Whether pages of this origin may use the API: one of the list, or in development any of this machine."""
    known = shop_settings()
    return origin in known.cors_origins or (known.cors_loopback and bool(_LOOPBACK.fullmatch(origin)))


def preflight(request: HttpRequest) -> HttpResponse | None:
    """The answer to a preflight from an allowed origin; None when this is none."""
    if request.method != "OPTIONS" or "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in request.META:
        return None
    if not is_allowed(request.META.get("HTTP_ORIGIN", "")):
        return None
    return HttpResponse(
        headers={
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": HEADERS,
            "Access-Control-Max-Age": "600",
            "Content-Type": "text/plain",
        }
    )


def allow(request: HttpRequest, response: HttpResponseBase) -> None:
    """The response may be read by the page that asked, if its origin is on the list."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None and is_allowed(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = EXPOSED
