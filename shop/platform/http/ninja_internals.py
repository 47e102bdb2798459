"""What the shop uses of django-ninja without being promised it: all of it stands here, a function for each.

Ninja has no hook for how an operation runs, nor does it say which query parameters one has. requirements.in pins the
version for this; a test names it, and says what to look at when it changes.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.operation import Operation
from pydantic import BaseModel

VERSION = "1.7"
"""Of which the names below were read."""

NO_RESPONSE = HttpResponse()
"""For Ninja, which hands a response to views that ask for one; routers don't."""


def operation_of(view: Callable[..., Any]) -> Operation:
    """What Ninja has made of a view that was added to a router."""
    return cast(Operation, view._ninja_operation)  # type: ignore[attr-defined]


def operations(api: NinjaAPI) -> Iterator[Operation]:
    """Every operation of the API. Its URLs call `run` of these objects."""
    for router in api._get_bound_routers():
        for path in router.path_operations.values():
            yield from path.operations


def run_by(run: Callable[..., HttpResponse], operation: Operation) -> None:
    """Let a function run the operation, in place of Ninja's own."""
    operation.run = run  # type: ignore[method-assign]


def prechecks(operation: Operation) -> list[Callable[[HttpRequest], object]]:
    """What was given as `auth`."""
    return list(operation.auth_callbacks)


def arguments(operation: Operation, request: HttpRequest, path: dict[str, Any]) -> dict[str, Any]:
    """What the view is called with: path, query, headers and body, parsed. Raises Ninja's ValidationError."""
    return operation._get_values(request, path, NO_RESPONSE) if operation.models else {}


def source(model: type[BaseModel]) -> str:
    """Where the fields of a model of parameters stand: path, query, header, body."""
    return str(model.__ninja_param_source__)  # type: ignore[attr-defined]


def query_parameters(operation: Operation) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the query parameters that may come once, and of those that may be repeated."""
    for model in operation.models:
        if source(model) == "query":
            names = frozenset(getattr(model, "__ninja_flatten_map__", ()))
            repeated = frozenset(getattr(model, "__ninja_collection_fields__", ()))
            return names - repeated, repeated
    return frozenset(), frozenset()
