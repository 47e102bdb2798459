"""Customer groups in the admin: made, renamed, and kept while somebody needs them."""

from typing import Any

import pytest
from django.test import Client

from shop.accounts.models import CustomerGroup
from shop.pricing.models import PriceList
from tests.accounts.visitor import account
from tests.admins import clerk, cost, errors, root

pytestmark = pytest.mark.django_db

GROUPS = "/admin/accounts/customergroup/"


@pytest.fixture
def dealers(db: None) -> CustomerGroup:
    return CustomerGroup.objects.create(code="dealers", name="Dealers")


@pytest.fixture
def default(db: None) -> CustomerGroup:
    return CustomerGroup.objects.get(is_default=True)


def codes() -> list[str]:
    return sorted(CustomerGroup.objects.values_list("code", flat=True))


def delete(client: Client, group: CustomerGroup) -> list[str]:
    """What is told when the group is chosen in the list and deleted."""
    chosen = {"action": "delete_selected", "_selected_action": [str(group.pk)], "post": "yes"}
    return [str(each) for each in client.post(GROUPS, chosen, follow=True).context["messages"]]


def test_a_group_is_made(default: CustomerGroup) -> None:
    desk = clerk("accounts.view_customergroup", "accounts.add_customergroup")

    answer = desk.post(f"{GROUPS}add/", {"name": " Dealers ", "code": "Dealers_EU"})

    assert answer.status_code == 302
    group = CustomerGroup.objects.get(code="dealers_eu")
    assert (group.name, group.is_default, group.version) == ("Dealers", False, 1)


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        ({"name": "", "code": "club"}, "name", "This field is required."),
        ({"name": "\u200b", "code": "club"}, "name", "Enter a name."),
        ({"name": "DEALERS", "code": "club"}, "name", "Another group has this name."),
        ({"name": "x" * 101, "code": "club"}, "name", "Ensure this value has at most 100 characters (it has 101)."),
        ({"name": "Club", "code": ""}, "code", "This field is required."),
        ({"name": "Club", "code": "DEALERS"}, "code", "Another group has this code."),
        (
            {"name": "Club", "code": "the club"},
            "code",
            "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
    ],
)
def test_a_group_that_can_not_be_is_refused_at_its_field(
    default: CustomerGroup, dealers: CustomerGroup, form: dict[str, str], field: str, message: str
) -> None:
    answer = root().post(f"{GROUPS}add/", form)

    assert errors(answer) == {field: [message]}
    assert codes() == ["dealers", "default"]


def test_a_group_is_renamed_and_keeps_its_code(dealers: CustomerGroup) -> None:
    form = {"name": "Retailers", "code": "retailers", "is_default": "on", "read_version": 1}

    answer = root().post(f"{GROUPS}{dealers.pk}/change/", form)

    assert answer.status_code == 302
    dealers.refresh_from_db()
    assert (dealers.name, dealers.code, dealers.is_default, dealers.version) == ("Retailers", "dealers", False, 2)


def test_a_form_that_was_read_before_another_change_is_refused(dealers: CustomerGroup) -> None:
    CustomerGroup.objects.filter(pk=dealers.pk).update(version=2)

    answer = root().post(f"{GROUPS}{dealers.pk}/change/", {"name": "Retailers", "read_version": 1})

    dealers.refresh_from_db()
    assert (list(errors(answer)), dealers.name, dealers.version) == (["__all__"], "Dealers", 2)


def test_a_group_that_nobody_needs_is_deleted(default: CustomerGroup, dealers: CustomerGroup) -> None:
    answer = root().post(f"{GROUPS}{dealers.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert codes() == ["default"]


def test_the_default_group_stays(default: CustomerGroup) -> None:
    boss = root()

    messages = delete(boss, default)

    assert messages == [
        "Customers: Guests and new accounts are in this group, so it can't be deleted.",
        "Nothing was deleted.",
    ]
    assert boss.post(f"{GROUPS}{default.pk}/delete/", {"post": "yes"}).status_code == 403
    assert codes() == ["default"]


def test_a_group_in_use_stays(default: CustomerGroup, dealers: CustomerGroup) -> None:
    account("ada@example.com", group=dealers)
    account("bob@example.com", group=dealers)
    PriceList.objects.create(code="dealers", name="Dealers", currency="EUR", priority=5, group=dealers)
    boss = root()

    messages = delete(boss, dealers)

    assert messages == [
        "Dealers: It is used by 2 users and 1 price list, so it can't be deleted.",
        "Nothing was deleted.",
    ]
    assert boss.post(f"{GROUPS}{dealers.pk}/delete/", {"post": "yes"}).status_code == 403
    assert codes() == ["dealers", "default"]


def test_the_list_leads_to_the_users_of_a_group(default: CustomerGroup, dealers: CustomerGroup) -> None:
    account("ada@example.com", group=dealers)
    account("bob@example.com")
    boss = root()

    page, users = boss.get(GROUPS), boss.get(f"/admin/accounts/user/?group__id__exact={dealers.pk}")

    assert f"/admin/accounts/user/?group__id__exact={dealers.pk}" in page.content.decode()
    assert [each.email for each in users.context["cl"].result_list] == ["ada@example.com"]


def test_whoever_may_not_see_users_is_not_led_to_them(dealers: CustomerGroup) -> None:
    page = clerk("accounts.view_customergroup").get(GROUPS)

    assert (page.status_code, "Show users" in page.content.decode()) == (200, False)


@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/"])
def test_whoever_may_only_look_changes_nothing(default: CustomerGroup, dealers: CustomerGroup, path: str) -> None:
    form: dict[str, Any] = {"name": "Club", "code": "club", "post": "yes", "read_version": 1}

    answer = clerk("accounts.view_customergroup").post(f"{GROUPS}{path.format(pk=dealers.pk)}", form)

    assert answer.status_code == 403
    assert codes() == ["dealers", "default"]
    assert CustomerGroup.objects.get(pk=dealers.pk).name == "Dealers"


def test_the_list_costs_the_same_however_long_it_is(dealers: CustomerGroup) -> None:
    boss = root()
    short = cost(boss, GROUPS)
    CustomerGroup.objects.bulk_create(CustomerGroup(code=f"group-{at}", name=f"Group {at}") for at in range(10))

    long = cost(boss, GROUPS)

    assert long == short
