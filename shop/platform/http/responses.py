"""A route's answers as OpenAPI: each status with its refusals, its examples and its headers."""

from collections import defaultdict
from collections.abc import Mapping
from types import NoneType
from typing import Any, get_args

from typing_extensions import is_typeddict  # the standard one does not know these TypedDicts before 3.13

from shop.kernel.errors import NotFound, Refusal, Throttled, Unavailable
from shop.kernel.pages import BadCursor
from shop.platform import idempotency
from shop.platform.http import refusals as ours
from shop.platform.http.context import EXAMPLE_REQUEST_ID
from shop.platform.http.envelope import JSON
from shop.platform.http.fields import FIELD_SENTENCES
from shop.platform.http.refusals import status_of
from shop.platform.http.spec import Spec
from shop.platform.limits import TooManyRequests
from shop.platform.records import Stale

TEXT = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "The id of this request, as in `meta.request_id`.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,128}$"},
    },
    "WWW-Authenticate": {"description": "How to authenticate (RFC 6750).", "required": True, "schema": TEXT},
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "RateLimit": {"description": 'Uses left, for example `"auth-ip";r=29;t=60`.', "schema": TEXT},
    "RateLimit-Policy": {"description": 'The quotas, for example `"auth-ip";q=30;w=60`.', "schema": TEXT},
    "ETag": {
        "description": "Version of this representation, for `If-None-Match` and `If-Match`.",
        "required": True,
        "schema": {"type": "string", "pattern": '^(W/)?"[^"]*"$'},
    },
    "Location": {"description": "URL of the created resource.", "required": True, "schema": TEXT},
    "Idempotent-Replayed": {
        "description": "`true` when this is the stored answer of an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
"""What headers mean. One that is `required` comes with every answer that names it."""

NAMES = {  # RFC 9110 and 6585; Python's names differ from version to version
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    408: "Request Timeout",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

REPLAYABLE = frozenset({402, 403, 404, 409, 412})
"""Refusals that an Idempotency-Key remembers."""


def refusals_of(spec: Spec) -> tuple[type[Refusal], ...]:
    """Every refusal that a route can answer with: its own, and those that follow from its declaration."""
    found: list[type[Refusal]] = [ours.BadRequest, ours.UnknownParameter, ours.InvalidToken, ours.BodyTooLarge]
    found += [ours.NotAcceptable, ours.Unforeseen, ours.DatabaseAway, ours.TooBusy, ours.TooSlow]
    if spec.needs != "anyone":
        found.append(ours.NotAuthenticated)
    if spec.needs == "staff" or spec.permission:
        found.append(ours.NotAllowed)
    if "{" in spec.path:
        found.append(NotFound)
    if spec.query:
        found += [ours.DuplicateParameter, ours.InvalidQuery]
    if "cursor" in spec.query:
        found.append(BadCursor)
    if spec.body is not None:
        found += [ours.InvalidJson, ours.UnsupportedMediaType, ours.FieldsWrong, ours.RequestTimedOut]
    if spec.limits:
        found.append(TooManyRequests)
    if spec.conditional:
        found += [ours.InvalidHeader, Stale]
    if spec.idempotency != "none":
        found += [idempotency.BadIdempotencyKey, idempotency.IdempotencyInFlight, idempotency.IdempotencyKeyReused]
    if spec.is_shared_by_guests:
        found.append(idempotency.WeakIdempotencyKey)
    if spec.idempotency == "required":
        found.append(idempotency.MissingIdempotencyKey)
    return tuple(dict.fromkeys((*found, *spec.refusals)))


def is_tagged(spec: Spec) -> bool:
    """Whether the answer carries an ETag: what caches may keep, and every single object with a version."""
    return spec.public or _is_versioned(spec.out)


def tagged(spec: Spec) -> frozenset[int]:
    """The statuses whose answers carry an ETag."""
    schemas = {spec.status: spec.out, **spec.also}
    found = {status for status, schema in schemas.items() if spec.public or _is_versioned(schema)}
    return frozenset(found | ({304} if is_tagged(spec) else set()))


def _is_versioned(shape: Any) -> bool:
    parts = get_args(shape)
    schemas = parts if NoneType in parts else (shape,)
    return any(is_typeddict(each) and {"id", "version"} <= each.__required_keys__ for each in schemas)


def responses(spec: Spec) -> dict[int, dict[str, Any]]:
    """What the document says about each answer of a route, apart from the shape of a success."""
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for refusal in refusals_of(spec):
        by_status[status_of(refusal)].append(refusal)
    found = {status: _refused(spec, status, kinds) for status, kinds in by_status.items()}
    for status in (spec.status, *spec.also):
        found[status] = {"description": "Done.", "headers": _headers(spec, status)}
    if spec.moves:
        location = {**HEADERS["Location"], "description": "The product's current URL (relative)."}
        headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}, "Location": location}
        found[301] = {"description": "Moved permanently; there is no body.", "headers": headers}
    if spec.method == "GET" and is_tagged(spec):
        headers = _headers(spec, 304)
        found[304] = {
            "description": "Not modified: you have the current version. There is no body.",
            "headers": headers,
        }
    return dict(sorted(found.items()))


def _refused(spec: Spec, status: int, kinds: list[type[Refusal]]) -> dict[str, Any]:
    lines = [f"- `{kind.code}`: {kind.message}" for kind in kinds]
    return {
        "description": f"{NAMES[status]}.\n\n" + "\n".join(lines),
        "headers": _headers(spec, status),
        "content": {
            JSON: {
                "schema": {"$ref": "#/components/schemas/ErrorEnvelope"},
                "examples": {kind.code: {"$ref": f"#/components/examples/{kind.code}"} for kind in kinds},
            }
        },
    }


def _headers(spec: Spec, status: int) -> dict[str, Any]:
    names = ["X-Request-Id"]
    names += ["RateLimit", "RateLimit-Policy"] if spec.limits or status == 429 else []
    names += ["WWW-Authenticate"] if status == 401 else []
    names += ["Retry-After"] if status == 429 else []
    names += ["ETag"] if status in tagged(spec) else []
    names += ["Location"] if status == spec.status == 201 else []
    names += (
        ["Idempotent-Replayed"]
        if spec.idempotency != "none" and status in REPLAYABLE | {spec.status} | spec.also.keys() - {202}
        else []
    )
    found: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    if status == 409 and spec.idempotency != "none":
        found["Retry-After"] = {**HEADERS["Retry-After"], "required": False}
    if status == 503:
        said = "Seconds to wait. Absent with `too_slow`, where waiting does not help."
        found["Retry-After"] = {**HEADERS["Retry-After"], "required": False, "description": said}
    return found


def example(kind: type[Refusal]) -> Mapping[str, Any]:
    """An answer that says no in this way."""
    error: dict[str, Any] = {"code": kind.code, "message": kind.message, "field": None, "params": None}
    if kind is ours.FieldsWrong:
        error |= {"code": "required", "message": FIELD_SENTENCES["required"], "field": "email"}
    if issubclass(kind, Throttled | Unavailable):
        error["params"] = {"retry_after": 30} if issubclass(kind, Throttled) else None
    return {
        "success": False,
        "message": kind.message,
        "data": None,
        "errors": [error],
        "meta": {"request_id": EXAMPLE_REQUEST_ID},
    }
