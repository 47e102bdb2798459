"""Every answer of the API that any test gets is held against the OpenAPI document.

The middleware stands around the API's own (API_MIDDLEWARE), so that it sees what leaves, whoever asked. An answer that
the document does not promise raises, and so fails the test that caused it.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import jsonschema_rs
from django.http import HttpRequest, HttpResponse

from shop.platform.http.fields import FIELD_SENTENCES
from tests.contracts.operations import API, JSON, Operation, at, components, resolved

KEYS = ["success", "message", "data", "errors", "meta"]
BEFORE_ROUTES = frozenset({400, 404, 406, 413})
"""What is refused before it is known which route is meant."""
EVERYWHERE = frozenset(
    {
        "cache-control",
        "content-language",
        "content-length",
        "content-security-policy",
        "content-type",
        "referrer-policy",
        "strict-transport-security",
        "vary",
        "x-content-type-options",
        "x-frame-options",
        "access-control-allow-origin",
        "access-control-expose-headers",
    }
)
"""Headers that HTTP and Fetch define for every answer; the document names those that mean something for a route."""
PLANTED = "planted-"
"""A test that wants an answer 500 says so: its X-Request-Id begins with this."""


class Undocumented(AssertionError):
    """The API gave an answer that its document does not promise."""


class Conforming:
    """Lets every answer through that keeps the document's promises."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        method = request.method or ""
        response = self.get_response(request)
        if request.path.startswith(API):
            found = list(faults(method, request.path, response))
            if found:
                said = f"{method} {request.path} → {response.status_code}: {'; '.join(found)}"
                raise Undocumented(f"{said}\n{response.content[:2000]!r}")
        return response


def faults(method: str, path: str, response: HttpResponse) -> Iterator[str]:
    """What is wrong with an answer, as sentences; nothing for one that the document promises."""
    status, headers = response.status_code, {name.lower(): value for name, value in response.headers.items()}
    known = at(path)
    operation = next((each for each in known if each.method == {"HEAD": "GET"}.get(method, method)), None)
    if "access-control-allow-methods" in headers:  # a preflight, which is the browser's own question (Fetch, 4.8)
        return
    if status == 500 and not headers.get("x-request-id", "").startswith(PLANTED):
        yield "something went wrong that nobody foresaw"
    if operation is None:
        yield from _unrouted(method, status, headers, known)
        yield from _envelope(method, status, headers, response.content, "EmptyEnvelope" if status == 200 else None)
        return
    promised = operation.said["responses"].get(str(status))
    if promised is None:
        yield f"the status is not documented for {operation.id}"
        return
    promised = resolved(promised)
    yield from _headers(headers, promised.get("headers", {}))
    content = promised.get("content", {})
    if not content:
        if response.content:
            yield "a body where none is documented"
    elif headers.get("content-type") not in content:
        yield f"the content type is {headers.get('content-type')!r}"
    elif headers["content-type"] == JSON:
        name = content[JSON]["schema"]["$ref"].rpartition("/")[2]
        yield from _envelope(method, status, headers, response.content, name, operation=operation)


def _unrouted(method: str, status: int, headers: dict[str, str], known: list[Operation]) -> Iterator[str]:
    """An answer where the document knows no operation: nothing is there, or another method is."""
    allowed = {each.method for each in known} | {"OPTIONS"}
    allowed |= {"HEAD"} if "GET" in allowed else set()
    if status in (405, 200):
        if {each.strip() for each in headers.get("allow", "").split(",")} != allowed:
            yield f"Allow is {headers.get('allow')!r}"
        if status == 200 and method != "OPTIONS":
            yield "an operation that the document does not know"
    elif status not in BEFORE_ROUTES or (status == 404 and known):
        yield "the status fits no unknown address and no unknown method"


def _headers(headers: dict[str, str], promised: dict[str, Any]) -> Iterator[str]:
    known = {name.lower(): resolved(said) for name, said in promised.items()}
    yield from (f"{name} is missing" for name, said in known.items() if said.get("required") and name not in headers)
    yield from (f"{name} is not documented" for name in headers if name not in EVERYWHERE | known.keys())
    for name in headers.keys() & known.keys():
        schema, value = known[name]["schema"], headers[name]
        if not _header(json.dumps(schema)).is_valid(int(value) if schema["type"] == "integer" else value):
            yield f"{name} is {value!r}"


@cache
def _header(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schema)


def _envelope(
    method: str,
    status: int,
    headers: dict[str, str],
    content: bytes,
    name: str | None,
    *,
    operation: Operation | None = None,
) -> Iterator[str]:
    if method == "HEAD":
        if content:
            yield "a body for HEAD"
        return
    if headers.get("content-type") != JSON:
        yield f"the content type is {headers.get('content-type')!r}"
        return
    body = json.loads(content)
    if list(body) != KEYS or list(body["meta"])[-1] != "request_id":
        yield "the keys of the envelope or their order"
        return
    yield from (f"{'.'.join(map(str, each.instance_path))}: {each.message}" for each in _errors(name, body))
    if body["success"] != (200 <= status < 300):
        yield "success does not fit the status"
    if body["meta"]["request_id"] != headers.get("x-request-id"):
        yield "the request id differs from the header's"
    if operation is not None and not body["success"]:
        declared = operation.codes(status)
        declared |= FIELD_SENTENCES.keys() if "invalid" in declared or "invalid_parameter" in declared else set()
        yield from (f"{each['code']} is not declared" for each in body["errors"] if each["code"] not in declared)


def _errors(name: str | None, body: object) -> Iterator[jsonschema_rs.ValidationError]:
    return _validator(name or "ErrorEnvelope").iter_errors(body)


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    schemas = deepcopy(components()["schemas"])
    _close(schemas)
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def _close(node: Any) -> None:
    """The document leaves room for more; an answer of today has no key that is not documented today."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
        for each in node.values():
            _close(each)
    elif isinstance(node, list):
        for each in node:
            _close(each)
