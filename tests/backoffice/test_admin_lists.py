"""What the admin's lists may be asked, of every table that has a page, and what they answer to nonsense."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import FieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client, RequestFactory

from shop.accounts.models import OneTimePassword, PendingRegistration, Session, User
from shop.accounts.operations import one_time_passwords
from shop.accounts.operations.sessions import Device, open_session
from shop.platform.admin import ListAdmin
from shop.platform.clock import now
from tests.accounts.visitor import account
from tests.admins import clerk, root

pytestmark = pytest.mark.django_db

LISTS: dict[str, Any] = {model._meta.label_lower: site for model, site in admin.site._registry.items()}
EVERY_LIST = pytest.mark.parametrize("label", LISTS)
LOOKUPS = (
    *("", "__exact", "__iexact", "__contains", "__icontains", "__startswith", "__istartswith", "__endswith"),
    *("__iendswith", "__regex", "__iregex", "__in", "__range", "__gt", "__gte", "__lt", "__lte", "__isnull"),
    *(
        "__isempty",
        "__year",
        "__month",
        "__day",
        "__date",
        "__has_key",
        "__length",
        "__id__exact",
        "__pk",
        "__nonsense",
    ),
)
SECRET = re.compile(r"password|digest|hash|secret|ticket|nonce|token(?!_expires)")
PARTS = ("", "__exact", "__isnull", "__isempty", "__gte", "__lt", "__id__exact")
"""What filters ask of their columns: to be equal, to be empty, a span of time, a row's key."""

DATES = ("year", "month", "day")
NOTHING: dict[str, set[str]] = {label: set() for label in LISTS}
BIG = str(2**70)


def columns(model: type[Model]) -> list[str]:
    """The names of a table's columns, and of those of the tables that it refers to."""
    own = [each for each in model._meta.get_fields() if each.concrete]
    others = [
        (each.name, field) for each in own if each.related_model for field in each.related_model._meta.get_fields()
    ]
    return [each.name for each in own] + [f"{name}__{field.name}" for name, field in others if field.concrete]


def questions(site: Any) -> Iterator[str]:
    """Lookups of every column, allowed or not."""
    return (f"{column}{lookup}" for column in columns(site.model) for lookup in LOOKUPS)


def filters_of(site: Any) -> dict[str, Any]:
    """The columns by which a list can be filtered, and what makes the filter."""
    pairs = [each if isinstance(each, tuple) else (each, FieldListFilter.create) for each in site.list_filter]
    return {path: kind for path, kind in pairs if isinstance(path, str)}


def named_by(site: Any) -> list[Any]:
    """What a list shows, sorts by and filters by, and what the page of a row shows."""
    return [*site.list_display, *site.list_filter, *(site.ordering or ()), *(site.fields or ()), *site.readonly_fields]


def words(names: Iterable[Any]) -> set[str]:
    return set(re.findall(r"[a-z_]+", " ".join(map(str, names))))


@pytest.fixture
def secrets() -> dict[str, str]:
    """A row of each kind that keeps something secret, by the lookup that would tell its first letters."""
    user = account("person@example.com")
    open_session(user, device=Device(name="Laptop", ip="192.0.2.1"))
    one_time_passwords.issue_code(one_time_passwords.ask(subject=user.email_key, purpose="password_reset"))
    PendingRegistration.objects.create(
        email="new@example.com",
        email_key="new@example.com",
        password=user.password,
        token_digest="d" * 64,
        expires_at=now() + timedelta(minutes=5),
    )
    otp, session = OneTimePassword.objects.get(), Session.objects.get()
    return {
        "accounts/user/?password__startswith=": user.password[:9],
        "accounts/user/?password=": user.password,
        "accounts/session/?access_digest__startswith=": session.access_digest[:3],
        "accounts/session/?user__password__startswith=": user.password[:9],
        "accounts/onetimepassword/?code_hash__startswith=": otp.code_hash[:3],
        "accounts/onetimepassword/?code_hash__regex=": f"^{otp.code_hash[:3]}",
        "accounts/onetimepassword/?ticket_hash__isnull=": "",
        "accounts/pendingregistration/?password__startswith=": user.password[:9],
        "accounts/pendingregistration/?token_digest__startswith=": "ddd",
        "accounts/pendingregistration/?token_digest__gte=": "d",
    }


def test_a_guess_at_a_hash_is_answered_the_same_whether_it_is_right_or_wrong(secrets: dict[str, str]) -> None:
    tables = ("user", "session", "onetimepassword", "pendingregistration")
    looker = clerk(*(f"accounts.view_{each}" for each in tables))

    right = [looker.get(f"/admin/{path}{start}") for path, start in secrets.items()]
    wrong = [looker.get(f"/admin/{path}zzz") for path in secrets]

    lists = [f"/admin/{path.partition('?')[0]}?e=1" for path in secrets]
    assert [(each.status_code, each.headers["Location"]) for each in right] == [(302, each) for each in lists]
    assert [(each.status_code, each.headers["Location"]) for each in wrong] == [(302, each) for each in lists]
    assert looker.get(lists[0]).status_code == 200


def test_searching_does_not_look_into_hashes(secrets: dict[str, str]) -> None:
    asker, hashed = root(), User.objects.get(email="person@example.com").password

    user = asker.get("/admin/accounts/user/", {"q": hashed[:9]}).context["cl"].result_count
    waiting = asker.get("/admin/accounts/pendingregistration/", {"q": hashed[:9]}).context["cl"].result_count
    offered = asker.get(
        "/admin/autocomplete/",
        {"app_label": "accounts", "model_name": "address", "field_name": "user", "term": hashed[:9]},
    )

    assert (user, waiting) == (0, 0)
    assert offered.json() == {"results": [], "pagination": {"more": False}}


def test_every_page_of_rows_is_one_of_the_house() -> None:
    strangers = [label for label, site in LISTS.items() if not isinstance(site, ListAdmin)]

    assert strangers == []


def test_a_list_can_be_asked_for_nothing_but_its_own_filters() -> None:
    request = RequestFactory().get("/")

    asked = {label: [*questions(site)] for label, site in LISTS.items()}
    allowed = {
        label: {each for each in asked[label] if site.lookup_allowed(each, "a", request)}
        for label, site in LISTS.items()
    }

    own = {label: {f"{path}{part}" for path in filters_of(site) for part in PARTS} for label, site in LISTS.items()}
    linked = {label: {*site.linked_by} for label, site in LISTS.items()}
    dates = {label: {f"{site.date_hierarchy}__{part}" for part in DATES} for label, site in LISTS.items()}
    assert min(map(len, asked.values())) > 50
    assert {label: allowed[label] - own[label] - linked[label] - dates[label] for label in LISTS} == NOTHING
    assert {label: linked[label] for label in LISTS if linked[label]} == {
        "accounts.user": {"group__id__exact"},
        "catalog.variant": {"product__id__exact"},
        "inventory.stocklevel": {"variant__id__exact"},
        "pricing.pricehistory": {"variant__id__exact"},
    }


def test_every_filter_of_a_list_is_let_through() -> None:
    request = RequestFactory().get("/")

    refused = {
        label: {
            asked
            for path, kind in filters_of(site).items()
            for asked in kind(
                get_fields_from_path(site.model, path)[-1], request, {}, site.model, site, field_path=path
            ).expected_parameters()
            if not site.lookup_allowed(asked, "a", request)
        }
        for label, site in LISTS.items()
    }

    assert refused == NOTHING


def test_no_list_shows_sorts_or_searches_what_is_secret() -> None:
    kept = {label: {each.name for each in site.model._meta.get_fields()} for label, site in LISTS.items()}
    secret = {label: {each for each in names if SECRET.search(each)} for label, names in kept.items()}

    named = {label: words(named_by(site)) for label, site in LISTS.items()}
    searched = {label: words(site.search_fields) for label, site in LISTS.items()}

    assert len(secret["accounts.onetimepassword"]) == 2
    assert {label: named[label] & secret[label] for label in LISTS} == NOTHING
    assert {label: {each for each in searched[label] if SECRET.search(each)} for label in LISTS} == NOTHING


WALKS = (
    "?{field}=%00",
    "?{field}__exact=%00",
    "?{field}__exact={big}",
    "?{field}__exact=nonsense",
    "?{field}__id__exact=nonsense",
    "?{field}__id__exact={big}",
    "?{field}__isnull=nonsense",
    "?{field}__isempty=nonsense",
    "?{field}__gte=nonsense",
    "?{field}__regex=(",
    "?{field}__year=99999",
    "?{field}__year=9999",
    "?{field}__year=9999&{field}__month=12&{field}__day=31",
    "?{field}__year=0",
    "?{field}__month={big}",
    "?{field}__day=nonsense",
    "?{field}__in=a,b",
)
"""Questions about a column."""

PATHS = (
    *("?q=%00", "?q=%ff", "?q=%22", "?q=" + "a+" * 50, "?p=999999999999", "?p=-1", "?p=nonsense", "?p=" + "9" * 5000),
    *("?o=x", "?o=99.-99.--1", "?o=" + "9" * 5000, "?all=%00", "?e=1&nonsense=1", "?_to_field=password", "?_popup=%00"),
    *("?_facets=True&nonsense=1", "?_changelist_filters=%00", "?nonsense=1", "?%00=1"),
    *("%00/change/", "nonsense/change/", "{big}/change/", "nonsense/delete/", "{big}/delete/", "%00/delete/"),
    *("nonsense/history/", "%00/history/", "{big}/history/", "nonsense/", "%00/", "{big}/"),
    *("nonsense/change/?_to_field=password", "add/?{field}=nonsense", "add/?{field}=%00", "add/?{field}={big}"),
)
"""Questions about a page."""

FORMS = tuple(
    {"action": action, "_selected_action": key}
    for action in ("delete_selected", "nonsense", "\0")
    for key in ("abc", "\0", BIG, "")
)
EXPECTED = {200, 302, 400, 403, 404}


def answers(asker: Client, label: str, *, fields: list[str], paths: tuple[str, ...] = PATHS) -> dict[str, int]:
    """How the pages of a table answer to each question, by its address."""
    found = f"/admin/{label.replace('.', '/')}/"
    columns = [found + each.format(field=field, big=BIG) for field in fields for each in WALKS]
    pages = [found + each.format(field=field, big=BIG) for field in fields[:1] for each in paths]
    return {each: asker.get(each).status_code for each in (*columns, *pages)}


def surprising(found: dict[str, int]) -> dict[str, int]:
    return {address: status for address, status in found.items() if status not in EXPECTED}


def test_nonsense_about_a_list_is_no_error_of_the_server(secrets: dict[str, str]) -> None:
    asker = root()

    found = {
        **answers(asker, "accounts.session", fields=["ending"], paths=()),
        **answers(asker, "orders.order", fields=["placed_at"], paths=()),
        **answers(asker, "accounts.onetimepassword", fields=["subject"]),
    }

    otp = "/admin/accounts/onetimepassword/"
    assert surprising(found) == {}
    assert [found[f"{otp}{each}"] for each in ("?subject=%00", "?q=%00", "?q=%ff", "%00/change/")] == [
        400,
        400,
        400,
        404,
    ]
    assert found[f"{otp}?subject__regex=("] == found[f"{otp}?subject__year=99999"] == 302
    assert found["/admin/orders/order/?placed_at__year=9999"] == 302
    assert found["/admin/accounts/session/?ending__exact=%00"] == 400


def test_a_key_that_no_row_can_have_is_refused_and_nothing_is_done(secrets: dict[str, str]) -> None:
    asker = root()
    lists = ("accounts/session", "accounts/onetimepassword", "auth/group")

    refused = [
        asker.post(f"/admin/{each}/", {"action": action, "_selected_action": key, "post": "yes"}).status_code
        for each, action in zip(lists, ("revoke", "delete_selected", "delete_selected"), strict=True)
        for key in ("abc", "\0", BIG)
    ]

    assert refused == [400] * 9
    assert Session.objects.get().ended_at is None
    assert OneTimePassword.objects.count() == 1


def test_a_key_beside_nonsense_is_not_acted_on_either(secrets: dict[str, str]) -> None:
    session = Session.objects.get()

    answer = root().post("/admin/accounts/session/", {"action": "revoke", "_selected_action": [str(session.pk), "abc"]})

    session.refresh_from_db()
    assert (answer.status_code, session.ended_at) == (400, None)


def test_what_searches_everywhere_refuses_what_no_database_keeps() -> None:
    asker, group = root(), Group.objects.create(name="team")
    asked = "app_label=accounts&model_name=address&field_name=user"

    found = [
        asker.get(f"/admin/autocomplete/?{asked}&term=%00").status_code,
        asker.get(f"/admin/autocomplete/?{asked}&page=nonsense").status_code,
        asker.get("/admin/autocomplete/?app_label=%00&model_name=address&field_name=user").status_code,
        asker.get("/admin/search/?s=%00").status_code,
        asker.get(f"/admin/auth/group/{group.pk}%00/change/").status_code,
    ]

    assert found == [400, 404, 400, 400, 404]


def test_the_links_between_pages_still_lead_to_rows() -> None:
    asker = root()

    found = [
        asker.get(f"/admin/{each}").status_code
        for each in (
            "inventory/stocklevel/?variant__id__exact=0192f0c1-a2b3-7000-8000-000000000000",
            "inventory/stocklevel/?available=short",
            "pricing/price/?price_list__id__exact=0192f0c1-a2b3-7000-8000-000000000000",
            "orders/order/?status__exact=placed&fulfillment_status__exact=unfulfilled",
            "orders/order/?placed_at__year=2026&placed_at__month=11&placed_at__day=30",
            "accounts/session/?state=live",
            "accounts/user/?email_verified_at__isempty=1&groups__isnull=True",
            "catalog/product/?price=none",
        )
    ]

    assert found == [200] * 8


@pytest.mark.exhaustive
@EVERY_LIST
def test_no_question_about_any_table_is_an_error_of_the_server(label: str, secrets: dict[str, str]) -> None:
    fields = [each.name for each in LISTS[label].model._meta.get_fields() if each.concrete]

    found = answers(root(), label, fields=fields)

    assert surprising(found) == {}


@pytest.mark.exhaustive
@EVERY_LIST
def test_no_action_on_any_table_is_an_error_of_the_server(label: str, secrets: dict[str, str]) -> None:
    asker, address = root(), f"/admin/{label.replace('.', '/')}/"
    actions = [{"action": name, "_selected_action": "abc"} for name in LISTS[label].actions]

    found = [(form, asker.post(address, form).status_code) for form in (*FORMS, *actions)]

    assert [each for each in found if each[1] not in EXPECTED] == []
