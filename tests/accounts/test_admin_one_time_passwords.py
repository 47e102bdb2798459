"""Every way to a one-time password, tried as a superuser: each is refused, and the table is what it was."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from shop.accounts.api import auth, me
from shop.accounts.backends import LimitedBackend
from shop.accounts.credentials import authenticate
from shop.accounts.models import OneTimePassword, User
from shop.accounts.models.one_time_password import NobodyWritesOneTimePasswords
from shop.accounts.operations import one_time_passwords
from shop.stores.api import storefront
from tests.accounts.visitor import Visitor, account, login_as_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/onetimepassword/"
AT = datetime(2026, 11, 22, 8, 43, 19, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "subject": "eve@example.com",
    "purpose": "password_reset",
    "code_hash": "0" * 64,
    "created_at": AT,
    "expires_at": AT + timedelta(days=900),
}
FORM = {
    **{name: str(value) for name, value in VALUES.items()},
    "tries": "0",
    "used_at_0": "",
    "used_at_1": "",
    "expires_at_0": "2099-01-01",
    "expires_at_1": "00:00:00",
    "_save": "Save",
}
HASHES = ("code_hash", "ticket_hash")
ADD, CHANGE, DELETE, VIEW = (f"accounts.{verb}_onetimepassword" for verb in ("add", "change", "delete", "view"))

objects = OneTimePassword.objects


@pytest.fixture
def otp(db: None) -> OneTimePassword:
    """A code that was mailed."""
    key = one_time_passwords.ask(subject="ada@example.com", purpose="password_reset")
    one_time_passwords.issue_code(key)
    found: OneTimePassword = objects.get(pk=key)
    return found


@pytest.fixture
def root(client: Client) -> Client:
    """A superuser in the admin."""
    client.force_login(User.objects.create_superuser("root@example.com", "a long passphrase"))
    return client


def table() -> list[Any]:
    """Every row with every value."""
    return list(objects.values())


WRITES: dict[str, Callable[[OneTimePassword], object]] = {
    "objects.create": lambda otp: objects.create(**VALUES),
    "objects.bulk_create": lambda otp: objects.bulk_create([OneTimePassword(**VALUES)]),
    "objects.bulk_create, replacing": lambda otp: objects.bulk_create(
        [otp], update_conflicts=True, unique_fields=["id"], update_fields=["tries"]
    ),
    "objects.bulk_update": lambda otp: objects.bulk_update([otp], ["tries"]),
    "objects.update": lambda otp: objects.update(tries=0),
    "objects.filter.update": lambda otp: objects.filter(pk=otp.pk).update(code_hash="0" * 64),
    "objects.values.update": lambda otp: objects.values("pk").update(code_hash="0" * 64),
    "objects.live.update": lambda otp: objects.live().update(tries=0),
    "objects.using.create": lambda otp: objects.using("default").create(**VALUES),
    "objects.get_or_create": lambda otp: objects.get_or_create(**VALUES),
    "objects.update_or_create": lambda otp: objects.update_or_create(pk=otp.pk, defaults={"tries": 0}),
    "objects.acreate": lambda otp: asyncio.run(objects.acreate(**VALUES)),
    "objects.aupdate": lambda otp: asyncio.run(objects.aupdate(tries=0)),
    "objects.abulk_create": lambda otp: asyncio.run(objects.abulk_create([OneTimePassword(**VALUES)])),
    "_default_manager.create": lambda otp: OneTimePassword._default_manager.create(**VALUES),
    "_base_manager.create": lambda otp: OneTimePassword._base_manager.create(**VALUES),
    "_base_manager.update": lambda otp: OneTimePassword._base_manager.update(tries=0),
    "a new one, save": lambda otp: OneTimePassword(**VALUES).save(),
    "a known one, save": lambda otp: otp.save(),
    "save, some fields": lambda otp: otp.save(update_fields=["tries"]),
    "save, forced": lambda otp: OneTimePassword(**VALUES).save(force_insert=True),
    "save_base": lambda otp: otp.save_base(raw=True),
    "asave": lambda otp: asyncio.run(otp.asave()),
    "deserialized": lambda otp: next(
        iter(serializers.deserialize("json", serializers.serialize("json", [otp])))
    ).save(),
    "deserialized, new": lambda otp: next(
        iter(serializers.deserialize("json", serializers.serialize("json", [OneTimePassword(**VALUES)])))
    ).save(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_code_can_not_write_one_but_by_its_operation(
    otp: OneTimePassword, write: Callable[[OneTimePassword], object]
) -> None:
    before = table()

    otp.tries = 4
    with pytest.raises(NobodyWritesOneTimePasswords), transaction.atomic():
        write(otp)

    assert table() == before


def test_nobody_is_listed_as_allowed_to_write_one(otp: OneTimePassword, root: Client) -> None:
    superuser = User.objects.get(email="root@example.com")
    group = Group.objects.create(name="writers")
    rows = [
        Permission.objects.create(
            codename=name.partition(".")[2],
            name=name,
            content_type=ContentType.objects.get_for_model(OneTimePassword),
        )
        for name in (ADD, CHANGE)
    ]
    group.permissions.set(rows)
    member = User.objects.create_user("writer@example.com", "a long passphrase")
    member.groups.add(group)
    member.user_permissions.set(rows)

    by_name = [list(LimitedBackend().with_perm(each)) for each in (ADD, CHANGE)]
    by_row = [list(LimitedBackend().with_perm(each)) for each in rows]
    others = [list(LimitedBackend().with_perm(each)) for each in (VIEW, DELETE)]

    assert (by_name, by_row) == ([[], []], [[], []])
    assert others == [[superuser], [superuser]]


def test_a_fixture_can_not_bring_one(otp: OneTimePassword, tmp_path: Path) -> None:
    before = table()
    fixture = tmp_path / "one.json"
    fixture.write_text(serializers.serialize("json", [OneTimePassword(**VALUES)]))

    with pytest.raises(NobodyWritesOneTimePasswords):
        call_command("loaddata", str(fixture), verbosity=0)

    assert table() == before


REQUESTS = [
    ("get", "add/", 403),
    ("post", "add/", 403),
    ("put", "add/", 403),
    ("get", "add/?_popup=1&subject=eve@example.com", 403),
    ("post", "add/?_popup=1", 403),
    ("post", "{pk}/change/", 403),
    ("post", "{pk}/change/?_popup=1", 403),
    ("post", "{pk}/", 302),
    ("get", "{pk}/change/", 200),
    ("put", "{pk}/change/", 200),
    ("get", "{pk}/history/", 200),
    ("get", "{pk}/delete/", 200),
    ("get", "", 302),  # a list has no such filters
    ("post", "", 200),
    ("get", "nobody/change/", 302),
]


@pytest.mark.parametrize("saving", ["_save", "_saveasnew"])
@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_the_admin_shows_and_never_writes(
    root: Client, otp: OneTimePassword, method: str, path: str, status: int, saving: str
) -> None:
    before = table()

    answer = getattr(root, method)(LIST + path.format(pk=otp.pk), {**FORM, saving: "1"})

    assert answer.status_code == status
    assert table() == before


@pytest.mark.parametrize("saving", ["_save", "_saveasnew"])
def test_the_admin_makes_none_of_one_that_does_not_exist(root: Client, otp: OneTimePassword, saving: str) -> None:
    before = table()

    answer = root.post(f"{LIST}nobody/change/", {**FORM, saving: "1"})

    assert answer.status_code in {302, 403}  # Django 6.1 looks for the object before it asks for the permission
    assert table() == before


@pytest.mark.parametrize(
    "data",
    [
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-tries": "0", "_save": "Save"},
        {"action": "make_live"},
        {"action": "delete_selected"},
        {"action": "delete_selected", "select_across": "1"},
    ],
)
def test_no_edit_in_the_list_and_no_action_writes(root: Client, otp: OneTimePassword, data: dict[str, str]) -> None:
    before = table()

    root.post(LIST, {**data, "_selected_action": str(otp.pk), "form-0-id": str(otp.pk)})

    assert table() == before


def test_the_walk_above_knows_every_address_of_the_model(root: Client) -> None:
    site = admin.site._registry[OneTimePassword]

    patterns = sorted(str(each.pattern) for each in site.get_urls())

    assert patterns == [
        "",
        "<path:object_id>/",
        "<path:object_id>/change/",
        "<path:object_id>/delete/",
        "<path:object_id>/history/",
        "add/",
    ]


def test_deleting_is_the_only_action_and_the_only_change(root: Client, otp: OneTimePassword) -> None:
    page = root.get(LIST)

    answer = root.post(f"{LIST}{otp.pk}/delete/", {"post": "yes"})

    assert [choice[0] for choice in page.context["action_form"].fields["action"].choices] == ["", "delete_selected"]
    assert (answer.status_code, table()) == (302, [])


def test_the_list_says_whose_and_what_for_and_offers_no_adding(root: Client, otp: OneTimePassword) -> None:
    page = root.get(LIST)

    shown = page.content.decode()
    assert page.context["cl"].list_display == [
        "action_checkbox",
        "subject",
        "purpose",
        "shown_state",
        "tries",
        "created_at",
        "expires_at",
    ]
    assert page.context["has_add_permission"] is False
    assert f"{LIST}add/" not in shown
    assert "ada@example.com" in shown
    assert otp.code_hash not in shown


def test_the_page_of_one_is_to_be_read_and_tells_nothing_of_the_code(root: Client, otp: OneTimePassword) -> None:
    page = root.get(f"{LIST}{otp.pk}/change/")

    shown = page.content.decode()
    assert page.context["adminform"].form.fields == {}
    assert page.context["has_change_permission"] is False
    assert 'name="_save"' not in shown
    assert len(otp.code_hash) == 64
    assert otp.code_hash not in shown
    assert "code_hash" not in shown
    assert "ticket" not in shown


def test_no_other_page_of_the_admin_writes_one() -> None:
    inlines = [inline.model for site in admin.site._registry.values() for inline in site.inlines]

    assert OneTimePassword not in inlines
    assert [field.name for field in OneTimePassword._meta.get_fields() if field.is_relation] == []


def test_the_permissions_to_add_and_to_change_one_do_not_exist() -> None:
    known = Permission.objects.filter(content_type__app_label="accounts", content_type__model="onetimepassword")

    assert sorted(known.values_list("codename", flat=True)) == ["delete_onetimepassword", "view_onetimepassword"]


def test_not_even_a_superuser_has_what_does_not_exist(root: Client, otp: OneTimePassword) -> None:
    superuser = User.objects.get(is_superuser=True)

    index = root.get("/admin/")

    models = [model for app in index.context["app_list"] for model in app["models"]]
    perms = next(model["perms"] for model in models if model["object_name"] == "OneTimePassword")
    assert perms == {"add": False, "change": False, "delete": True, "view": True}
    assert [superuser.has_perm(name) for name in (ADD, CHANGE, DELETE, VIEW)] == [False, False, True, True]


@pytest.fixture
def forged(db: None) -> list[Permission]:
    """Rows that somebody put there by hand, under the names of what nobody may."""
    kind = ContentType.objects.get_for_model(OneTimePassword)
    return [
        Permission.objects.create(content_type=kind, codename=name.removeprefix("accounts.")) for name in (ADD, CHANGE)
    ]


def those_of_codes(names: set[str]) -> set[str]:
    return {name for name in names if "onetimepassword" in name}


def test_not_even_a_superuser_is_said_to_have_what_nobody_has(forged: list[Permission]) -> None:
    root = User.objects.create_superuser("root@example.com", "a long passphrase")

    assert [root.has_perm(name) for name in (ADD, CHANGE, DELETE, VIEW)] == [False, False, True, True]
    assert [async_to_sync(root.ahas_perm)(name) for name in (ADD, CHANGE, DELETE, VIEW)] == [False, False, True, True]
    assert [root.has_perms(names) for names in ([ADD, VIEW], [CHANGE], [DELETE, VIEW])] == [False, False, True]
    assert those_of_codes(root.get_all_permissions()) == {DELETE, VIEW}
    assert those_of_codes(root.get_user_permissions()) == {DELETE, VIEW}
    assert those_of_codes(root.get_group_permissions()) == {DELETE, VIEW}
    assert those_of_codes(async_to_sync(root.aget_all_permissions)()) == {DELETE, VIEW}


def test_superusers_have_every_other_permission(db: None) -> None:
    root = User.objects.create_superuser("root@example.com", "a long passphrase")
    known = {f"{each.content_type.app_label}.{each.codename}" for each in Permission.objects.select_related()}

    assert root.get_all_permissions() == known
    assert root.has_perms(sorted(known))
    assert root.has_perm("accounts.no_such_permission")


def test_whoever_was_given_a_forged_permission_does_not_have_it(forged: list[Permission]) -> None:
    staff = account("staff@example.com", is_staff=True)
    team = Group.objects.create(name="team")
    view = Permission.objects.get(codename="view_onetimepassword")
    staff.user_permissions.set([*forged, view])
    team.permissions.set([*forged, view])
    staff.groups.add(team)

    assert [staff.has_perm(name) for name in (ADD, CHANGE, DELETE, VIEW)] == [False, False, False, True]
    assert staff.get_user_permissions() == {VIEW}
    assert staff.get_group_permissions() == {VIEW}
    assert staff.get_all_permissions() == {VIEW}
    actor = authenticate(login_as_staff(Visitor(), "staff@example.com").token)
    assert actor is not None
    assert actor.permissions == {VIEW}


def test_a_superuser_who_is_switched_off_has_none(db: None) -> None:
    root = User.objects.create_superuser("root@example.com", "a long passphrase", is_active=False)

    assert [root.has_perm(name) for name in (ADD, CHANGE, DELETE, VIEW)] == [False] * 4
    assert root.get_all_permissions() == set()


def test_no_route_of_the_api_takes_what_a_row_is_made_of() -> None:
    bodies = [spec.body for router in (auth.router, me.router, storefront.router) for spec in router.specs if spec.body]

    own = {field.name for field in OneTimePassword._meta.get_fields()} - {"purpose"}
    assert len(bodies) > 10
    assert {name for body in bodies for name in body.model_fields} & own == set()


def test_staff_without_permission_does_not_see_them(client: Client, otp: OneTimePassword) -> None:
    client.force_login(User.objects.create_user("staff@example.com", "a long passphrase", is_staff=True))

    answers = [client.get(LIST).status_code, client.post(f"{LIST}{otp.pk}/delete/", {"post": "yes"}).status_code]

    assert answers == [403, 403]
    assert objects.count() == 1
