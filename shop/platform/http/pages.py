"""What pages need and the API does not: static files, sessions, CSRF, logins, messages and their headers.

Django's own middleware and WhiteNoise, each of which steps aside at once for what is not a page. What the API does for
itself is done here for pages: text that no database can keep is refused, and a database that is away is said to be.
"""

import logging
from collections.abc import Awaitable, Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from shop.platform.http.body import is_storable, is_text
from shop.platform.http.home import bad_request, not_found, timed_out, too_large, too_slow, unavailable
from shop.platform.http.policies import DEBUGGING, isolation, policy
from shop.platform.http.received import LARGEST_FORM, UNMEASURED, came_too_slowly, is_api, largest_body
from shop.platform.trouble import Trouble, trouble_of

logger = logging.getLogger("shop.http")

Answer = HttpResponseBase | Awaitable[HttpResponseBase]

AWAY = (OperationalError, InterfaceError)
NO_PAGE = ("/api/", "/health/", "/metrics", "/hooks/", "/openapi.json")


class _PagesOnly(MiddlewareMixin):
    """Steps aside for whatever is not a page."""

    def __call__(self, request: HttpRequest) -> Answer:
        return self.get_response(request) if request.path_info.startswith(NO_PAGE) else super().__call__(request)


class Security(SecurityMiddleware):
    """HSTS, nosniff, referrer and opener policies, and the content security policy of each kind of page."""

    def __call__(self, request: HttpRequest) -> Answer:
        if is_api(request.path_info):  # the API middleware writes its headers
            return self.get_response(request)
        return super().__call__(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        super().process_response(request, response)
        if settings.DEBUG and response.status_code == 404 and "Content-Security-Policy" not in response.headers:
            response = not_found(request)  # Django's own page for developers, also for a slip in the address bar
        failed = settings.DEBUG and response.status_code >= 400
        response.headers.setdefault("Content-Security-Policy", DEBUGGING if failed else policy(request.path_info))
        response.headers.setdefault("Cross-Origin-Resource-Policy", isolation(request.path_info))
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response


class Static(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Static files: found where they lie in development, from STATIC_ROOT in production."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        passes = request.path_info.startswith(NO_PAGE)
        answer: HttpResponseBase = self.get_response(request) if passes else super().__call__(request)
        return answer


class Text(_PagesOnly, MiddlewareMixin):
    """Addresses and cookies are text that every database can keep, or refused. Forms look at their own fields."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if not is_storable(request.path_info):
            return not_found(request)
        if not is_text(request.META.get("QUERY_STRING", "")) or not all(map(is_storable, request.COOKIES.values())):
            return bad_request(request)
        return None


class Bounded(_PagesOnly, MiddlewareMixin):
    """No form is read that is larger than its page needs, nor one of which nobody knows how large it is.

    By the header alone: whatever reads a form, as the protection against foreign ones does, comes later.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.META.get(UNMEASURED):
            return bad_request(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()) or len(length) > 20:
            return bad_request(request)
        most = largest_body(request.path_info)
        if int(length) <= min(most, LARGEST_FORM):
            return None
        try:
            fits = int(length) <= most and _is_logged_in(request)
        except AWAY as away:
            return without_database(request, away)
        return None if fits else too_large(request)


def _is_logged_in(request: HttpRequest) -> bool:
    """Whether the request brings a living session of somebody."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return bool(key) and SESSION_KEY in SessionStore(key)


class Database(MiddlewareMixin):
    """A page whose database is away says so, and when to come again; one whose form did not come whole, too."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, UnreadablePostError):
            return timed_out(request) if came_too_slowly(exception) else bad_request(request)
        return without_database(request, exception) if isinstance(exception, AWAY) else None


def without_database(request: HttpRequest, away: Exception) -> HttpResponse:
    """The page that says so; its line in the log names no host and no user, but in development where it was missed."""
    trouble = trouble_of(away) if isinstance(away, Error) else Trouble.AWAY
    logger.error("the database is %s: %s", trouble.value, type(away).__name__, exc_info=settings.DEBUG)
    return too_slow(request) if trouble is Trouble.SLOW else unavailable(request)


class Sessions(_PagesOnly, SessionMiddleware):
    """Django's sessions."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except AWAY as away:
            return without_database(request, away)


class Common(_PagesOnly, CommonMiddleware):
    """Hosts are checked, and a missing slash is added by a redirect where a redirect loses nothing."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in {"GET", "HEAD"} and super().should_redirect_with_slash(request)


class Csrf(_PagesOnly, CsrfViewMiddleware):
    """CSRF protection of forms; the API knows no cookies."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[object, ...],
        callback_kwargs: dict[str, object],
    ) -> HttpResponseForbidden | None:
        if request.path_info.startswith(NO_PAGE):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class Authentication(_PagesOnly, AuthenticationMiddleware):
    """Who is signed in to the admin."""


class Messages(_PagesOnly, MessageMiddleware):
    """Django's messages."""


class ClickJacking(_PagesOnly, XFrameOptionsMiddleware):
    """No page is shown in somebody else's frame."""
