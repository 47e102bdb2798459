"""Which HTTP status a refusal has, and the refusals that only HTTP knows.

The kinds of shop.kernel.errors map to a status in one table. What concerns the request itself (its method, its
headers, its syntax) is refused here and carries its status.
"""

from typing import ClassVar

from django.utils.translation import gettext as translate

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
from shop.platform.actors import InvalidToken as InvalidToken
from shop.platform.records import Stale
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
    """The request itself can't be served."""

    status: ClassVar[int] = 400


class BadRequest(ProtocolRefusal):
    """The request could not be understood."""

    code = "bad_request"


class InvalidJson(ProtocolRefusal):
    """The body is not valid JSON."""

    code = "invalid_json"


class InvalidQuery(ProtocolRefusal):
    """A query parameter is invalid."""

    code = "invalid_parameter"
    several: ClassVar[str] = "Some query parameters need your attention."


class UnknownParameter(ProtocolRefusal):
    """Unknown query parameter."""

    code = "unknown_parameter"


class DuplicateParameter(ProtocolRefusal):
    """This query parameter can be given only once."""

    code = "duplicate_parameter"


class InvalidHeader(ProtocolRefusal):
    """A header is invalid."""

    code = "invalid_header"
    several: ClassVar[str] = "Some headers need your attention."


class NotAuthenticated(Unauthenticated):
    """Please log in to do this."""

    code = "not_authenticated"


class NotAllowed(Forbidden):
    """You are not allowed to do this."""

    code = "forbidden"


class MethodNotAllowed(ProtocolRefusal):
    """This endpoint does not support this method. See the Allow header."""

    code = "method_not_allowed"
    status = 405


class NotAcceptable(ProtocolRefusal):
    """Responses are JSON. Allow application/json in the Accept header."""

    code = "not_acceptable"
    status = 406


class PreconditionRequired(ProtocolRefusal):
    """An If-Match header with the current ETag is required."""

    code = "precondition_required"
    status = 428


class RequestTimedOut(ProtocolRefusal):
    """The body took too long to arrive. Please send it again."""

    code = "request_timeout"
    status = 408


class BodyTooLarge(ProtocolRefusal):
    """The body is too large."""

    code = "body_too_large"
    status = 413


class UnsupportedMediaType(ProtocolRefusal):
    """The body must be JSON, with Content-Type: application/json."""

    code = "unsupported_media_type"
    status = 415


class DatabaseAway(Unavailable):
    """The service is temporarily unavailable. Please try again."""

    code = "unavailable"


class TooBusy(Unavailable):
    """The service is busy. Please try again shortly."""

    code = "too_busy"
    retry_after = 2


class TooSlow(ProtocolRefusal):
    """This took too long. Please ask for less at once."""

    code = "too_slow"
    status = 503


class Unforeseen(ProtocolRefusal):
    """Something went wrong on our side. Quote the request id if you contact us."""

    code = "internal_error"
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


def headline(refusal: Refusal) -> str:
    """The envelope's message: the sentence itself, or for fields the one that says to look at them.

    A single wrong query parameter or header is named, since nothing on a page stands for it.
    """
    if isinstance(refusal, Invalid) and (len(refusal.problems) > 1 or refusal.problem.field):
        return translate(Invalid.sentence())
    if isinstance(refusal, InvalidQuery | InvalidHeader):
        if len(refusal.problems) > 1:
            return translate(refusal.several)
        if refusal.problem.field and refusal.problem.message != refusal.sentence():
            return f"{refusal.problem.field}: {translate(refusal.problem.message)}"
    return translate(refusal.problem.message)
