"""The API middleware: every request to the API passes it, within what an installation adds around it (API_MIDDLEWARE).

It gives the request its id and its caller's address, keeps out what no route should see (foreign hosts, bodies over
1 MiB, query strings that are not text), lets HEAD and OPTIONS work everywhere, envelopes what the framework answers by
itself, and writes the headers and the one log line that every answer has.
"""

import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.utils import translation

from shop.kernel.errors import Refusal
from shop.kernel.messages import gettext_noop
from shop.platform import limits, metrics
from shop.platform.http.added_middleware import within_added
from shop.platform.http.body import is_text
from shop.platform.http.context import Request, RequestContext, new_request_id
from shop.platform.http.cors import allow, preflight
from shop.platform.http.envelope import ALWAYS, Answer, Enveloped, answered, refused
from shop.platform.http.failures import refusal_of_failure
from shop.platform.http.received import LARGEST_BODY, UNMEASURED, is_api
from shop.platform.http.refusals import (
    BY_STATUS,
    BadRequest,
    BodyTooLarge,
    NotAcceptable,
    Unforeseen,
)
from shop.platform.http.routes import routes
from shop.platform.logs import access, outline
from shop.platform.translation import AS_WRITTEN, negotiated

_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
_SECOND_CREDENTIALS = re.compile(r",\s*(?:bearer|basic)\s", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
API = "/api/"
LONGEST_HOST = 300
"""A domain name has at most 253 characters. What is longer is checked without being stored."""
ONLY_ONCE = gettext_noop("This header may be sent only once.")
WITHOUT_LENGTH = gettext_noop("Send the body with a Content-Length instead of Transfer-Encoding: chunked.")


class ApiMiddleware:
    """The entry of every request; below /api/ nothing leaves without an envelope."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.api = within_added(self._entered, on_error=_failed)

    def __call__(self, request: Request) -> HttpResponseBase:
        return self.api(request) if is_api(request.path_info) else self._entered(request)

    def _entered(self, request: Request) -> HttpResponseBase:
        request.context = _begun(request)
        response = self._api(request) if is_api(request.path_info) else self.get_response(request)
        response.headers["X-Request-Id"] = request.context.request_id
        _note(request, response)
        return response

    def _api(self, request: Request) -> HttpResponseBase:
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        if "HTTP_ACCEPT_LANGUAGE" in request.META:
            request.context.language = negotiated(request.META["HTTP_ACCEPT_LANGUAGE"])
            with translation.override(request.context.language):
                response = self._served(request)
        else:
            response = self._served(request)
        _dress(request, response)
        if head and isinstance(response, HttpResponse):
            response.content = b""
        return response

    def _served(self, request: Request) -> HttpResponseBase:
        try:
            _check(request)
            if request.path_info != API:
                request.path_info = request.path_info.rstrip("/")
            early = preflight(request)
            if early is not None:
                return early
            response = self._answer(request)
        except Refusal as refusal:
            return refused(refusal, request_id=request.context.request_id)
        return _enveloped(request, response)

    def _answer(self, request: Request) -> HttpResponseBase:
        """What the route says. It is called from here: the middlewares of pages have nothing to do with it."""
        found = routes(settings.ROOT_URLCONF).find(request.path_info)
        if found is None:
            return self.get_response(request)
        request.context.route = found.route
        try:
            return found.view(request, **found.arguments)
        except Exception as error:
            raise refusal_of_failure(request, error) from None


def _begun(request: HttpRequest) -> RequestContext:
    sent = request.META.get("HTTP_X_REQUEST_ID", "")
    return RequestContext(
        request_id=sent if _ID.fullmatch(sent) else new_request_id(),
        ip=limits.client_of(request.META),
        started=time.perf_counter(),
        language=AS_WRITTEN,
    )


def _failed(request: Request, error: Exception) -> HttpResponseBase:
    """The answer where a middleware around this one raised, before or after this one has seen the request."""
    request.context = getattr(request, "context", None) or _begun(request)
    response = refused(refusal_of_failure(request, error), request_id=request.context.request_id)
    _dress(request, response)
    response["X-Request-Id"] = request.context.request_id
    return response


def _check(request: Request) -> None:
    host, ours = request.META.get("HTTP_HOST"), settings.ALLOWED_HOSTS
    stored = host and len(host) <= LONGEST_HOST and ours and not settings.USE_X_FORWARDED_HOST
    if not stored or not _is_served(host, tuple(ours)):
        try:
            request.get_host()
        except DisallowedHost:
            if host and "," in host:
                raise BadRequest(field="Host", message=ONLY_ONCE) from None
            raise BadRequest(message=gettext_noop("Invalid Host header.")) from None
    twice = _sent_twice(request.META)
    if twice:
        raise BadRequest(field=twice, message=ONLY_ONCE)
    if request.META.get(UNMEASURED):
        raise BadRequest(field="Transfer-Encoding", message=WITHOUT_LENGTH)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal() and len(length) < 20):
        raise BadRequest(field="Content-Length", message=ONLY_ONCE if "," in length else None)
    if int(length) > LARGEST_BODY:
        raise BodyTooLarge(params={"max_bytes": LARGEST_BODY})
    if not _accepts_json(request.META.get("HTTP_ACCEPT", "")):
        raise NotAcceptable()
    query = request.META.get("QUERY_STRING", "")
    if query and not is_text(query):
        raise BadRequest(message=gettext_noop("The query string is not valid UTF-8 text."))


def _sent_twice(meta: Mapping[str, Any]) -> str:
    """The header that came more than once and may not; empty when none is seen to.

    Servers join the values by commas (RFC 9110, 5.3). A media type has one only within quotes, and after credentials
    none is followed by another scheme. Any other comma in a token makes the token invalid.
    """
    kind, authorization = meta.get("CONTENT_TYPE") or "", meta.get("HTTP_AUTHORIZATION") or ""
    if "," in kind and "," in _QUOTED.sub("", kind):
        return "Content-Type"
    return "Authorization" if "," in authorization and _SECOND_CREDENTIALS.search(authorization) else ""


@lru_cache(256)
def _is_served(host: str, ours: tuple[str, ...]) -> bool:
    """Whether a Host header names us: what Django finds out anew for each request."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, ours)


def _accepts_json(accept: str) -> bool:
    """RFC 9110, 12.5.1, as far as one media type needs it."""
    if not accept or "*/*" in accept:
        return True
    for offer in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in offer.split(";"))
        refused_outright = any(re.fullmatch(r"q=0(\.0*)?", each) for each in parameters)
        if kind in ("application/json", "application/*") and not refused_outright:
            return True
    return False


def _enveloped(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """The response, in an envelope if the framework gave it without one."""
    if isinstance(response, Enveloped) or response.status_code == 304:
        return response
    if request.method == "OPTIONS" and response.status_code == 405:
        found = answered(
            Answer(data=None, message=gettext_noop("See the Allow header.")), status=200, context=request.context
        )
    elif 200 <= response.status_code < 400:
        return response
    else:
        found = refused(BY_STATUS.get(response.status_code, Unforeseen)(), request_id=request.context.request_id)
    if "Allow" in response:
        allowed = {each.strip() for each in response["Allow"].split(",")} | {"OPTIONS"}
        found["Allow"] = ", ".join(sorted(allowed | ({"HEAD"} if "GET" in allowed else set())))
    return found


def _dress(request: Request, response: HttpResponseBase) -> None:
    headers = response.headers
    if not isinstance(response, Enveloped):
        for name, value in ALWAYS.values():
            headers.setdefault(name, value)
    headers.setdefault("Content-Language", request.context.language)
    if settings.SECURE_HSTS_SECONDS and request.is_secure():
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    policies = limits.policy_header(request.context.usage)
    if policies:  # none is told when they are switched off
        headers["RateLimit-Policy"] = policies
        headers["RateLimit"] = limits.state_header(request.context.usage)
    allow(request, response)


def _note(request: Request, response: HttpResponseBase) -> None:
    match = request.resolver_match
    route = request.context.route or (f"/{match.route}" if match else "")
    seconds = time.perf_counter() - request.context.started
    metrics.observe(request.method or "", route or "(none)", response.status_code, seconds)
    access(
        method=request.method or "",
        route=route or outline(request.path_info),
        status=response.status_code,
        duration_ms=seconds * 1000,
        request_id=request.context.request_id,
        actor=str(request.context.actor.user_id or _staff(request)),
        url=request.get_full_path() if settings.DEBUG else "",
    )


def _staff(request: Request) -> str:
    """The key of whoever is logged in to the back office, if a page has asked."""
    user = getattr(request, "_cached_user", None)
    return str(user.pk or "") if user is not None else ""
