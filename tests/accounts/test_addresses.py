"""The address book: at most 50, at most one default of each kind, each its owner's alone."""

from typing import Any

import pytest

from shop.accounts.models import Address, User
from tests.accounts.visitor import EMAIL, UNKNOWN, Visitor, account, login

pytestmark = pytest.mark.django_db

BERLIN: dict[str, Any] = {
    "first_name": "Ada",
    "line1": "Friedrichstr. 43",
    "city": "Berlin",
    "postal_code": "10117",
    "country": "DE",
}
VIENNA: dict[str, Any] = {
    "first_name": "Ada",
    "line1": "Graben 1",
    "city": "Wien",
    "postal_code": "1010",
    "country": "AT",
}


def add(me: Visitor, **values: Any) -> Any:
    return me.post("/me/addresses", **{**BERLIN, **values}).data


def defaults(me: Visitor) -> dict[str, tuple[bool, bool]]:
    """Which address is the default for shipping and for billing, by city."""
    book = me.get("/me/addresses").data
    return {each["city"]: (each["is_default_shipping"], each["is_default_billing"]) for each in book}


def test_an_address_is_created_and_shown_as_it_was_sent(me: Visitor) -> None:
    sent = {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "company": "Engines & Söhne",
        "line1": "Friedrichstr. 43",
        "line2": "Hinterhaus",
        "city": "Berlin",
        "postal_code": "10117",
        "state": "Berlin",
        "country": "DE",
        "phone": "+4930901820",
    }

    seen = me.post("/me/addresses", **sent)

    assert seen.status == 201
    assert {name: seen.data[name] for name in sent} == sent
    assert seen.data["id"].startswith("adr_")
    assert seen.headers["Location"] == f"/api/v1/me/addresses/{seen.data['id']}"
    again = me.get(f"/me/addresses/{seen.data['id']}")
    assert again.data == seen.data
    assert again.headers["ETag"] == seen.headers["ETag"] == f'"{seen.data["id"]}.1"'


def test_the_first_address_is_the_default_for_both(me: Visitor) -> None:
    add(me, city="Berlin", is_default_shipping=False, is_default_billing=False)
    add(me, city="Wien")

    assert defaults(me) == {"Berlin": (True, True), "Wien": (False, False)}


def test_a_new_default_takes_the_place_of_the_one_before(me: Visitor) -> None:
    add(me, city="Berlin")
    second = add(me, city="Wien", is_default_shipping=True)

    me.patch(f"/me/addresses/{second['id']}", is_default_billing=True)

    assert defaults(me) == {"Berlin": (False, False), "Wien": (True, True)}


def test_a_default_can_be_removed(me: Visitor) -> None:
    only = add(me)

    me.patch(f"/me/addresses/{only['id']}", is_default_shipping=False)

    assert defaults(me) == {"Berlin": (False, True)}


def test_losing_a_default_is_a_change_of_that_address(me: Visitor) -> None:
    first = add(me, city="Berlin")

    add(me, city="Wien", is_default_billing=True)

    assert me.get(f"/me/addresses/{first['id']}").data["version"] == 2


def test_what_is_absent_stays_and_null_clears(me: Visitor) -> None:
    made = add(me, line2="Hinterhaus", company="Engines")

    seen = me.patch(f"/me/addresses/{made['id']}", line2=None, city="Potsdam")

    assert seen.status == 200
    assert [seen.data[name] for name in ("line1", "line2", "company", "city", "version")] == [
        "Friedrichstr. 43",
        None,
        "Engines",
        "Potsdam",
        2,
    ]


@pytest.mark.parametrize("field", ["line1", "country", "is_default_shipping"])
def test_what_an_address_needs_can_not_be_cleared(me: Visitor, field: str) -> None:
    made = add(me)

    seen = me.patch(f"/me/addresses/{made['id']}", **{field: None})

    assert seen.refusal == (422, "invalid_type", field)
    assert me.get(f"/me/addresses/{made['id']}").data == made


@pytest.mark.parametrize("field", ["line1", "city", "postal_code"])
def test_what_can_not_be_seen_is_missing(me: Visitor, field: str) -> None:
    kept = add(me)

    added = me.post("/me/addresses", **{**BERLIN, field: "\u200b"})
    changed = me.patch(f"/me/addresses/{kept['id']}", **{field: "\u2060"})

    assert added.refusal == changed.refusal == (422, "required", field)
    assert (Address.objects.count(), getattr(Address.objects.get(), field)) == (1, BERLIN[field])


def test_an_address_is_deleted(me: Visitor) -> None:
    made = add(me)

    seen = me.delete(f"/me/addresses/{made['id']}")

    assert (seen.status, seen.data) == (200, None)
    assert me.get(f"/me/addresses/{made['id']}").refusal == (404, "not_found", None)
    assert me.delete(f"/me/addresses/{made['id']}").status == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_of_two_who_read_the_same_version_the_second_is_refused(me: Visitor, method: str) -> None:
    made = add(me)
    conditional = Visitor(token=me.token, headers={"If-Match": f'"{made["id"]}.1"'})
    me.patch(f"/me/addresses/{made['id']}", city="Potsdam")

    seen = conditional.call(method, f"/me/addresses/{made['id']}", {"city": "Wien"} if method == "PATCH" else None)

    assert seen.refusal == (412, "precondition_failed", None)
    assert Address.objects.get().city == "Potsdam"


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"city": "Wien"}), ("DELETE", None)])
def test_somebody_elses_address_is_not_there(me: Visitor, visitor: Visitor, method: str, body: Any) -> None:
    made = add(me)
    account(UNKNOWN)

    seen = login(visitor, UNKNOWN).call(method, f"/me/addresses/{made['id']}", body)

    assert seen.refusal == (404, "not_found", None)
    assert Address.objects.get().city == "Berlin"


def test_a_new_default_leaves_other_peoples_defaults(me: Visitor, visitor: Visitor) -> None:
    add(me)
    account(UNKNOWN)

    add(login(visitor, UNKNOWN), city="Wien")

    assert defaults(me) == {"Berlin": (True, True)}


def test_fifty_addresses_are_a_full_book(me: Visitor) -> None:
    ada = User.objects.get(email=EMAIL)
    Address.objects.bulk_create([Address(user=ada, **BERLIN) for _ in range(49)])
    fiftieth = me.post("/me/addresses", **VIENNA)

    refused = me.post("/me/addresses", **VIENNA)

    assert fiftieth.status == 201
    assert refused.refusal == (409, "too_many_addresses", None)
    assert refused.body["errors"][0]["params"] == {"max": 50}
    assert Address.objects.count() == 50


def test_the_book_comes_in_pages_the_newest_first(me: Visitor) -> None:
    made = [add(me, city=f"City {number}")["id"] for number in range(5)]

    first = me.get("/me/addresses?limit=2")
    second = me.get(f"/me/addresses?limit=2&cursor={first.body['meta']['pagination']['next']}")
    back = me.get(f"/me/addresses?limit=2&cursor={second.body['meta']['pagination']['previous']}")

    whole = me.get("/me/addresses").data
    assert {each["id"] for each in whole} == set(made)
    assert first.data + second.data == whole[:4]
    assert back.data == first.data


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("limit=0", (400, "invalid_parameter", "limit")),
        ("limit=101", (400, "invalid_parameter", "limit")),
        ("limit=x", (400, "invalid_parameter", "limit")),
        ("limit=1&limit=2", (400, "duplicate_parameter", "limit")),
        ("cursor=x", (400, "invalid_cursor", "cursor")),
        ("sort=city", (400, "unknown_parameter", "sort")),
    ],
)
def test_a_page_that_can_not_be_is_refused(me: Visitor, query: str, refusal: tuple[int, str, str]) -> None:
    seen = me.get(f"/me/addresses?{query}")

    assert seen.refusal == refusal


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"line1": ""}, (422, "too_short", "line1")),
        ({"line1": "x" * 201}, (422, "too_long", "line1")),
        ({"country": "d1"}, (422, "invalid_format", "country")),
        ({"country": "DEU"}, (422, "too_long", "country")),
        ({"phone": "901820 and more"}, (422, "invalid_format", "phone")),
        ({"city": "nul\0"}, (422, "invalid_text", "city")),
        ({"user": "usr_x"}, (422, "unknown_field", "user")),
        ({"id": "adr_x"}, (422, "read_only", "id")),
        ({"is_default_shipping": 1}, (422, "invalid_type", "is_default_shipping")),
    ],
)
def test_an_address_of_another_form_is_refused(
    me: Visitor, values: dict[str, object], refusal: tuple[int, str, str]
) -> None:
    seen = me.post("/me/addresses", **{**BERLIN, **values})

    assert seen.refusal == refusal
    assert Address.objects.count() == 0


def test_a_key_makes_one_address_however_often_it_is_sent(me: Visitor) -> None:
    keyed = Visitor(token=me.token, headers={"Idempotency-Key": "the-same-address"})

    first, second = keyed.post("/me/addresses", **BERLIN), keyed.post("/me/addresses", **BERLIN)

    assert (first.status, second.status) == (201, 201)
    assert second.data == first.data
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Address.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me/addresses"),
        ("POST", "/me/addresses"),
        ("GET", "/me/addresses/adr_00000000000000000000000000"),
        ("PATCH", "/me/addresses/adr_00000000000000000000000000"),
        ("DELETE", "/me/addresses/adr_00000000000000000000000000"),
    ],
)
def test_the_book_needs_a_token(visitor: Visitor, method: str, path: str) -> None:
    seen = visitor.call(method, path, BERLIN)

    assert seen.refusal == (401, "not_authenticated", None)
    assert Address.objects.count() == 0
