"""The OpenAPI document: committed as the code says it, valid, complete, typed to the last leaf, its examples true."""

import ast
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.core.management import call_command
from django.utils.module_loading import import_string
from openapi_spec_validator import OpenAPIV31SpecValidator

from shop.kernel.errors import Invalid, Refusal
from shop.platform.http.fields import FIELD_SENTENCES
from shop.platform.http.openapi import document, error_rows
from shop.platform.settings import shop_settings
from tests.contracts.operations import JSON, Operation, Schema, components, leaves, operations, resolved

ROOT = Path(__file__).resolve().parents[2]
WITH_BODY = [operation for operation in operations() if operation.body is not None]
UNDECLARED = {
    "method_not_allowed": "is about a method that the document does not know",
    "precondition_required": "waits for the first route that insists on If-Match",
    **dict.fromkeys(
        (
            "amount_too_large",
            "animation_not_redrawn",
            "category_in_itself",
            "compare_at_not_higher",
            "invalid_amount",
            "invalid_stock_quantity",
            "not_a_picture",
            "options_differ",
            "sku_taken",
            "slug_taken",
            "stock_reserved",
            "text_too_long",
            "tree_too_deep",
        ),
        "is said by the admin and by the importer",
    ),
    "refund_too_large": "waits for the first route that gives money back",
    "address_refused": "waits for the first address that a client names",
}
"""Codes of the catalogue that no route declares, and why."""


def test_what_is_committed_is_what_the_code_says() -> None:
    call_command("openapi", check=True, folder=ROOT / "docs/api", stdout=None)


def test_openapi_spec_validator_finds_it_valid() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_the_meta_schema_of_openapi_3_1_finds_it_valid() -> None:
    schema = files("openapi_spec_validator").joinpath("resources/schemas/v3.1/schema.json").read_text()
    validator = jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)

    assert [each.message for each in validator.iter_errors(document())] == []


def test_every_schema_is_a_schema() -> None:
    wrong = [name for name, schema in components()["schemas"].items() if not jsonschema_rs.meta.is_valid(schema)]

    assert wrong == []


def test_every_route_is_in_the_document() -> None:
    api = import_string(shop_settings().api)
    routes = {
        (method, "/api/v1" + re.sub(r"\{\w+:", "{", path))
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }

    assert {(operation.method, operation.path) for operation in operations()} == routes


def test_operation_ids_are_unique_and_begin_with_a_verb() -> None:
    ids = [operation.id for operation in operations()]

    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in ids if not re.fullmatch("[a-z]+([A-Z][a-z]+)*", name)] == []


def test_every_tag_is_described_and_used() -> None:
    described = {tag["name"]: tag["description"] for tag in document()["tags"]}

    assert set(described) == {tag for operation in operations() for tag in operation.said["tags"]}
    assert all(described.values())


def test_every_tag_stands_in_one_group() -> None:
    grouped = [tag for group in document()["x-tagGroups"] for tag in group["tags"]]

    assert sorted(grouped) == sorted(tag["name"] for tag in document()["tags"])


NAME = re.compile(r"[A-Z][a-z]+( [\w'-]+){1,3}")


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_the_summary_is_a_name_and_the_description_is_sentences(operation: Operation) -> None:
    summary, description = operation.said["summary"], operation.said["description"]

    assert NAME.fullmatch(summary), (
        f"{operation}: begin the route's docstring with verb and noun, two to four words, as 'Complete a cart.'; "
        f"the sentences stand below an empty line. It is {summary!r}"
    )
    assert description.endswith("."), (
        f"{operation}: below the first line of its docstring say in sentences what it does"
    )
    assert summary.lower() not in description.lower().split(".")


def test_no_two_operations_have_one_name() -> None:
    names = Counter(operation.said["summary"] for operation in operations())

    assert [name for name, times in names.items() if times > 1] == []


def test_every_parameter_of_a_path_has_an_example_that_fits() -> None:
    places = [each for operation in operations() for each in operation.parameters if each["in"] == "path"]

    wrong = [each["name"] for each in places if not jsonschema_rs.is_valid(each["schema"], each.get("example"))]

    assert wrong == []


def test_every_shared_response_is_used() -> None:
    references = Counter(
        each["$ref"].rpartition("/")[2]
        for operation in operations()
        for each in operation.said["responses"].values()
        if "$ref" in each
    )

    assert {name for name, times in references.items() if times > 1} == components()["responses"].keys()


@pytest.mark.parametrize("word", ["forgot password", "reset password", "otp", "bearer"])
def test_the_words_that_people_look_for_are_there(word: str) -> None:
    assert word in json.dumps(document()).lower()


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_every_operation_is_told_in_full(operation: Operation) -> None:
    said = operation.said

    scheme: dict[str, list[str]] = {"staff" if operation.is_admin else "bearer": []}
    assert said["security"] in ([scheme], [{}, scheme])
    assert {"400", "401", "406", "413", "500", "503"} <= said["responses"].keys()
    assert [each["name"] for each in operation.parameters if not each.get("description")] == []
    assert [status for status, each in said["responses"].items() if not resolved(each)["description"]] == []


def typeless(schema: Schema, place: str) -> list[str]:
    """The places at and below a schema where anything would do."""
    return [at for at, leaf in leaves(schema, place) if not is_typed(leaf)]


def is_typed(leaf: Schema) -> bool:
    if "const" in leaf or "enum" in leaf:
        return True
    return leaf.get("type") in ("string", "integer", "number", "boolean", "null") or FACTS.items() <= leaf.items()


FACTS = {"type": "object", "additionalProperties": True}
"""`params` of an error: each code has facts of its own."""


@pytest.mark.parametrize("name", components()["schemas"])
def test_every_schema_is_typed_to_the_leaf(name: str) -> None:
    assert typeless(components()["schemas"][name], name) == []


def sent() -> Iterator[tuple[str, Schema]]:
    """Every leaf of what clients send, with its place."""
    for operation in operations():
        yield from leaves(operation.body or {"const": None}, f"{operation}.body")
        for each in operation.parameters:
            yield from leaves(each["schema"], f"{operation}.{each['name']}")


HOW = "say it at the field (Field(description=…)), or in shop/project/glossary.toml when several schemas share the name"


@pytest.mark.parametrize("name", components()["schemas"])
def test_every_property_is_described(name: str) -> None:
    properties = components()["schemas"][name].get("properties", {})

    silent = [field for field, said in properties.items() if not said.get("description")]

    assert silent == [], f"{name}: {HOW}"


@pytest.mark.parametrize("name", components()["schemas"])
def test_every_value_of_an_enum_is_explained(name: str) -> None:
    properties = components()["schemas"][name].get("properties", {})
    values = [(field, said, value) for field, said in properties.items() for value in values_of(said)]

    unexplained = [f"{field}: {value}" for field, said, value in values if f"`{value}`" not in said["description"]]

    assert unexplained == [], f"{name}: name each value in backticks and say what it means; {HOW}"


def values_of(said: Schema) -> list[str]:
    """The values of an enum, or of the enum that may be null."""
    return [value for each in (said, *said.get("anyOf", ())) for value in each.get("enum", ())]


@pytest.mark.parametrize(("kind", "schema"), [("Need", "RequirementOut"), ("Notice", "NoticeOut")])
def test_the_codes_of_a_cart_are_those_that_the_code_makes(kind: str, schema: str) -> None:
    listed = components()["schemas"][schema]["properties"]["code"]["enum"]

    made = codes_made(kind)

    assert sorted(listed) == sorted(made)


def codes_made(kind: str) -> set[str]:
    """The first argument of every call of this class in checkout, where it is written out."""
    nodes = (node for file in (ROOT / "shop/checkout").rglob("*.py") for node in ast.walk(ast.parse(file.read_text())))
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == kind]
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


def test_the_glossary_explains_nothing_that_does_not_exist() -> None:
    glossary = tomllib.loads((ROOT / "shop/project/glossary.toml").read_text())
    everywhere = glossary.pop("everywhere")
    schemas = {name: schema.get("properties", {}) for name, schema in components()["schemas"].items()}

    assert sorted(everywhere.keys() - {field for fields in schemas.values() for field in fields}) == []
    assert [
        f"{name}.{field}"
        for name, fields in glossary.items()
        for field in fields
        if schemas.get(name, {}).get(field, {}).get("description") != fields[field]
    ] == []


def test_no_property_that_is_sent_has_a_default() -> None:
    """Generators of clients make it required: openapi-typescript then refuses an address without a `company`."""
    defaults = [
        f"{name}.{field}"
        for name, schema in components()["schemas"].items()
        for field, said in schema.get("properties", {}).items()
        if "default" in said
    ]

    assert defaults == []


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("FulfillmentOut", ["id", "status", "lines", "tracking"]),
        ("FulfilledLineOut", ["line_id", "quantity"]),
        ("TrackingOut", ["carrier", "number", "url"]),
    ],
)
def test_what_no_order_has_yet_is_in_its_promised_form(name: str, fields: list[str]) -> None:
    schema = components()["schemas"][name]

    assert (list(schema["properties"]), schema["required"]) == (fields, fields)


def test_every_parameter_is_typed() -> None:
    assert [place for place, leaf in sent() if not is_typed(leaf)] == []


def test_every_text_that_is_sent_has_a_longest_length() -> None:
    texts = [(place, leaf) for place, leaf in sent() if leaf.get("type") == "string" and "enum" not in leaf]

    unbounded = [place for place, leaf in texts if "maxLength" not in leaf and "const" not in leaf]

    assert [place for place in unbounded if not place.endswith(".If-None-Match")] == []  # read leniently, by RFC 9110


def test_every_number_that_is_sent_has_a_least_and_a_largest() -> None:
    numbers = [(place, leaf) for place, leaf in sent() if leaf.get("type") in ("integer", "number")]

    assert [place for place, leaf in numbers if not {"minimum", "maximum"} <= leaf.keys()] == []


def test_every_body_refuses_fields_that_it_does_not_know() -> None:
    bodies = [resolved(operation.body) for operation in WITH_BODY if operation.body is not None]

    assert [body["title"] for body in bodies if body.get("additionalProperties") is not False] == []


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_every_example_has_its_schema(operation: Operation) -> None:
    schema = {"$ref": operation.said["requestBody"]["content"][JSON]["schema"]["$ref"], "components": components()}

    jsonschema_rs.validate(schema, operation.example, validate_formats=True)


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_every_success_has_an_example_of_its_schema(operation: Operation) -> None:
    successes = {status: each for status, each in operation.said["responses"].items() if status.startswith("2")}

    shown = {status: each["content"][JSON].get("example") for status, each in successes.items()}

    assert [status for status, example in shown.items() if example is None] == [], (
        f"{operation}: record it by RECORD_EXAMPLES=1 .venv/bin/python -m pytest -q tests/contracts/test_examples.py "
        "-k answers; then .venv/bin/python manage.py openapi (make openapi does both)"
    )
    for_each = [
        jsonschema_rs.is_valid(each["content"][JSON]["schema"] | {"components": components()}, shown[status])
        for status, each in successes.items()
    ]
    assert for_each == [True] * len(for_each)


def test_every_example_of_a_refusal_has_its_schema() -> None:
    schema = {"$ref": "#/components/schemas/ErrorEnvelope", "components": components()}

    for_each = [jsonschema_rs.is_valid(schema, example["value"]) for example in components()["examples"].values()]

    assert for_each == [True] * len(for_each)


def kinds(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal of the shop that has a code of its own."""
    for each in kind.__subclasses__():
        if "code" in each.__dict__ and each.__module__.startswith("shop."):
            yield each
        yield from kinds(each)


def test_every_code_means_one_thing() -> None:
    codes = Counter(kind.code for kind in set(kinds()))

    assert [code for code, times in codes.items() if times > 1] == []


def test_every_code_is_on_the_page_of_errors() -> None:
    page = (ROOT / "docs/api/errors.md").read_text()
    codes = {kind.code for kind in kinds()} | FIELD_SENTENCES.keys()

    assert sorted(code for code in codes if f"| `{code}` |" not in page) == []
    assert {code for _, code, _ in error_rows()} == codes


def test_every_code_is_declared_by_some_route() -> None:
    declared = {code for operation in operations() for code in operation.codes_of_all()}

    assert {kind.code for kind in kinds()} - declared - UNDECLARED.keys() == set()
    assert UNDECLARED.keys() & declared == set()


def test_what_is_refused_without_a_code_is_an_error_of_ours() -> None:
    with pytest.raises(AttributeError):
        Invalid()


def said_codes() -> Iterator[tuple[str, str]]:
    """Every code that is written where a mistake is made, with its place."""
    for path in sorted((ROOT / "shop").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Mistake" | "Problem"), args=[ast.Constant(value=str(code)), *_]):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", code


def test_no_mistake_has_a_code_that_is_not_in_the_catalogue() -> None:
    known: set[Any] = {kind.code for kind in kinds()} | FIELD_SENTENCES.keys()

    assert [place for place, code in said_codes() if code not in known] == []
