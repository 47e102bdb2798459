"""Nothing that anybody sends is an error of ours: every field, parameter, header and id, with values that hurt."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests.contracts import abuse
from tests.contracts.callers import Caller, Request, able, good
from tests.contracts.operations import Operation, Schema, operations, resolved
from tests.rolled_back import RolledBack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_shop")]

ONE_OF_A_KIND = list({(each.is_public, each.needs_body): each for each in operations()}.values())


def first_of_each(found: Iterable[Sequence[Any]], kind: Callable[..., object]) -> list[Any]:
    """All of these; but only the first of each kind is in the default run, what goes the same way is exhaustive."""
    kinds: set[object] = set()
    shown = []
    for each in found:
        marks = [pytest.mark.exhaustive] if kind(*each) in kinds else []
        kinds.add(kind(*each))
        shown.append(pytest.param(*each, id="-".join(map(str, each)), marks=marks))
    return shown


def entrance(operation: Operation) -> object:
    """What decides how a request is received before anybody looks into it."""
    return operation.is_public, operation.needs_body, bool(operation.names("path"))


def properties(operation: Operation) -> Mapping[str, Schema]:
    """The fields of the operation's body."""
    found: Mapping[str, Schema] = resolved(operation.body or {}).get("properties", {})
    return found


def last(operation: Operation, name: str) -> str:
    return name


WITH_BODY = [operation for operation in operations() if operation.body is not None]
BODIES = first_of_each(((operation,) for operation in WITH_BODY), entrance)
ALL = first_of_each(((operation,) for operation in operations()), entrance)
ROWS = first_of_each(
    ((operation,) for operation in operations() if operation.names("path")), lambda each: tuple(each.names("path"))
)
PARAMETERS = first_of_each(((each, name) for each in operations() for name in each.names("query")), last)
HEADERS = first_of_each(
    [
        *((each, name) for each in operations() for name in each.names("header") if name != "Idempotency-Key"),
        *((each, name) for each in ONE_OF_A_KIND for name in ("Accept", "Authorization")),
    ],
    last,
)
KEYED = first_of_each(
    ((operation,) for operation in operations() if "Idempotency-Key" in operation.names("header")), entrance
)
UNHARMED = frozenset({200, 201, 202, 304, 400, 401, 402, 403, 404, 406, 409, 412, 413, 415, 422, 428})


@pytest.fixture
def ada(request: pytest.FixtureRequest) -> Caller:
    return able(request.node.callspec.params["operation"])


def wrongly(client: Client, requests: Iterable[tuple[str, Request]], allowed: Iterable[int]) -> list[tuple[str, int]]:
    """Which requests had another answer than allowed; each meets the same world."""
    statuses = [(name, status(client, request)) for name, request in requests]
    return [(name, found) for name, found in statuses if found not in allowed]


def status(client: Client, request: Request) -> int:
    with RolledBack():
        return request.answer(client).status_code


def bodies(request: Request, found: Mapping[str, bytes]) -> list[tuple[str, Request]]:
    return [(name, request.sending(body)) for name, body in found.items()]


def fields(request: Request, field: str, found: Iterable[tuple[str, object]]) -> list[tuple[str, Request]]:
    body = json.loads(request.body)
    return [(name, request.sending(body | {field: value})) for name, value in found]


@pytest.mark.parametrize("operation", BODIES)
def test_malformed_bodies_are_400(client: Client, ada: Caller, operation: Operation) -> None:
    requests = bodies(good(operation, ada), abuse.MALFORMED)

    assert wrongly(client, requests, [400]) == []


@pytest.mark.parametrize("operation", BODIES)
def test_bodies_of_another_shape_are_422(client: Client, ada: Caller, operation: Operation) -> None:
    requests = bodies(good(operation, ada), abuse.WRONG)

    assert wrongly(client, requests, [422]) == []


@pytest.mark.parametrize("operation", ALL)
def test_large_bodies_are_413(client: Client, ada: Caller, operation: Operation) -> None:
    requests = bodies(good(operation, ada), abuse.LARGE)

    assert wrongly(client, requests, [413]) == []


@pytest.mark.parametrize("operation", BODIES)
def test_other_content_types_are_415(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)
    requests = [(kind, replace(request, content_type=kind)) for kind in abuse.CONTENT_TYPES]

    assert wrongly(client, requests, [415]) == []


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_values_that_a_field_does_not_take_are_told_at_the_field(
    client: Client, ada: Caller, operation: Operation
) -> None:
    request = good(operation, ada)
    columns = {name: list(not_taken(schema)) for name, schema in properties(operation).items()}

    wrong = [
        (body, missed)
        for body in rounds(columns)
        if (missed := body.keys() - told(client, request.sending(json.loads(request.body) | body)))
    ]

    assert wrong == []


def not_taken(schema: Schema) -> Iterator[object]:
    for _, value in (*abuse.wrong_types(schema), *abuse.too_long(schema), *abuse.UNSTORABLE.items()):
        yield value


def rounds(columns: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """As many bodies as the longest column has values: each value of each column is in one of them."""
    most = max(map(len, columns.values()))
    return [{name: values[nth % len(values)] for name, values in columns.items()} for nth in range(most)]


def told(client: Client, request: Request) -> set[str]:
    """The fields of the body at which an answer 422 has a mistake."""
    with RolledBack():
        response = request.answer(client)
    errors = json.loads(response.content)["errors"] if response.status_code == 422 else []
    return {each["field"].partition(".")[0].partition("[")[0] for each in errors if each["field"]}


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_strange_texts_and_numbers_in_all_fields_break_nothing(
    client: Client, ada: Caller, operation: Operation
) -> None:
    request = good(operation, ada)
    values = {**abuse.TEXTS, **abuse.NUMBERS}
    requests = [(name, request.sending(dict.fromkeys(properties(operation), value))) for name, value in values.items()]

    assert wrongly(client, requests, UNHARMED) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("operation", "field"),
    [pytest.param(each, name, id=f"{each}-{name}") for each in WITH_BODY for name in properties(each)],
)
def test_strange_texts_and_numbers_in_a_field_break_nothing(
    client: Client, ada: Caller, operation: Operation, field: str
) -> None:
    values = [*abuse.TEXTS.items(), *abuse.NUMBERS.items()]

    assert wrongly(client, fields(good(operation, ada), field, values), UNHARMED) == []


@pytest.mark.parametrize("operation", ROWS)
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


@pytest.mark.parametrize(("operation", "header"), HEADERS)
def test_strange_headers_break_nothing(client: Client, ada: Caller, operation: Operation, header: str) -> None:
    request = good(operation, ada)
    requests = [(each, request.saying(**{header: each})) for each in abuse.HEADER_VALUES]

    assert wrongly(client, requests, UNHARMED) == []


@pytest.mark.parametrize("operation", ONE_OF_A_KIND, ids=str)
def test_strange_headers_of_no_route_are_let_pass(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)
    requests = [(each, request.saying(**dict.fromkeys(abuse.HEADERS, each))) for each in abuse.HEADER_VALUES]

    assert wrongly(client, requests, [operation.success]) == []


@pytest.mark.parametrize("operation", KEYED)
def test_strange_idempotency_keys_break_nothing(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)

    statuses = {key: request.saying(Idempotency_Key=key).answer(client).status_code for key in abuse.KEYS}

    assert [(key, status) for key, status in statuses.items() if status not in UNHARMED | {429}] == []
    assert [statuses[key] for key in abuse.NO_KEYS] == [400] * len(abuse.NO_KEYS)


@pytest.mark.parametrize("operation", BODIES)
def test_a_hostile_body_gets_a_small_answer(client: Client, ada: Caller, operation: Operation) -> None:
    request = good(operation, ada)

    many = request.sending(abuse.WRONG["1,000 keys"]).answer(client)
    long = request.sending(abuse.WRONG["a key of half a MiB"]).answer(client)

    assert len(many.content) < 40_000
    assert len(long.content) < 4_000
