"""The front page: what is running here and where the rest is; and the pages that say what went wrong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shop.kernel.errors import Unavailable
from shop.kernel.messages import gettext_noop
from shop.platform.http.language import translated
from shop.platform.http.mailbox import is_for
from shop.platform.http.policies import HOME
from shop.platform.http.well_known import LINKS
from shop.platform.limits import TooManyRequests
from shop.platform.settings import shop_settings

TITLES = {
    400: gettext_noop("Bad Request"),
    403: gettext_noop("Forbidden"),
    404: gettext_noop("Not Found"),
    408: gettext_noop("Request Timeout"),
    413: gettext_noop("Content Too Large"),
    429: gettext_noop("Too Many Requests"),
    500: gettext_noop("Internal Server Error"),
    503: gettext_noop("Service Unavailable"),
}
SENTENCES = {
    400: gettext_noop("This request could not be understood."),
    403: gettext_noop("You are not allowed to see this."),
    404: gettext_noop("We couldn't find this page."),
    408: gettext_noop("The form took too long to arrive. Please send it again."),
    413: gettext_noop("The data you sent is too large."),
    429: gettext_noop("Too many attempts. Please wait a moment and try again."),
    500: gettext_noop("Something went wrong on our side. Please try again later."),
    503: gettext_noop("The service is temporarily unavailable. Please try again."),
}
TOO_SLOW = gettext_noop("The request took too long. Use a filter, or an earlier page.")


@require_safe
@translated
def home(request: HttpRequest) -> HttpResponse:
    """The front page, as JSON for those who ask for it."""
    places = {
        "swagger": reverse("swagger"),
        "redoc": reverse("redoc"),
        "guides": reverse("guides"),
        "openapi": reverse("openapi"),
        "health": reverse("ready"),
    }
    if settings.DEBUG:
        places["admin"] = reverse("admin:index")
    if is_for(request):
        places["mailbox"] = reverse("mailbox")
    response: HttpResponse
    if _wants_json(request):
        response = JsonResponse({"name": "E-commerce API", "api": "/api/v1", "links": places})
    else:
        response = HttpResponse(
            render_to_string("shop/home.html", {"places": places, "base_url": shop_settings().base_url})
        )
    response["Vary"] = "Accept"
    response["Link"] = LINKS
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 403)


def foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours (CSRF)."""
    return _problem(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _problem(request, 404)


def timed_out(request: HttpRequest) -> HttpResponse:
    return _problem(request, 408)


def too_large(request: HttpRequest) -> HttpResponse:
    return _problem(request, 413)


def too_many(request: HttpRequest, refusal: TooManyRequests) -> HttpResponse:
    """A page that says to wait, and machines how long."""
    response = _problem(request, 429)
    response["Retry-After"] = str(refusal.retry_after)
    return response


def too_slow(request: HttpRequest) -> HttpResponse:
    """A page that took too long to make: coming again helps nobody."""
    return _problem(request, 503, sentence=TOO_SLOW)


def unavailable(request: HttpRequest) -> HttpResponse:
    """A page that says to come again, and machines when."""
    response = _problem(request, 503)
    response["Retry-After"] = str(Unavailable.retry_after)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    return _problem(request, 500)


@translated
def _problem(request: HttpRequest, status: int, *, sentence: str = "") -> HttpResponse:
    title, sentence = gettext(TITLES[status]), gettext(sentence or SENTENCES[status])
    response: HttpResponse
    if _wants_json(request):  # RFC 9457
        response = JsonResponse({"title": title, "status": status, "detail": sentence}, status=status)
        response["Content-Type"] = "application/problem+json"
    else:
        page = render_to_string("shop/problem.html", {"title": title, "status": status, "sentence": sentence})
        response = HttpResponse(page, status=status)
        response["Content-Security-Policy"] = HOME
    response["Vary"] = "Accept"
    response["Cache-Control"] = "no-store"
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
