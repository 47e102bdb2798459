"""Customers as staff sees them: found, sorted, a page at a time, and none of the staff among them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import CustomerGroup, User
from shop.kernel.ids import Prefix, public, uuid7
from tests.accounts.visitor import PASSWORD, STAFF, Visitor, account, login, login_as_staff

pytestmark = pytest.mark.django_db

CUSTOMERS = "/admin/customers"
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def desk(db: None) -> Visitor:
    """Grace, who may read customers, at the admin API."""
    grace = account(STAFF, first_name="Grace", is_staff=True)
    grace.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "view_customergroup"]))
    return login_as_staff(Visitor())


@pytest.fixture
def dealers(db: None) -> CustomerGroup:
    return CustomerGroup.objects.create(code="dealers", name="Dealers")


@pytest.fixture
def people(dealers: CustomerGroup) -> dict[str, User]:
    """Three customers, a day after each other; the second is a dealer, the third can't log in."""
    accounts = {
        "ada": account("ada@example.com", first_name="Ada", last_name="Lovelace", marketing_consent=True),
        "bob": account("bob@example.com", first_name="Bob", last_name="Noyce", group=dealers, phone="+4930901820"),
        "eve": account("eve@example.com", first_name="Eve", last_name="Ada", is_active=False),
    }
    stamped(accounts)
    return accounts


def stamped(accounts: dict[str, User]) -> None:
    """Each account was made, and has changed, a day after the one before."""
    for days, each in enumerate(accounts.values()):
        at = FIRST + timedelta(days=days)
        User.objects.filter(pk=each.pk).update(created_at=at, updated_at=at)


def names(data: Any) -> list[str]:
    return [each["email"].partition("@")[0] for each in data]


def test_a_customer_is_shown_with_their_profile(desk: Visitor, people: dict[str, User]) -> None:
    bob = public(Prefix.USER, people["bob"].pk)

    seen = desk.get(f"{CUSTOMERS}/{bob}")

    assert (seen.status, seen.headers["ETag"]) == (200, f'"{bob}.1"')
    assert seen.data == {
        "id": bob,
        "email": "bob@example.com",
        "email_verified": True,
        "first_name": "Bob",
        "last_name": "Noyce",
        "phone": "+4930901820",
        "locale": "en",
        "marketing_consent": False,
        "group": "dealers",
        "is_active": True,
        "metadata": {},
        "version": 1,
        "created_at": "2026-11-02T12:00:00Z",
        "updated_at": "2026-11-02T12:00:00Z",
        "closed_at": None,
    }


@pytest.mark.parametrize("of", ["staff", "superuser", "nobody"])
def test_no_account_but_a_customers_is_there(desk: Visitor, of: str) -> None:
    keys = {
        "staff": User.objects.get(email=STAFF).pk,
        "superuser": account("root@example.com", is_superuser=True).pk,
        "nobody": uuid7(),
    }

    seen = desk.get(f"{CUSTOMERS}/{public(Prefix.USER, keys[of])}")

    assert seen.refusal == (404, "not_found", None)
    assert desk.get(CUSTOMERS).data == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["eve", "bob", "ada"]),
        ("?q=ada", ["eve", "ada"]),
        ("?q=ADA%20love", ["ada"]),
        ("?q=0901820", ["bob"]),
        ("?q=%25", []),
        ("?q=bob@example", ["bob"]),
        ("?email=ADA@Example.com", ["ada"]),
        ("?email=ada", []),
        ("?group=dealers", ["bob"]),
        ("?group=default", ["eve", "ada"]),
        ("?group=default&group=dealers", ["eve", "bob", "ada"]),
        ("?group=no-such", []),
        ("?is_active=true", ["bob", "ada"]),
        ("?is_active=false", ["eve"]),
        ("?marketing_consent=true", ["ada"]),
        ("?created_since=2026-11-02T12:00:00Z", ["eve", "bob"]),
        ("?created_before=2026-11-02T12:00:00Z", ["ada"]),
        ("?created_since=2026-11-02T13:00:00%2B01:00&created_before=2026-11-03T12:00:00Z", ["bob"]),
        ("?updated_since=2026-11-03T12:00:00Z", ["eve"]),
        ("?q=ada&is_active=true", ["ada"]),
        ("?sort=created_at", ["ada", "bob", "eve"]),
        ("?sort=-updated_at", ["eve", "bob", "ada"]),
        ("?sort=email", ["ada", "bob", "eve"]),
        ("?sort=-email,created_at", ["eve", "bob", "ada"]),
    ],
)
def test_filters_and_sorts(desk: Visitor, people: dict[str, User], query: str, expected: list[str]) -> None:
    seen = desk.get(f"{CUSTOMERS}{query}")

    assert names(seen.data) == expected


@pytest.mark.parametrize(
    ("query", "code", "field", "reason"),
    [
        ("?is_active=perhaps", "invalid_parameter", "is_active", "invalid_type"),
        ("?created_since=yesterday", "invalid_parameter", "created_since", "invalid_format"),
        ("?created_since=2026-11-02", "invalid_parameter", "created_since", "invalid_format"),
        ("?created_since=2026-11-02T12:00:00", "invalid_parameter", "created_since", "invalid_format"),
        ("?created_since=2026-11-02T12:00:00+01:00", "invalid_parameter", "created_since", "invalid_format"),
        ("?created_since=2026-02-30T12:00:00Z", "invalid_parameter", "created_since", "invalid_format"),
        ("?created_since=0001-01-01T00:00:00%2B14:00", "invalid_parameter", "created_since", "invalid_format"),
        ("?created_since=9999-12-31T23:59:59-14:00", "invalid_parameter", "created_since", "invalid_format"),
        ("?created_since=1762000000", "invalid_parameter", "created_since", "invalid_format"),
        ("?sort=password", "invalid_parameter", "sort", "invalid_choice"),
        ("?sort=email,-email", "invalid_parameter", "sort", "invalid_choice"),
        ("?email=a@b.example&email=c@d.example", "duplicate_parameter", "email", None),
        ("?password=x", "unknown_parameter", "password", None),
    ],
)
def test_what_the_list_can_not_be_asked_is_refused(
    desk: Visitor, query: str, code: str, field: str, reason: str | None
) -> None:
    seen = desk.get(f"{CUSTOMERS}{query}")

    assert seen.refusal == (400, code, field)
    assert (seen.body["errors"][0]["params"] or {}).get("reason") == reason


@pytest.mark.parametrize("sort", ["-created_at", "email", "updated_at,email"])
def test_pages_lead_forward_and_back(desk: Visitor, people: dict[str, User], sort: str) -> None:
    whole = desk.get(f"{CUSTOMERS}?sort={sort}").data

    first = desk.get(f"{CUSTOMERS}?sort={sort}&limit=2&include=total")
    second = desk.get(f"{CUSTOMERS}?sort={sort}&limit=2&cursor={first.body['meta']['pagination']['next']}")
    back = desk.get(f"{CUSTOMERS}?sort={sort}&limit=2&cursor={second.body['meta']['pagination']['previous']}")

    assert (first.data + second.data, back.data) == (whole, first.data)
    assert (first.body["meta"]["pagination"]["total"], second.body["meta"]["pagination"]["next"]) == (3, None)


def test_a_cursor_belongs_to_its_filters(desk: Visitor, people: dict[str, User]) -> None:
    cursor = desk.get(f"{CUSTOMERS}?limit=1&is_active=true").body["meta"]["pagination"]["next"]

    seen = desk.get(f"{CUSTOMERS}?limit=1&is_active=false&cursor={cursor}")

    assert seen.refusal == (400, "invalid_cursor", "cursor")


def test_a_list_costs_the_same_however_long_it_is(desk: Visitor, people: dict[str, User]) -> None:
    statements = {limit: cost(desk, f"?limit={limit}") for limit in (1, 3)}

    assert statements == {1: 4, 3: 4}
    assert cost(desk, "?limit=3&include=total&q=a&group=default&is_active=true") == 6


def cost(desk: Visitor, query: str) -> int:
    """The statements of a list: one for the session, two for the permissions of staff, one for the rows; one more
    for the groups that are asked for, and one for the total."""
    with CaptureQueriesContext(connection) as statements:
        assert desk.get(f"{CUSTOMERS}{query}").status == 200
    return len(statements)


@pytest.mark.parametrize("query", ["", "?group=dealers"])
def test_staff_that_may_not_view_customer_groups_reads_no_customers(people: dict[str, User], query: str) -> None:
    clerk = account("clerk@example.com", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_user"))

    seen = login_as_staff(Visitor(), "clerk@example.com").get(f"{CUSTOMERS}{query}")

    assert (seen.refusal, seen.data) == ((403, "forbidden", None), None)


def test_whoever_has_a_customer_already_is_not_sent_it_again(desk: Visitor, people: dict[str, User]) -> None:
    path = f"{CUSTOMERS}/{public(Prefix.USER, people['ada'].pk)}"
    tag = desk.get(path).headers["ETag"]

    seen = Visitor(token=desk.token, headers={"If-None-Match": tag}).get(path)

    assert (seen.status, seen.body) == (304, None)


def test_a_closed_account_shows_nothing_personal(desk: Visitor, people: dict[str, User]) -> None:
    login(Visitor()).delete("/me", current_password=PASSWORD)

    seen = desk.get(f"{CUSTOMERS}/{public(Prefix.USER, people['ada'].pk)}")

    assert seen.data["email"].endswith("@invalid")
    assert (seen.data["first_name"], seen.data["is_active"], seen.data["closed_at"] is None) == (None, False, False)
