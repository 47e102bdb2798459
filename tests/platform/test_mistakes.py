"""How a mistake of form is told: in JSON's words, with the facts as data."""

from typing import Any

import pytest
from django.test import Client

from shop.accounts.models import User
from tests.accounts.visitor import EMAIL, PASSWORD, Visitor, account, login

pytestmark = pytest.mark.django_db


def mistake(path: str, body: str) -> Any:
    """The one mistake of this body."""
    answer = Client().post(f"/api/v1{path}", body, content_type="application/json")
    (found,) = answer.json()["errors"]
    return answer.status_code, found


@pytest.mark.parametrize("body", ["[]", "null", "1", '"x"', "true"])
def test_a_body_that_is_no_object_is_told_so(body: str) -> None:
    told = mistake("/auth/login", body)

    assert told == (
        422,
        {
            "code": "invalid_type",
            "message": "Invalid type.",
            "field": None,
            "params": {"expected": "object"},
        },
    )


def test_choices_are_a_list() -> None:
    told = mistake("/auth/verify-otp", f'{{"email": "{EMAIL}", "otp": "000000", "purpose": "x"}}')

    assert told == (
        422,
        {
            "code": "invalid_choice",
            "message": "Not a valid choice.",
            "field": "purpose",
            "params": {"expected": ["password_reset"]},
        },
    )


@pytest.mark.parametrize(
    ("password", "code", "message", "params"),
    [
        ("x" * 9, "too_short", "Must have at least 10 characters.", {"min": 10}),
        ("x" * 129, "too_long", "Must have at most 128 characters.", {"max": 128}),
    ],
)
def test_how_long_a_text_must_be_is_said_in_characters(
    password: str, code: str, message: str, params: dict[str, int]
) -> None:
    told = mistake("/auth/register", f'{{"email": "{EMAIL}", "password": "{password}"}}')

    assert told == (422, {"code": code, "message": message, "field": "password", "params": params})


def test_one_character_is_one() -> None:
    told = mistake("/auth/login", f'{{"email": "{EMAIL}", "password": ""}}')

    assert told[1]["message"] == "Must have at least 1 character."


def test_how_many_there_may_be_is_said_in_items() -> None:
    me = login(Visitor(), account(password=PASSWORD).email)

    many = me.patch("/me", metadata={f"name {each}": "x" for each in range(51)})
    none = me.patch("/me", metadata=[])

    assert many.refusal == (422, "too_long", "metadata")
    assert many.body["errors"][0]["message"] == "Must have at most 50 items."
    assert none.refusal == (422, "invalid_type", "metadata")
    assert none.body["errors"][0]["params"] == {"expected": "object"}
    assert User.objects.get().metadata == {}
