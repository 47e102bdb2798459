"""Nothing that anybody sends is an error of ours: every field, parameter, header and id, with values that hurt."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from django.test import Client

from tests.contracts import abuse
from tests.contracts.operations import Operation, Schema, operations, resolved
from tests.contracts.world import Caller, Request, caller, good
from tests.undone import Undone

pytestmark = pytest.mark.django_db

WITH_BODY = [operation for operation in operations() if operation.body is not None]
FIELDS = [
    pytest.param(operation, name, schema, id=f"{operation}-{name}")
    for operation in WITH_BODY
    for name, schema in resolved(operation.body or {}).get("properties", {}).items()
]
WITH_ROW = [operation for operation in operations() if operation.names("path")]
PARAMETERS = [
    pytest.param(operation, name, id=f"{operation}-{name}")
    for operation in operations()
    for name in operation.names("query")
]
HEADERS = [
    pytest.param(operation, name, id=f"{operation}-{name}")
    for operation in operations()
    for name in operation.names("header")
    if name != "Idempotency-Key"
]
ONE_OF_A_KIND = list({(each.is_public, each.needs_body): each for each in operations()}.values())
WITH_KEY = [operation for operation in operations() if "Idempotency-Key" in operation.names("header")]
UNHARMED = frozenset({200, 201, 202, 304, 400, 401, 402, 403, 404, 406, 409, 412, 413, 415, 422, 428})


@pytest.fixture
def ada() -> Caller:
    return caller("ada@example.com")


def wrongly(client: Client, requests: Iterable[tuple[str, Request]], allowed: Iterable[int]) -> list[tuple[str, int]]:
    """Which requests had another answer than allowed; each meets the same world."""
    statuses = [(name, status(client, request)) for name, request in requests]
    return [(name, found) for name, found in statuses if found not in allowed]


def status(client: Client, request: Request) -> int:
    with Undone():
        return request.answer(client).status_code


def bodies(request: Request, found: Mapping[str, bytes]) -> list[tuple[str, Request]]:
    return [(name, request.sending(body)) for name, body in found.items()]


def fields(request: Request, field: str, found: Iterable[tuple[str, object]]) -> list[tuple[str, Request]]:
    body = json.loads(request.body)
    return [(name, request.sending(body | {field: value})) for name, value in found]


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_malformed_bodies_are_400(client: Client, ada: Caller, operation: Operation) -> None:
    requests = bodies(good(operation, ada), abuse.MALFORMED)

    assert wrongly(client, requests, [400]) == []


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_bodies_of_another_shape_are_422(client: Client, ada: Caller, operation: Operation) -> None:
    requests = bodies(good(operation, ada), abuse.WRONG)

    assert wrongly(client, requests, [422]) == []


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_large_bodies_are_413(client: Client, ada: Caller, operation: Operation) -> None:
    requests = bodies(good(operation, ada), abuse.LARGE)

    assert wrongly(client, requests, [413]) == []


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_other_content_types_are_415(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)
    requests = [(kind, replace(request, content_type=kind)) for kind in abuse.CONTENT_TYPES]

    assert wrongly(client, requests, [415]) == []


@pytest.mark.parametrize(("operation", "field", "schema"), FIELDS)
def test_values_that_a_field_does_not_take_are_422(
    client: Client, ada: Caller, operation: Operation, field: str, schema: Schema
) -> None:
    values = [*abuse.wrong_types(schema), *abuse.too_long(schema), *abuse.UNSTORABLE.items()]

    assert wrongly(client, fields(good(operation, ada), field, values), [422]) == []


@pytest.mark.parametrize(("operation", "field", "schema"), FIELDS)
def test_strange_texts_and_numbers_in_a_field_break_nothing(
    client: Client, ada: Caller, operation: Operation, field: str, schema: Schema
) -> None:
    values = [*abuse.TEXTS.items(), *abuse.NUMBERS.items()]

    assert wrongly(client, fields(good(operation, ada), field, values), UNHARMED) == []


@pytest.mark.parametrize("operation", WITH_ROW, ids=str)
def test_ids_that_are_none_are_404(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)
    requests = [
        (f"{shown}: {each}", replace(request, path="/".join(each if part == shown else part for part in parts)))
        for parts in [request.path.split("/")]
        for shown in named_parts(operation, parts)
        for each in abuse.IDS
    ]

    assert wrongly(client, requests, [404]) == []


def named_parts(operation: Operation, parts: list[str]) -> list[str]:
    """The parts of a path that stand where the operation has parameters."""
    return [part for part, said in zip(parts, operation.path.split("/"), strict=True) if said.startswith("{")]


@pytest.mark.parametrize(("operation", "name"), PARAMETERS)
def test_strange_parameters_break_nothing(client: Client, ada: Caller, operation: Operation, name: str) -> None:
    request = good(operation, ada)
    requests = [(each, replace(request, query=f"{name}={each}")) for each in abuse.PARAMETERS]

    assert wrongly(client, requests, [200, 400]) == []


@pytest.mark.parametrize(
    ("operation", "header"),
    [*HEADERS, *((each, name) for each in ONE_OF_A_KIND for name in ("Accept", "Authorization"))],
    ids=str,
)
def test_strange_headers_break_nothing(client: Client, ada: Caller, operation: Operation, header: str) -> None:
    request = good(operation, ada)
    requests = [(each, request.saying(**{header: each})) for each in abuse.HEADER_VALUES]

    assert wrongly(client, requests, UNHARMED) == []


@pytest.mark.parametrize("operation", ONE_OF_A_KIND, ids=str)
def test_strange_headers_of_no_route_are_let_pass(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)
    requests = [(each, request.saying(**dict.fromkeys(abuse.HEADERS, each))) for each in abuse.HEADER_VALUES]

    assert wrongly(client, requests, [operation.success]) == []


@pytest.mark.parametrize("operation", WITH_KEY, ids=str)
def test_strange_idempotency_keys_break_nothing(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)

    statuses = {key: request.saying(Idempotency_Key=key).answer(client).status_code for key in abuse.KEYS}

    assert [(key, status) for key, status in statuses.items() if status not in UNHARMED | {429}] == []
    assert [statuses[key] for key in abuse.NO_KEYS] == [400] * len(abuse.NO_KEYS)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_a_hostile_body_gets_a_small_answer(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)

    many = request.sending(abuse.WRONG["1,000 keys"]).answer(client)
    long = request.sending(abuse.WRONG["a key of half a MiB"]).answer(client)

    assert len(many.content) < 40_000
    assert len(long.content) < 4_000
