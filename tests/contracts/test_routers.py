"""What holds for every router: asked of the declarations, so that no new one is forgotten."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from typing_extensions import is_typeddict

from shop.platform.http.fields import In
from shop.platform.http.spec import Spec
from shop.project.api import ROUTERS

SPECS = [spec for router in ROUTERS for spec in router.specs]
GROWING = {"lines", "metadata"}
"""What makes an answer larger than a row of idempotency keys takes."""
CARD = "4242 4242 4242 4242"
JUDGED_OTHERWISE = {
    "code",
    "otp",
    "password",
    "current_password",
    "new_password",
    "cart_id",
    "refresh_token",
    "registration_token",
    "reset_token",
    "shipping_method_id",
    "variant_id",
    "return_url",  # of an allowed origin, and not kept
    "phone",  # 13 digits may be both; more than 15 are no phone number
    "token",  # refused by the operation, with a code of its own
    "method",
}
"""Texts that are compared, hashed or looked up, and never stored as they came; and what has a rule of its own."""


def names(shape: Any) -> Iterator[str]:
    """Every name in a shape, at every depth."""
    if is_typeddict(shape):
        for name, hint in get_type_hints(shape).items():
            yield name
            yield from names(hint)
    for inner in get_args(shape):
        yield from names(inner)


def repeatable(spec: Spec) -> bool:
    schemas = [spec.out, *spec.also.values()]
    return spec.method == "POST" and spec.idempotency != "none" and any(GROWING & set(names(each)) for each in schemas)


@pytest.mark.parametrize("spec", [spec for spec in SPECS if repeatable(spec)], ids=lambda spec: spec.id)
def test_an_answer_that_may_be_large_can_be_given_again(spec: Spec) -> None:
    assert spec.rebuild is not None


def test_there_are_such_answers() -> None:
    found = {spec.id for spec in SPECS if repeatable(spec)}

    assert found >= {"createCart", "addLines", "addCode", "completeCart", "cancelOrder", "confirmEmail"}


def fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Every field of a body with its type, at every depth."""
    for name, field in model.model_fields.items():
        yield name, Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        for inner in models(field.annotation):
            yield from fields(inner)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, In):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def takes(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.body], ids=lambda spec: spec.id)
def test_no_text_that_is_kept_takes_a_card_number(spec: Spec) -> None:
    assert spec.body is not None
    kept = [(name, kind) for name, kind in fields(spec.body) if name not in JUDGED_OTHERWISE and name != "codes"]

    taken = [name for name, kind in kept for value in (CARD, [CARD], {"a": CARD}, {CARD: "a"}) if takes(kind, value)]

    assert taken == []
