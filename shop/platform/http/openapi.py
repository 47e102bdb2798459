"""The OpenAPI 3.1 document and the page of error codes, both made from the routes' declarations."""

import json
import pkgutil
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string
from pydantic.json_schema import models_json_schema

import shop
from shop.kernel.errors import Refusal, catalogue
from shop.kernel.ids import Prefix
from shop.platform.http.envelope import JSON, ErrorEnvelope
from shop.platform.http.fields import FIELD_FACTS, FIELD_SENTENCES
from shop.platform.http.refusals import MethodNotAllowed, status_of
from shop.platform.http.responses import HEADERS, NAMES, example
from shop.platform.http.samples import samples
from shop.platform.settings import shop_settings

SHOWN_ID = "^[a-z]{3}_[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$"

EXAMPLE_ID = "01hzxk3v9q8m2n4p6r7s8t9v0w"

EXAMPLE_BASE = "https://api.example.com"
"""The shop of the document in docs/api: it says an address of its own in place of this when it serves it."""

SHARED = frozenset({401, 406, 413, 415, 429, 500, 503})
"""Statuses whose responses say much the same for every operation."""

APART = frozenset({"migrations", "management", "project"})
"""Modules that define no refusals and do something when they are imported."""


@cache
def _built() -> dict[str, Any]:
    api = import_string(shop_settings().api)
    document: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    components = document["components"]
    _, errors = models_json_schema([(ErrorEnvelope, "serialization")], ref_template="#/components/schemas/{model}")
    components["schemas"] = dict(sorted({**components["schemas"], **errors["$defs"]}.items()))
    _explain(components["schemas"], _glossary(api.glossary))
    components["headers"] = HEADERS
    refused = json.loads(api.refused.read_text()) if api.refused and api.refused.exists() else {}
    components["examples"] = {kind.code: {"value": refused.get(kind.code) or example(kind)} for kind in _reachable()}
    components["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The `access_token` of a login. Cookies are never used for authentication.",
        },
        "staff": {
            "type": "http",
            "scheme": "bearer",
            "description": "The `access_token` of `POST /admin/auth/login`. It opens `/admin` and nothing else.",
        },
    }
    for item in document["paths"].values():
        for operation in item.values():
            _finish(operation)
            _show(operation, api.examples)
            _sample(operation, api.samples)
            if operation["operationId"] in api.guides:
                operation["externalDocs"] = dict(api.guides[operation["operationId"]])
    _link(document["paths"])
    components["responses"] = _shared_responses(document["paths"])
    _drop_unused(document)
    document["servers"] = [{"url": "/", "description": "This installation."}]
    return document


def document() -> dict[str, Any]:
    """The OpenAPI document; a copy, free to change."""
    return deepcopy(_built())


def _finish(operation: dict[str, Any]) -> None:
    operation["responses"] = {str(status): each for status, each in sorted(operation["responses"].items())}
    for parameter in operation.get("parameters", ()):
        _finish_parameter(parameter)
    if not operation.get("parameters"):
        operation.pop("parameters", None)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "allOf" in content["schema"]:  # Ninja wraps a body that may be absent
            content["schema"] = content["schema"]["allOf"][0]


def _glossary(file: Path | None) -> dict[str, dict[str, str]]:
    return tomllib.loads(file.read_text()) if file else {}


def _explain(schemas: dict[str, Any], glossary: dict[str, dict[str, str]]) -> None:
    """Every property that says nothing about itself says what the glossary has: for its schema, else for its name.

    What staff sees of an object, AdminOrderOut, means the same as what everybody sees of it, OrderOut.
    """
    everywhere = glossary.get("everywhere", {})
    for schema_name, schema in schemas.items():
        said = everywhere | glossary.get(schema_name.removeprefix("Admin"), {}) | glossary.get(schema_name, {})
        for name, found in schema.get("properties", {}).items():
            inside = [each.pop("description", None) for each in found.get("anyOf", ())]
            own = found.get("description") or next(filter(None, inside), None) or said.get(name)
            if own:
                found["description"] = own


def _show(operation: dict[str, Any], folder: Path | None) -> None:
    """Each success shows what was recorded of it (tests/contracts/examples.py), and says what its `message` says."""
    file = folder / f"{operation['operationId']}.json" if folder else None
    recorded = json.loads(file.read_text()) if file and file.exists() else {}
    for status, answer in recorded.items():
        response = operation["responses"].get(status, {})
        for content in response.get("content", {}).values():
            content["example"], response["description"] = answer, answer["message"]


def _sample(operation: dict[str, Any], folder: Path | None) -> None:
    """Where there is code that calls it, the operation shows it, as ReDoc reads it."""
    file = folder / f"{operation['operationId']}.md" if folder else None
    if file and file.exists():
        operation["x-codeSamples"] = samples(file)


def _link(paths: dict[str, Any]) -> None:
    """What is made by a POST says which operations its id is for: those of the path below, with no other parameter."""
    for path, item in paths.items():
        created = item.get("post", {}).get("responses", {}).get("201")
        below = [each for each in paths if each.startswith(f"{path}/{{") and each.count("{") == 1]
        links = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "description": operation["summary"] + ".",
                "parameters": {each[len(path) + 2 : each.index("}")]: "$response.body#/data/id"},
            }
            for each in below
            for operation in paths[each].values()
        }
        if created and links:
            created["links"] = links


def _shared_responses(paths: dict[str, Any]) -> dict[str, Any]:
    """Responses that stand in several operations become components; the operations refer to them."""
    alike: dict[str, list[tuple[dict[str, Any], str]]] = defaultdict(list)
    for item in paths.values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if int(status) in SHARED:
                    alike[json.dumps([status, response], sort_keys=True)].append((operation["responses"], status))
    told = {key: _told(json.loads(key)[1]) for key in alike}
    found = {}
    for key, places in sorted(alike.items()):
        status, response = json.loads(key)
        always = set.intersection(*(told[each] for each in alike if json.loads(each)[0] == status))
        words = [NAMES[int(status)], *sorted(told[key] - always)]
        name = "".join(word.capitalize() for each in words for word in each.replace("_", " ").split())
        if len(places) > 1:
            found[name] = response
            for responses, _ in places:
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    return found


def _told(response: dict[str, Any]) -> set[str]:
    """What tells a response of a status from another one: its codes, and whether it is limited."""
    return {*response["content"][JSON]["examples"], *(["limited"] if "RateLimit" in response["headers"] else ())}


def _finish_parameter(parameter: dict[str, Any]) -> None:
    """A parameter has its words once, and no null: what is not sent is absent."""
    schema = parameter["schema"]
    present = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    for each in present:
        schema |= each
    schema.pop("description", None)
    parameter.pop("examples", None)  # they stand in the schema
    if parameter["in"] == "path" and parameter["name"].endswith("_id"):
        prefix = _prefix(parameter["name"].removesuffix("_id"))
        parameter.setdefault("description", f"The id from the API: `{prefix}_…`.")
        pattern = SHOWN_ID.replace("[a-z]{3}", prefix)
        parameter["schema"] |= {"pattern": pattern, "minLength": 30, "maxLength": 30}
        parameter["example"] = f"{prefix}_{EXAMPLE_ID}"


def _prefix(thing: str) -> str:
    """The prefix of the ids of what a path names. KeyError when there is none: name the parameter as in Prefix."""
    return Prefix[{"code": "DISCOUNT_CODE", "customer": "USER"}.get(thing, thing.upper())]


def _drop_unused(document: dict[str, Any]) -> None:
    """No component is left that nothing refers to."""
    components, dropped = document["components"], True
    while dropped:
        wanted = set(_references(document))
        dropped = False
        for kind in ("schemas", "responses", "headers", "examples"):
            kept = {name: each for name, each in components[kind].items() if f"#/components/{kind}/{name}" in wanted}
            dropped |= len(kept) < len(components[kind])
            components[kind] = kept


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def error_rows() -> Iterator[tuple[int, str, str]]:
    """Every error code as (HTTP status, code, meaning), sorted."""
    rows = {(status_of(kind), kind.code, kind.message) for kind in _reachable()}
    rows |= {(422, code, sentence) for code, sentence in FIELD_SENTENCES.items()}
    return iter(sorted(rows))


def _reachable() -> Iterator[type[Refusal]]:
    """Those of every layer, also where nobody has imported them yet: the page is the same whoever writes it."""
    for module in pkgutil.walk_packages(shop.__path__, "shop."):
        if not APART.intersection(module.name.split(".")):
            import_module(module.name)
    return (kind for kind in catalogue() if kind.__module__.startswith("shop."))


def errors_page() -> str:
    """docs/api/errors.md: the catalogue of error codes."""
    shown = document()["components"]["examples"]
    sent = {*shown, MethodNotAllowed.code}
    facts = {code: _facts(each["value"]) for code, each in shown.items()}
    kinds = [(status_of(kind), kind.code, kind.message) for kind in _reachable()]
    of_fields = [(422, code, sentence) for code, sentence in FIELD_SENTENCES.items()]
    return (
        "# Errors\n\n"
        "Every failure is an envelope with `success: false` and at least one entry in `errors`. Branch on `code`; "
        "`message` is for people and may be translated. `params` has the values behind the message.\n\n"
        "Generated by `make openapi`.\n\n"
        f"## Requests\n\n{_table((each for each in kinds if each[1] in sent), facts)}\n"
        "## Fields\n\n"
        "What is wrong with a field: `field` is its dotted path in the body. In a query or a header the status is "
        "400, the code `invalid_parameter` or `invalid_header`, and `params.reason` one of these.\n\n"
        f"{_table(of_fields, FIELD_FACTS)}\n"
        "## Back office and imports\n\n"
        "No call of the API is refused with these today.\n\n"
        f"{_table((each for each in kinds if each[1] not in sent), {})}"
    )


def _facts(answer: dict[str, Any]) -> tuple[str, ...]:
    """The names of the `params` of an example."""
    return tuple(dict.fromkeys(name for error in answer["errors"] for name in error["params"] or ()))


def _table(rows: Iterable[tuple[int, str, str]], facts: Mapping[str, tuple[str, ...]]) -> str:
    lines = ["| Status | Code | Meaning | `params` |", "|---|---|---|---|"]
    for status, code, meaning in sorted(rows):
        names = ", ".join(f"`{each}`" for each in facts.get(code, ()))
        lines.append(f"| {status} | `{code}` | {meaning} | {names} |".replace("|  |", "| |"))
    return "\n".join(lines) + "\n"
