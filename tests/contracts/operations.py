"""What the OpenAPI document says, as tests ask it: every operation is found there, none is listed by hand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from shop.platform.http.openapi import document

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
JSON = "application/json"
API = "/api/v1/"

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    said: Schema

    def __str__(self) -> str:
        return self.id

    @cached_property
    def parameters(self) -> list[Schema]:
        return [resolved(each) for each in self.said.get("parameters", ())]

    @cached_property
    def body(self) -> Schema | None:
        """The schema of the body, None for operations without one."""
        content = self.said.get("requestBody", {}).get("content", {})
        return resolved(content[JSON]["schema"]) if JSON in content else None

    @property
    def example(self) -> Any:
        """The body of the example."""
        return self.said["requestBody"]["content"][JSON]["example"]

    @property
    def needs_body(self) -> bool:
        return bool(self.said.get("requestBody", {}).get("required", False))

    @property
    def is_public(self) -> bool:
        return {} in self.said["security"]

    @property
    def success(self) -> int:
        """The status of the answer when all goes well for the first time: 201 where something can be made."""
        found = [int(status) for status in self.said["responses"] if status.startswith("2")]
        return 201 if 201 in found else min(found)

    @property
    def is_admin(self) -> bool:
        return self.path.startswith(f"{API}admin/")

    @property
    def permission(self) -> str | None:
        """The permission key that staff needs."""
        key: str | None = self.said.get("x-permission")
        return key

    def names(self, place: str) -> list[str]:
        """The names of the parameters that stand in the path, the query or the headers."""
        return [each["name"] for each in self.parameters if each["in"] == place]

    def codes(self, status: int) -> frozenset[str]:
        """The error codes that are declared for a status."""
        content = resolved(self.said["responses"].get(str(status), {})).get("content", {})
        return frozenset(content.get(JSON, {}).get("examples", ()))

    def codes_of_all(self) -> frozenset[str]:
        """The error codes that are declared for any status."""
        return frozenset().union(*(self.codes(int(status)) for status in self.said["responses"]))

    def matches(self, path: str) -> bool:
        return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", self.path), path) is not None


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the document, in its order."""
    return tuple(
        Operation(said["operationId"], method.upper(), path, said)
        for path, item in document()["paths"].items()
        for method, said in item.items()
        if method in METHODS
    )


def at(path: str) -> list[Operation]:
    """The operations behind an address: of the literal path if there is one, else of the template that fits."""
    path = path.rstrip("/")
    return [each for each in operations() if each.path == path] or [each for each in operations() if each.matches(path)]


@cache
def components() -> Schema:
    found: Schema = document()["components"]
    return found


def resolved(schema: Schema) -> Schema:
    """What a reference stands for."""
    while "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        schema = components()[kind][name]
    return schema


def leaves(schema: Schema, place: str) -> Iterator[tuple[str, Schema]]:
    """Every schema at and below one that has no parts of its own, with its place; references are followed once."""
    yield from _leaves(schema, place, frozenset())


def _leaves(schema: Schema, place: str, seen: frozenset[str]) -> Iterator[tuple[str, Schema]]:
    if "$ref" in schema:
        if schema["$ref"] not in seen:
            yield from _leaves(resolved(schema), place, seen | {schema["$ref"]})
        return
    parts = [(f"{place}.{name}", each) for name, each in schema.get("properties", {}).items()]
    within = [key for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    parts += [(f"{place}.{key}", schema[key]) for key in within]
    if "propertyNames" in schema:
        parts.append((f"{place}.propertyNames", {"type": "string", **schema["propertyNames"]}))
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        parts += [(place, each) for each in schema.get(key, ())]
    for name, each in parts:
        yield from _leaves(each, name, seen)
    if not parts:
        yield place, schema
