"""The address book takes what post in that country can use, and says at the field what it can't."""

from typing import Any

import pytest

from shop.accounts.models import Address
from tests.accounts.visitor import Seen, Visitor

BERLIN = {"line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}


def told(answer: Seen) -> list[tuple[str, str | None]]:
    """Code and field of every mistake."""
    return [(each["code"], each["field"]) for each in answer.body["errors"]]


@pytest.mark.parametrize(
    ("changes", "mistakes"),
    [
        ({"postal_code": "1011"}, [("invalid_format", "postal_code")]),
        ({"postal_code": ""}, [("required", "postal_code")]),
        ({"city": " "}, [("required", "city")]),
        ({"country": "XX"}, [("invalid_choice", "country")]),
        ({"country": "US", "state": "Bavaria"}, [("invalid_choice", "state")]),
        ({"country": "CA", "state": ""}, [("invalid_format", "postal_code"), ("required", "state")]),
        ({"postal_code": "1011", "city": ""}, [("invalid_format", "postal_code"), ("required", "city")]),
    ],
)
def test_what_the_country_does_not_know_is_refused_at_the_field(
    me: Visitor, changes: dict[str, Any], mistakes: list[tuple[str, str]]
) -> None:
    answer = me.post("/me/addresses", **{**BERLIN, **changes})

    assert (answer.status, told(answer)) == (422, mistakes)
    assert Address.objects.count() == 0


def test_an_address_is_kept_as_it_was_written(me: Visitor) -> None:
    answer = me.post(
        "/me/addresses", line1="1 Main St", city="Montréal", postal_code="h3z 2y7", state="Québec", country="CA"
    )

    assert answer.status == 201
    assert (answer.data["postal_code"], answer.data["state"]) == ("h3z 2y7", "Québec")


def test_a_change_must_fit_what_stays(me: Visitor) -> None:
    path = f"/me/addresses/{me.post('/me/addresses', **BERLIN).data['id']}"

    refused = me.patch(path, country="NL")
    changed = me.patch(path, country="NL", postal_code="1012 JS", city="Amsterdam")

    assert (refused.status, told(refused)) == (422, [("invalid_format", "postal_code")])
    assert (changed.status, changed.data["country"], changed.data["version"]) == (200, "NL", 2)


def test_what_is_no_part_of_the_place_may_change_where_an_old_address_would_not_pass(me: Visitor) -> None:
    path = f"/me/addresses/{me.post('/me/addresses', **BERLIN).data['id']}"
    Address.objects.update(postal_code="W 1000")

    changed = me.patch(path, first_name="Ada")
    refused = me.patch(path, city="Potsdam")

    assert (changed.status, changed.data["first_name"]) == (200, "Ada")
    assert (refused.status, told(refused)) == (422, [("invalid_format", "postal_code")])
