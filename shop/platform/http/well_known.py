"""The small files that robots, browsers and researchers look for at fixed places."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from shop.platform.clock import now, stamp
from shop.platform.settings import shop_settings

LINKS = (
    '</openapi.json>; rel="service-desc"; type="application/json", '
    '</redoc/>; rel="service-doc"; type="text/html", '
    '</health/ready>; rel="status"; type="application/health+json", '
    '</.well-known/api-catalog>; rel="api-catalog"'
)
VALID_FOR = timedelta(days=180)
ROBOTS = "User-agent: *\nAllow: /$\nAllow: /media/\nDisallow: /\n"


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116)."""
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {shop_settings().security_contact}",
        f"Expires: {stamp(midnight + VALID_FOR)}",
        "Preferred-Languages: en",
        f"Canonical: {shop_settings().base_url}{reverse('security')}",
    ]
    return _kept(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    """Which API lives here and where it is described (RFC 9727)."""
    base = shop_settings().base_url
    linkset = {
        "linkset": [
            {
                "anchor": f"{base}/api/v1",
                "service-desc": [{"href": f"{base}{reverse('openapi')}", "type": "application/json"}],
                "service-doc": [
                    {"href": f"{base}{reverse('redoc')}", "type": "text/html"},
                    {"href": f"{base}{reverse('swagger')}", "type": "text/html"},
                    {"href": f"{base}{reverse('guides')}", "type": "text/html"},
                ],
                "status": [{"href": f"{base}{reverse('ready')}", "type": "application/health+json"}],
            }
        ]
    }
    response = JsonResponse(linkset)
    response["Content-Type"] = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    response["Link"] = '</.well-known/api-catalog>; rel="api-catalog"'
    return _kept(response)


@require_safe
def change_password(request: HttpRequest) -> HttpResponse:
    """A shop without a face of its own: how a password is changed stands in the docs (W3C change-password-url)."""
    return HttpResponseRedirect(f"{reverse('swagger')}#/Authentication/changePassword")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return _kept(HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8"))


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return _kept(HttpResponseRedirect(static("shop/favicon.ico")))


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "public, max-age=86400"
    return response
