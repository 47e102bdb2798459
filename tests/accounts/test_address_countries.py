"""The address book takes what post in that country can use, and says at the field what it can't."""

from typing import Any

import pytest

from shop.accounts.models import Address
from tests.accounts.visitor import Seen, Visitor

BERLIN = {"first_name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}


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
        ({"first_name": "", "city": ""}, [("required", "first_name"), ("required", "city")]),
        ({"postal_code": "1011", "city": ""}, [("invalid_format", "postal_code"), ("required", "city")]),
    ],
)
def test_what_the_country_does_not_know_is_refused_at_the_field(
    me: Visitor, changes: dict[str, Any], mistakes: list[tuple[str, str]]
) -> None:
    answer = me.post("/me/addresses", **{**BERLIN, **changes})

    assert (answer.status, told(answer)) == (422, mistakes)
    assert Address.objects.count() == 0


def test_postal_code_and_state_are_kept_in_the_form_of_the_country(me: Visitor) -> None:
    answer = me.post(
        "/me/addresses",
        company="Engines",
        line1="1 Main St",
        city="Montréal",
        postal_code="h3z2y7",
        state="Québec",
        country="CA",
    )

    assert answer.status == 201
    assert (answer.data["postal_code"], answer.data["state"]) == ("H3Z 2Y7", "QC")


def test_a_change_must_fit_what_stays(me: Visitor) -> None:
    path = f"/me/addresses/{me.post('/me/addresses', **BERLIN).data['id']}"

    refused = me.patch(path, country="NL")
    changed = me.patch(path, country="NL", postal_code="1012 JS", city="Amsterdam")

    assert (refused.status, told(refused)) == (422, [("invalid_format", "postal_code")])
    assert (changed.status, changed.data["country"], changed.data["version"]) == (200, "NL", 2)


def test_what_is_no_part_of_the_place_may_change_where_an_old_address_would_not_pass(me: Visitor) -> None:
    path = f"/me/addresses/{me.post('/me/addresses', **BERLIN).data['id']}"
    Address.objects.update(postal_code="W 1000")

    changed = me.patch(path, first_name="Augusta")
    refused = me.patch(path, city="Potsdam")

    assert (changed.status, changed.data["first_name"]) == (200, "Augusta")
    assert (refused.status, told(refused)) == (422, [("invalid_format", "postal_code")])


def test_an_unknown_country_is_told_together_with_what_has_the_wrong_form(me: Visitor) -> None:
    kept = me.post("/me/addresses", **BERLIN).data
    wrong = {"country": "xx", "city": "x" * 101, "postal_code": 10117}

    added = me.post("/me/addresses", **{**BERLIN, **wrong})
    changed = me.patch(f"/me/addresses/{kept['id']}", **wrong)

    mistakes = [("too_long", "city"), ("invalid_type", "postal_code"), ("invalid_choice", "country")]
    assert (added.status, told(added)) == (changed.status, told(changed)) == (422, mistakes)
    assert added.body["errors"][2]["message"] == "Unknown country code (ISO 3166-1 alpha-2)."
    assert me.get("/me/addresses").data == [kept]


@pytest.mark.parametrize("name", ["first_name", "last_name", "company"])
def test_one_name_is_enough(me: Visitor, name: str) -> None:
    answer = me.post("/me/addresses", **{**BERLIN, "first_name": "", name: "Ada"})

    assert (answer.status, answer.data[name]) == (201, "Ada")


def test_without_any_name_it_is_refused_with_a_sentence(me: Visitor) -> None:
    answer = me.post("/me/addresses", **{**BERLIN, "first_name": "\u3164"})

    assert answer.body["errors"] == [
        {
            "code": "required",
            "message": "Enter a first name, a last name or a company.",
            "field": "first_name",
            "params": None,
        }
    ]
    assert Address.objects.count() == 0


def test_the_last_name_can_not_be_cleared(me: Visitor) -> None:
    made = me.post("/me/addresses", **BERLIN).data

    refused = me.patch(f"/me/addresses/{made['id']}", first_name=None, phone="12")
    changed = me.patch(f"/me/addresses/{made['id']}", first_name=None, company="Engines")

    assert (refused.status, told(refused)) == (422, [("invalid_format", "phone"), ("required", "first_name")])
    assert (changed.status, changed.data["first_name"], changed.data["company"]) == (200, None, "Engines")
    assert changed.data["version"] == 2


def test_an_address_of_before_without_a_name_is_shown_changed_and_repaired(me: Visitor) -> None:
    path = f"/me/addresses/{me.post('/me/addresses', **BERLIN).data['id']}"
    Address.objects.update(first_name="")

    shown = me.get(path)
    moved = me.patch(path, city="Potsdam", is_default_billing=False)
    refused = me.patch(path, company="\u200b")
    repaired = me.patch(path, last_name="Lovelace")

    assert (shown.status, shown.data["first_name"]) == (200, None)
    assert (moved.status, moved.data["city"]) == (200, "Potsdam")
    assert (refused.status, told(refused)) == (422, [("required", "first_name")])
    assert (repaired.status, repaired.data["last_name"], repaired.data["version"]) == (200, "Lovelace", 3)


@pytest.mark.parametrize(
    ("country", "postal_code", "states", "code"),
    [
        ("CN", "518000", ["Guangdong", "GD", "广东", "广东省", "44", "guangdong sheng"], "GD"),
        ("ES", "07001", ["Baleares", "Illes Balears", "IB"], "PM"),
        ("ES", "17001", ["Gerona", "Girona"], "GI"),
        ("ES", "28001", ["Comunidad de Madrid", "MADRID"], "M"),
        ("MX", "06000", ["DF", "CDMX", "Distrito Federal"], "CMX"),
        ("MX", "25000", ["Coahuila", "Coah."], "COA"),
        ("MX", "50000", ["México", "Estado de México"], "MEX"),
        ("IN", "752001", ["OD", "OR", "Orissa"], "OD"),
        ("IN", "248001", ["UK", "UT", "Uttaranchal"], "UK"),
        ("IN", "500001", ["TS", "TG"], "TS"),
        ("JP", "100-0001", ["TOKYO-TO", "13", "JP-13", "東京", "東京都", "Tokyo Prefecture"], "13"),
        ("RU", "101000", ["Московская область", "Moscow Oblast"], "MOS"),
        ("AR", "C1000", ["Buenos Aires (Ciudad)", "CABA"], "C"),
    ],
)
def test_a_region_is_known_however_it_is_written(
    me: Visitor, country: str, postal_code: str, states: list[str], code: str
) -> None:
    place = {"last_name": "Li", "line1": "1 Road", "city": "X", "postal_code": postal_code, "country": country}

    answers = [me.post("/me/addresses", **place, state=each) for each in states]

    assert [(each.status, each.data and each.data["state"]) for each in answers] == [(201, code)] * len(states)


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("PT", "1000205", "1000-205"),
        ("PT", "1000 205", "1000-205"),
        ("PL", "00950", "00-950"),
        ("IN", "110 001", "110001"),
        ("DE", "D-10115", "10115"),
        ("NL", "1234ab", "1234 AB"),
        ("GB", "sw1y4jh", "SW1Y 4JH"),
        ("LV", "1073", "LV-1073"),
        ("JP", "１５４-００２３", "154-0023"),  # noqa: RUF001 - as Japanese keyboards type it
        ("IR", "۱۱۹۳۶۵۴۴۷۱", "11936-54471"),
        ("DE", "\u200b10115\ufeff", "10115"),
    ],
)
def test_a_postal_code_is_kept_in_the_form_of_its_country(me: Visitor, country: str, typed: str, stored: str) -> None:
    state = {"IN": "Delhi", "JP": "Tokyo"}.get(country, "")

    answer = me.post(
        "/me/addresses", last_name="Li", line1="1", city="X", state=state, postal_code=typed, country=country
    )

    assert (answer.status, answer.data["postal_code"]) == (201, stored)


@pytest.mark.parametrize(
    "place",
    [
        {"city": "Taipei City", "postal_code": "110", "country": "TW", "line1": "45 City Hall Road"},
        {"city": "George Town", "postal_code": "KY1-1001", "country": "KY", "line1": "68 Edward St"},
    ],
)
def test_where_post_finds_it_without_no_region_is_asked_for(me: Visitor, place: dict[str, str]) -> None:
    assert me.post("/me/addresses", **place, last_name="Li").status == 201


def test_a_state_does_not_survive_a_change_of_country(me: Visitor) -> None:
    texas = {
        "first_name": "Ada",
        "line1": "1 Main St",
        "city": "Austin",
        "postal_code": "78701",
        "state": "TX",
        "country": "US",
    }
    path = f"/me/addresses/{me.post('/me/addresses', **texas).data['id']}"

    moved = me.patch(path, country="GB", city="London", postal_code="SW1Y 4JH")
    refused = me.patch(path, country="CA", postal_code="H3Z 2Y7", state="TX")

    assert (moved.status, moved.data["state"], moved.data["country"]) == (200, None, "GB")
    assert (refused.status, told(refused)) == (422, [("invalid_choice", "state")])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("030 901820", "+4930901820"),
        ("0049 30 901820", "+4930901820"),
        ("030/901820", "+4930901820"),
        ("٠٣٠٩٠١٨٢٠", "+4930901820"),
        ("+49 30 901820 x12", "+4930901820;ext=12"),
        ("+43 1 53115", "+43153115"),
    ],
)
def test_a_phone_is_read_in_the_country_of_its_address(me: Visitor, typed: str, stored: str) -> None:
    made = me.post("/me/addresses", **BERLIN, phone=typed)

    again = me.patch(f"/me/addresses/{made.data['id']}", phone=typed)

    assert (made.status, made.data["phone"], again.data["phone"]) == (201, stored, stored)


@pytest.mark.parametrize("typed", ["+49 30 901820 or +49 30 901821", "1-800-FLOWERS", "call me", "12"])
def test_a_phone_of_which_something_would_be_lost_is_refused(me: Visitor, typed: str) -> None:
    answer = me.post("/me/addresses", **BERLIN, phone=typed)

    assert (answer.refusal, Address.objects.count()) == ((422, "invalid_format", "phone"), 0)
