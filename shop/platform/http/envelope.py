"""The one shape of every answer below /api/v1: success, message, data, errors, meta.

Bytes are written once by msgspec. `request_id` is the last key of `meta`, so that stored bytes are completed with the
id of the request that they answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, NotRequired, TypeVar

import msgspec
from django.http import HttpResponse
from pydantic import BaseModel, Field, JsonValue, WithJsonSchema
from typing_extensions import TypedDict

from shop.kernel.errors import Refusal, Throttled, Unavailable
from shop.platform.http.context import EXAMPLE_REQUEST_ID, RequestContext
from shop.platform.http.headers import EnvelopeHeaders, prepared
from shop.platform.http.refusals import headline, status_of
from shop.platform.translation import AS_WRITTEN, translate

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
JSON = "application/json"
LANGUAGE_MARK = ";"
"""What stands in an ETag between the version and a language other than English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What a route gives back: data, a sentence, and what belongs into the headers."""

    data: T
    message: str
    notice: str = ""
    """A second message, said after the first."""
    status: int | None = None
    """Other than the one that the route declares."""
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, object] = field(default_factory=dict)


ALWAYS = prepared(
    Cache_Control="private, no-store",
    Vary="Accept-Encoding, Accept-Language, Authorization, Origin",
    X_Content_Type_Options="nosniff",
    X_Frame_Options="DENY",
    Referrer_Policy="no-referrer",
    Content_Security_Policy="default-src 'none'; frame-ancestors 'none'",
)
"""Headers of every answer. What is public has another Cache-Control."""
OF_ENVELOPES = ALWAYS | prepared(Content_Type=JSON)


class Enveloped(HttpResponse):
    """A response whose body is an envelope already."""

    open_body: bytes
    """The body up to the request id, as idempotency stores it."""

    def __init__(self, body: bytes, *, status: int) -> None:
        super().__init__(body, status=status, content_type=JSON)
        self.headers = EnvelopeHeaders(OF_ENVELOPES)  # type: ignore[assignment]  # all that Django asks of its own


Facts = Annotated[dict[str, JsonValue], WithJsonSchema({"type": "object", "additionalProperties": True})]
"""The values behind a message, by name: a number, a list of reasons, an amount of money. Each code has its own."""


class ErrorOut(TypedDict):
    """One mistake."""

    code: Annotated[str, Field(description="Stable; branch on this.", examples=["too_small"])]
    message: Annotated[str, Field(description="For people; may change and be translated.")]
    field: Annotated[
        str | None,
        Field(description="Dotted path into the body, or the parameter's name.", examples=["lines.0.quantity"]),
    ]
    params: Annotated[Facts | None, Field(description="The values behind the message, by name. Each code has its own.")]


class MetaOut(TypedDict):
    """About the answer."""

    request_id: Annotated[str, Field(description="Quote it when you ask for help.", examples=[EXAMPLE_REQUEST_ID])]


class PaginationOut(TypedDict):
    """The neighboring pages: opaque cursors, or null at the ends."""

    limit: int
    next: str | None
    previous: str | None
    total: NotRequired[
        Annotated[
            int, Field(description="The number of entries on all pages, counted up to 10,000. With `include=total`.")
        ]
    ]
    total_is_capped: NotRequired[Annotated[bool, Field(description="Whether there are more than were counted.")]]


class PageMetaOut(MetaOut):
    """About a page of a list."""

    pagination: PaginationOut


class ContextOut(TypedDict):
    """Whom the prices in this answer are for."""

    market: str
    country: str
    currency: str
    locale: str
    prices_include_tax: bool


class PricedMetaOut(MetaOut):
    """About an answer with prices."""

    context: ContextOut


class PricedPageMetaOut(PageMetaOut):
    """About a page of a list with prices."""

    context: ContextOut


METAS = {
    (False, False): MetaOut,
    (True, False): PageMetaOut,
    (False, True): PricedMetaOut,
    (True, True): PricedPageMetaOut,
}
"""The shape of `meta`, by whether the answer is a page and whether it shows prices."""


class ErrorEnvelope(BaseModel):
    """A failure."""

    success: Literal[False]
    message: str
    data: None
    errors: Annotated[list[ErrorOut], Field(min_length=1)]
    meta: MetaOut


def open_body(*, success: bool, message: str, data: object, errors: list[Any], meta: Mapping[str, object]) -> bytes:
    """The envelope's bytes up to the place of the request id."""
    whole = _encode({"success": success, "message": message, "data": data, "errors": errors, "meta": meta})
    return whole[:-2] + (b"," if meta else b"") + b'"request_id":"'


def complete(opened: bytes, request_id: str) -> bytes:
    return opened + request_id.encode() + b'"}}'


def respond(opened: bytes, *, status: int, headers: Mapping[str, str], request_id: str) -> Enveloped:
    """The response for envelope bytes that lack their request id."""
    body = complete(opened, request_id)
    response = Enveloped(body, status=status)
    response.open_body = opened
    response.headers["Content-Length"] = str(len(body))
    for name, value in headers.items():
        response.headers[name] = value
    return response


def answered(answer: Answer[Any], *, status: int, context: RequestContext) -> Enveloped:
    """A route's answer as a response."""
    message = answer.message if context.language == AS_WRITTEN else translate(answer.message)
    if answer.notice:
        message = f"{message} {translate(answer.notice)}"
    opened = open_body(success=True, message=message, data=answer.data, errors=[], meta=answer.meta)
    headers = dict(answer.headers)
    if answer.etag is not None:
        headers["ETag"] = _in_language(answer.etag, context.language)
    return respond(opened, status=answer.status or status, headers=headers, request_id=context.request_id)


def _in_language(tag: str, language: str) -> str:
    """The tag of this version in this language: an answer in another one is another representation."""
    return tag if language == AS_WRITTEN else f'{tag[:-1]}{LANGUAGE_MARK}{language}"'


def refused(refusal: Refusal, *, request_id: str) -> Enveloped:
    """A refusal as a response, with the headers that its status asks for."""
    errors = [
        {"code": each.code, "message": translate(each.message, each.params), "field": each.field, "params": each.params}
        for each in refusal.problems
    ]
    opened = open_body(success=False, message=headline(refusal), data=None, errors=errors, meta={})
    status = status_of(type(refusal))
    headers: dict[str, str] = {}
    if status == 401:
        error = ', error="invalid_token"' if refusal.code == "invalid_token" else ""
        headers["WWW-Authenticate"] = f'Bearer realm="api"{error}'  # RFC 6750, 3
    retry_after = getattr(refusal, "retry_after", None)
    if retry_after is not None or isinstance(refusal, Throttled | Unavailable):
        headers["Retry-After"] = str(retry_after or 1)
    return respond(opened, status=status, headers=headers, request_id=request_id)
