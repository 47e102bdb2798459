"""A route's declaration as an OpenAPI operation: typed envelope, parameters, an example of its body."""

import inspect
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field, create_model

from shop.kernel.ids import Prefix
from shop.platform.http.conditions import LONGEST_HEADER, TAGS
from shop.platform.http.envelope import JSON, METAS, ErrorOut
from shop.platform.http.responses import is_tagged, responses
from shop.platform.http.spec import Spec
from shop.platform.idempotency import UNGUESSABLE

MERGED = (
    "A merge-patch (RFC 7396): at every depth what is absent stays and null clears. `application/merge-patch+json` is "
    "accepted too."
)
KEY = r'^("([ !#-\[\]-~]|\\["\\])+"|[!#-+\--~]([ -+\--~]*[!-+\--~])?)$'

_models: dict[str, type[BaseModel]] = {}


def described(spec: Spec, route: Callable[..., Any]) -> dict[str, Any]:
    """What Ninja is told about a route, apart from its path, method, precheck and id.

    The first line of the route's docstring is the summary: verb and noun. The sentences below it are the description.
    """
    summary, _, description = inspect.cleandoc(route.__doc__ or "").partition("\n")
    return {
        "summary": summary.rstrip("."),
        "description": description.strip(),
        "response": {
            status: envelope_of(out, priced=spec.priced) for status, out in {spec.status: spec.out, **spec.also}.items()
        },
        "openapi_extra": _extra(spec),
    }


def envelope_of(out: Any, *, priced: bool = False) -> type[BaseModel]:
    """The envelope around one shape, as a model with a name of its own: UserOut → UserEnvelope."""
    name = _name(out) + "Envelope"
    if name not in _models:
        meta = METAS[get_origin(out) is list, priced]
        fields: dict[str, Any] = {
            "success": (Literal[True], ...),
            "message": (Annotated[str, Field(description="For people.")], ...),
            "data": (out, ...),
            "errors": (Annotated[list[ErrorOut], Field(max_length=0, description="Empty.")], ...),
            "meta": (meta, ...),
        }
        _models[name] = create_model(name, __doc__="A success.", **fields)
    return _models[name]


def _name(out: Any) -> str:
    if out is None or out is type(None):
        return "Empty"
    if get_origin(out) is list:
        return _name(get_args(out)[0]) + "List"
    if type(None) in get_args(out):
        return _name(get_args(out)[0]) + "OrNull"
    return str(out.__name__).removesuffix("Out")


def _extra(spec: Spec) -> dict[str, Any]:
    extra: dict[str, Any] = {"responses": responses(spec), "parameters": _headers(spec)}
    if spec.body is not None:
        extra["requestBody"] = {"content": {JSON: {"example": spec.example or example_of(spec.body)}}}
        if spec.method == "PATCH":
            extra["requestBody"]["description"] = MERGED
        if spec.body_optional:
            extra["requestBody"]["required"] = False
    scheme: dict[str, list[str]] = {"staff" if spec.is_admin else "bearer": []}
    extra["security"] = [scheme] if spec.needs != "anyone" else [{}, scheme]
    if spec.permission:
        extra["x-permission"] = spec.permission
    return extra


def example_of(body: type[BaseModel]) -> dict[str, Any]:
    """A body made of the examples of its fields; a field without one is left out."""
    found = {}
    for name, field in body.model_json_schema()["properties"].items():
        for shown in (field, *field.get("anyOf", ())):
            known = shown.get("examples") or [shown[key] for key in ("const", "example") if key in shown]
            if known:
                found[name] = known[0]
    return found


def _headers(spec: Spec) -> list[dict[str, Any]]:
    found = []
    if spec.idempotency != "none":
        said = (
            "1 to 255 printable ASCII characters; put it in double quotes if it contains a comma. Repeating a request "
        )
        said += "with the same key returns the first answer without a second effect."
        said += f" Guests need at least {UNGUESSABLE} characters." if spec.is_shared_by_guests else ""
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": KEY}
        found.append(_header("Idempotency-Key", said, schema, required=spec.idempotency == "required"))
    if spec.conditional:
        said = "The `ETag` you last read. If the object has changed since, the request is refused with 412."
        schema = {"type": "string", "maxLength": LONGEST_HEADER, "pattern": TAGS, "examples": [_tag(spec.path)]}
        found.append(_header("If-Match", said, schema))
    if spec.method == "GET" and is_tagged(spec):
        said = "The `ETag` you have. If it is still current, the answer is 304. A malformed value is ignored."
        found.append(_header("If-None-Match", said, {"type": "string"}))
    return found


def _tag(path: str) -> str:
    """The ETag of the object that a path is about: the first that it names, else the account."""
    named = re.search(r"{(\w+)_id}", path)
    return f'"{Prefix[named[1].upper() if named else "USER"]}_01hzxk3v9q8m2n4p6r7s8t9v0w.3"'


def _header(name: str, description: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}
