"""Which HTTP status a refusal has, and the refusals that only HTTP knows.

The kinds of shop.kernel.errors map to a status in one table. What concerns the request itself (its method, its
headers, its syntax) is refused here and carries its status.
"""

from typing import ClassVar

from shop.kernel.errors import (
    Conflict,
    Declined,
    Forbidden,
    Invalid,
    Missing,
    NotFound,
    Refusal,
    Throttled,
    Unauthenticated,
    Unavailable,
)
from shop.kernel.errors import FieldsWrong as FieldsWrong
from shop.kernel.messages import gettext_noop
from shop.platform.actors import InvalidToken as InvalidToken
from shop.platform.records import Stale
from shop.platform.translation import translate
from shop.platform.trouble import Trouble

STATUS_OF_KIND: dict[type[Refusal], int] = {
    Unauthenticated: 401,
    Declined: 402,
    Forbidden: 403,
    Missing: 404,
    Stale: 412,
    Conflict: 409,
    Invalid: 422,
    Throttled: 429,
    Unavailable: 503,
}

BAD_REQUESTS = frozenset(
    {"invalid_cursor", "invalid_idempotency_key", "weak_idempotency_key", "idempotency_key_required"}
)
"""Refusals of lower layers that speak of the request's syntax, not of its content."""


class ProtocolRefusal(Refusal):
    """The HTTP request itself can't be served; each kind has a status of its own."""

    message = gettext_noop("The request itself can't be served.")

    status: ClassVar[int] = 400


class BadRequest(ProtocolRefusal):
    """The request can't be parsed."""

    code = "bad_request"
    message = gettext_noop("The request could not be understood.")


class InvalidJson(ProtocolRefusal):
    """The body is not the JSON that is required (RFC 8259, RFC 7493)."""

    code = "invalid_json"
    message = gettext_noop("The body is not valid JSON.")


class InvalidQuery(ProtocolRefusal):
    """Known query parameters have invalid values; `params.reason` has the field error's code."""

    code = "invalid_parameter"
    message = gettext_noop("A query parameter is invalid.")
    several: ClassVar[str] = gettext_noop("Some query parameters need your attention.")


class UnknownParameter(ProtocolRefusal):
    """The route does not have this query parameter."""

    code = "unknown_parameter"
    message = gettext_noop("Unknown query parameter.")


class DuplicateParameter(ProtocolRefusal):
    """A query parameter is given more than once."""

    code = "duplicate_parameter"
    message = gettext_noop("This query parameter can be given only once.")


class InvalidHeader(ProtocolRefusal):
    """A header that the route reads has an invalid value."""

    code = "invalid_header"
    message = gettext_noop("A header is invalid.")
    several: ClassVar[str] = gettext_noop("Some headers need your attention.")


class NotAuthenticated(Unauthenticated):
    """The route needs an actor, and no credentials were sent."""

    code = "not_authenticated"
    message = gettext_noop("Please log in to do this.")


class NotAllowed(Forbidden):
    """The actor lacks the permission that the route needs."""

    code = "forbidden"
    message = gettext_noop("You are not allowed to do this.")


class MethodNotAllowed(ProtocolRefusal):
    """The path exists, but not for this method (RFC 9110, 15.5.6)."""

    code = "method_not_allowed"
    message = gettext_noop("This endpoint does not support this method. See the Allow header.")
    status = 405


class NotAcceptable(ProtocolRefusal):
    """The Accept header excludes JSON (RFC 9110, 15.5.7)."""

    code = "not_acceptable"
    message = gettext_noop("Responses are JSON. Allow application/json in the Accept header.")
    status = 406


class PreconditionRequired(ProtocolRefusal):
    """The route needs an If-Match header (RFC 6585, 3)."""

    code = "precondition_required"
    message = gettext_noop("An If-Match header with the current ETag is required.")
    status = 428


class RequestTimedOut(ProtocolRefusal):
    """The body did not arrive within its deadline (RFC 9110, 15.5.9)."""

    code = "request_timeout"
    message = gettext_noop("The body took too long to arrive. Please send it again.")
    status = 408


class BodyTooLarge(ProtocolRefusal):
    """The body exceeds the limit of the route (RFC 9110, 15.5.14)."""

    code = "body_too_large"
    message = gettext_noop("The body is too large.")
    status = 413


class UnsupportedMediaType(ProtocolRefusal):
    """The Content-Type is not JSON (RFC 9110, 15.5.16)."""

    code = "unsupported_media_type"
    message = gettext_noop("The body must be JSON, with Content-Type: application/json.")
    status = 415


class DatabaseAway(Unavailable):
    """The database can't be reached."""

    code = "unavailable"
    message = gettext_noop("The service is temporarily unavailable. Please try again.")


class TooBusy(Unavailable):
    """A queue, a lock or the limit on concurrent reads did not clear in time."""

    code = "too_busy"
    message = gettext_noop("The service is busy. Please try again shortly.")
    retry_after = 2


class TooSlow(ProtocolRefusal):
    """A statement exceeded its time limit."""

    code = "too_slow"
    message = gettext_noop("The request took too long. Use a filter or request fewer items.")
    status = 503


class Unforeseen(ProtocolRefusal):
    """An exception that nothing handles; it is logged under the request id."""

    code = "internal_error"
    message = gettext_noop("Something went wrong on our side. Quote the request id if you contact us.")
    status = 500


OF_TROUBLE: dict[Trouble, type[Refusal]] = {
    Trouble.AWAY: DatabaseAway,
    Trouble.SLOW: TooSlow,
    Trouble.BUSY: TooBusy,
}
"""What is answered when the database fails."""

BY_STATUS: dict[int, type[Refusal]] = {
    400: BadRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: UnsupportedMediaType,
    503: DatabaseAway,
}
"""What stands for an answer that the framework gave without an envelope."""


def status_of(refusal: type[Refusal]) -> int:
    """The HTTP status that a refusal is answered with."""
    if issubclass(refusal, ProtocolRefusal):
        return refusal.status
    if "code" in refusal.__dict__ and refusal.code in BAD_REQUESTS:
        return 400
    return next(STATUS_OF_KIND[kind] for kind in refusal.__mro__ if kind in STATUS_OF_KIND)


def _is_of_header(refusal: Refusal) -> bool:
    """Whether it is about a header, which has no place on a page: names of fields have no capitals."""
    return bool(refusal.problem.field) and refusal.problem.field != str(refusal.problem.field).lower()


def headline(refusal: Refusal) -> str:
    """The envelope's message: the sentence itself, or for fields the one that says to look at them.

    A single wrong query parameter or header is named, since nothing on a page stands for it.
    """
    if (
        isinstance(refusal, Invalid)
        and (len(refusal.problems) > 1 or refusal.problem.field)
        and not _is_of_header(refusal)
    ):
        return translate(Invalid.message)
    if isinstance(refusal, InvalidQuery | InvalidHeader):
        if len(refusal.problems) > 1:
            return translate(refusal.several)
        if refusal.problem.field and refusal.problem.message != refusal.message:
            return f"{refusal.problem.field}: {translate(refusal.problem.message, refusal.problem.params)}"
    return translate(refusal.problem.message, refusal.problem.params)
