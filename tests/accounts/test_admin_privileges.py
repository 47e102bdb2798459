"""Who may do what to whose account in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from shop.accounts.models import Address, CustomerGroup, OneTimePassword, PendingEmail, Session, User
from shop.accounts.operations import email_change, one_time_passwords
from shop.accounts.operations.sessions import Device, open_session
from shop.platform.worker import drain
from tests.accounts.visitor import OTHER_PASSWORD, PASSWORD, Visitor, account

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


def allowed(*codenames: str) -> list[Permission]:
    return list(Permission.objects.filter(codename__in=codenames))


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(account("root@example.com", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def clerk() -> User:
    """Staff who may do everything that permissions give."""
    found = account("clerk@example.com", PASSWORD, is_staff=True)
    found.user_permissions.set(Permission.objects.all())
    return found


@pytest.fixture
def desk(clerk: User) -> Client:
    """The clerk, in the admin."""
    client = Client()
    client.force_login(clerk)
    return client


@pytest.fixture
def boss() -> User:
    return account("boss@example.com", PASSWORD, is_staff=True)


def form(user: User, **changes: Any) -> dict[str, Any]:
    """The form of an account as the page sends it; False and None are left out, as browsers do."""
    shown = {
        "email": user.email,
        "verified": user.email_verified,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": user.phone,
        "locale": user.locale,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "read_version": user.version,
        **{f"{name}-{part}_FORMS": 0 for name in ("sessions", "addresses") for part in ("TOTAL", "INITIAL")},
        **changes,
    }
    return {name: value for name, value in shown.items() if value is not False and value is not None}


def change(client: Client, user: User, **changes: Any) -> Any:
    return client.post(f"{USERS}{user.pk}/change/", form(user, **changes))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_clerk_changes_customers(desk: Client, ada: User) -> None:
    answer = change(desk, ada, first_name="Augusta")

    assert answer.status_code == 302
    assert (fresh(ada).first_name, fresh(ada).version) == ("Augusta", ada.version + 1)


@pytest.fixture
def dealers() -> CustomerGroup:
    return CustomerGroup.objects.create(code="dealers", name="Dealers")


def test_a_clerk_gives_a_customer_a_group(desk: Client, ada: User, dealers: CustomerGroup) -> None:
    answer = change(desk, ada, group=dealers.pk)

    moved = fresh(ada)
    assert answer.status_code == 302
    assert (moved.group, moved.version, moved.updated_at > ada.updated_at) == (dealers, ada.version + 1, True)


def test_a_clerk_takes_a_customer_out_of_a_group(desk: Client, ada: User, dealers: CustomerGroup) -> None:
    User.objects.filter(pk=ada.pk).update(group=dealers)

    answer = change(desk, ada, group="")

    assert answer.status_code == 302
    assert (fresh(ada).group, fresh(ada).version) == (None, ada.version + 1)


@pytest.mark.parametrize("group", ["01920000-0000-7000-8000-000000000000", "none of them"])
def test_a_group_that_does_not_exist_is_told_at_its_field(desk: Client, ada: User, group: str) -> None:
    answer = change(desk, ada, group=group)

    assert answer.status_code == 200
    assert list(answer.context["adminform"].errors) == ["group"]
    assert (fresh(ada).group, fresh(ada).version) == (None, ada.version)


def test_whoever_may_not_see_customer_groups_neither_sees_nor_changes_a_customers(
    desk: Client, clerk: User, ada: User, dealers: CustomerGroup
) -> None:
    User.objects.filter(pk=ada.pk).update(group=dealers)
    clerk.user_permissions.remove(*allowed("view_customergroup"))

    page = desk.get(f"{USERS}{ada.pk}/change/").content.decode()
    answer = change(desk, ada, first_name="Augusta", group="")

    assert ("Customer group" in page, "Dealers" in page) == (False, False)
    assert answer.status_code == 302
    assert (fresh(ada).first_name, fresh(ada).group) == ("Augusta", dealers)


def test_whoever_may_only_look_sees_the_group_of_a_customer(
    desk: Client, clerk: User, ada: User, dealers: CustomerGroup
) -> None:
    User.objects.filter(pk=ada.pk).update(group=dealers)
    clerk.user_permissions.set(allowed("view_user", "view_customergroup"))

    page = desk.get(f"{USERS}{ada.pk}/change/").content.decode()
    answer = change(desk, ada, group="")

    assert ("Customer group" in page, "Dealers" in page) == (True, True)
    assert (answer.status_code, fresh(ada).group, fresh(ada).version) == (403, dealers, ada.version)


def test_a_clerk_gives_staff_no_group(desk: Client, boss: User, dealers: CustomerGroup) -> None:
    answer = change(desk, boss, group=dealers.pk)

    assert (answer.status_code, fresh(boss).group, fresh(boss).version) == (403, None, boss.version)


def test_a_clerk_hands_out_no_power_even_when_the_form_says_so(desk: Client, ada: User) -> None:
    group = Group.objects.create(name="all")

    answer = change(
        desk,
        ada,
        is_staff=True,
        is_superuser=True,
        groups=[group.pk],
        user_permissions=[each.pk for each in allowed("change_user")],
    )

    now = fresh(ada)
    assert answer.status_code == 302
    assert (now.is_staff, now.is_superuser) == (False, False)
    assert (now.groups.count(), now.user_permissions.count()) == (0, 0)


def test_a_clerk_makes_customers_and_no_staff(desk: Client) -> None:
    answer = desk.post(
        f"{USERS}add/",
        {
            "email": "new@example.com",
            "verified": "on",
            "usable_password": "true",
            "password1": OTHER_PASSWORD,
            "password2": OTHER_PASSWORD,
            "is_staff": "on",
            "is_superuser": "on",
        },
    )

    made = User.objects.get(email="new@example.com")
    assert answer.status_code == 302
    assert (made.is_staff, made.is_superuser, made.email_verified) == (False, False, True)
    assert Visitor().post("/auth/login", email="new@example.com", password=OTHER_PASSWORD).status == 200


@pytest.mark.parametrize("power", [{"is_staff": True}, {"is_staff": False, "is_superuser": True}])
def test_a_clerk_can_not_touch_a_staff_account(desk: Client, boss: User, power: dict[str, bool]) -> None:
    User.objects.filter(pk=boss.pk).update(**power)
    session = open_session(boss, device=Device())
    before = User.objects.filter(pk=boss.pk).values().get()

    answers = [
        change(desk, boss, email="mine@example.com").status_code,
        desk.post(
            f"{USERS}{boss.pk}/password/", {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
        ).status_code,
        desk.get(f"{USERS}{boss.pk}/password/").status_code,
        desk.post(f"{USERS}{boss.pk}/delete/", {"post": "yes"}).status_code,
    ]
    desk.post(USERS, {"action": "delete_selected", "_selected_action": str(boss.pk), "post": "yes"})
    desk.post("/admin/accounts/session/", {"action": "revoke", "_selected_action": str(Session.objects.get().pk)})
    desk.post(f"/admin/accounts/session/{Session.objects.get().pk}/delete/", {"post": "yes"})

    assert answers == [403, 403, 403, 403]
    assert User.objects.filter(pk=boss.pk).values().get() == before
    assert Visitor(token=session.access_token).get("/me").status == 200


def test_a_clerk_can_not_raise_themselves(desk: Client, clerk: User) -> None:
    answer = change(desk, clerk, is_superuser=True)

    assert answer.status_code == 403
    assert fresh(clerk).is_superuser is False


def test_a_clerk_looks_at_staff_and_sees_no_button(desk: Client, boss: User) -> None:
    page = desk.get(f"{USERS}{boss.pk}/change/")

    assert page.status_code == 200
    assert [f'name="{name}"' in page.content.decode() for name in ("_save", "email", "verified")] == [False] * 3


@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/"])
def test_groups_are_a_superusers_business(desk: Client, path: str) -> None:
    group = Group.objects.create(name="warehouse")

    answer = desk.post("/admin/auth/group/" + path.format(pk=group.pk), {"name": "mine", "post": "yes"})

    assert answer.status_code == 403
    assert list(Group.objects.values_list("name", flat=True)) == ["warehouse"]


def test_a_superuser_hands_out_power(root: Client, ada: User) -> None:
    group = Group.objects.create(name="warehouse")

    answer = change(root, ada, is_staff=True, groups=[group.pk], user_permissions=[allowed("view_user")[0].pk])

    assert answer.status_code == 302
    assert fresh(ada).is_staff is True
    assert fresh(ada).get_all_permissions() == {"accounts.view_user"}


def test_a_superuser_is_kept_from_locking_themselves_out(root: Client) -> None:
    me = User.objects.get()

    answer = change(root, me, is_superuser=False, is_active=False)

    assert answer.context["adminform"].form.errors == {
        "is_active": ["You would lock yourself out."],
        "is_superuser": ["You would lock yourself out."],
    }
    assert (fresh(me).is_superuser, fresh(me).is_active) == (True, True)
    assert root.post(f"{USERS}{me.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("email", ["ADA@example.com", "ada@EXAMPLE.COM", "\uff41da@example.com", "not an address", ""])
def test_an_address_that_is_taken_or_none_is_told_at_the_field(root: Client, ada: User, email: str) -> None:
    answers = [
        root.post(f"{USERS}add/", {"email": email, "usable_password": "false"}),
        change(root, account("bob@example.com"), email=email),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [list(answer.context["adminform"].form.errors) for answer in answers] == [["email"], ["email"]]
    assert User.objects.filter(email_key="ada@example.com").count() == 1


def test_switching_an_account_off_ends_its_sessions(root: Client, me: Visitor, ada: User) -> None:
    answer = change(root, ada, is_active=False)

    session = Session.objects.get()
    assert answer.status_code == 302
    assert (session.is_live, session.ending) == (False, "revoked")
    assert me.get("/me").status == 401


def test_another_address_ends_sessions_and_codes_and_is_told_to_the_old_one(
    root: Client, me: Visitor, ada: User, no_gap: None
) -> None:
    email_change.ask(ada.pk, new_email="eve@example.com", current_password=PASSWORD, ip="192.0.2.1")
    one_time_passwords.ask(subject=ada.email_key, purpose="password_reset")

    answer = change(root, ada, email="augusta@example.com")
    drain()

    assert answer.status_code == 302
    assert (fresh(ada).email, fresh(ada).email_key) == ("augusta@example.com", "augusta@example.com")
    assert (OneTimePassword.objects.count(), PendingEmail.objects.count()) == (0, 0)
    assert me.get("/me").status == 401
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["ada@example.com"], "Your email address was changed")
    ]


def test_a_password_that_staff_sets_logs_every_device_out(desk: Client, me: Visitor, ada: User) -> None:
    answer = desk.post(
        f"{USERS}{ada.pk}/password/",
        {"usable_password": "true", "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD, "set-password": "1"},
    )
    drain()

    assert answer.status_code == 302
    assert me.get("/me").status == 401
    assert Visitor().post("/auth/login", email=ada.email, password=OTHER_PASSWORD).status == 200
    assert [message.subject for message in mail.outbox] == ["Your password was changed"]


def test_a_weak_password_is_refused_and_changes_nothing(desk: Client, ada: User) -> None:
    answer = desk.post(
        f"{USERS}{ada.pk}/password/", {"usable_password": "true", "password1": "short", "password2": "short"}
    )

    assert answer.status_code == 200
    assert "password2" in answer.context["form"].errors
    assert fresh(ada).password == ada.password


def test_a_form_that_was_read_before_somebody_elses_change_is_refused(root: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(first_name="Augusta", version=ada.version + 1)

    answer = change(root, ada, last_name="King")

    assert answer.status_code == 200
    assert "This has changed since you read it." in answer.content.decode()
    assert (fresh(ada).first_name, fresh(ada).last_name) == ("Augusta", ada.last_name)


def test_a_closed_account_stays_as_it_is(root: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False, closed_at="2026-11-22T08:00:00Z")

    answer = change(root, fresh(ada), is_active=True)

    assert answer.status_code == 403
    assert fresh(ada).is_active is False


def test_revoking_a_session_logs_the_device_out(desk: Client, me: Visitor, ada: User) -> None:
    session = Session.objects.get()
    page = desk.get(f"/admin/accounts/session/{session.pk}/change/").content.decode()

    answer = desk.post("/admin/accounts/session/", {"action": "revoke", "_selected_action": str(session.pk)})

    assert "Log out this device" in page
    assert answer.status_code == 302
    assert me.get("/me").status == 401


def test_revoking_takes_a_permission(client: Client, me: Visitor) -> None:
    viewer = account("viewer@example.com", is_staff=True)
    viewer.user_permissions.set(allowed("view_session"))
    client.force_login(viewer)
    session = Session.objects.get()
    page = client.get(f"/admin/accounts/session/{session.pk}/change/").content.decode()

    client.post("/admin/accounts/session/", {"action": "revoke", "_selected_action": str(session.pk)})

    assert "Log out this device" not in page
    assert me.get("/me").status == 200


@pytest.mark.parametrize("path", ["add/", "{pk}/change/"])
def test_nobody_writes_a_session(root: Client, me: Visitor, path: str) -> None:
    before = list(Session.objects.values())

    answer = root.post("/admin/accounts/session/" + path.format(pk=Session.objects.get().pk), {"device_name": "x"})

    assert answer.status_code == 403
    assert list(Session.objects.values()) == before


BERLIN = {"first_name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}


def test_addresses_are_written_as_the_api_writes_them(desk: Client, ada: User) -> None:
    answers = [
        desk.post("/admin/accounts/address/add/", {**BERLIN, "user": str(ada.pk)}).status_code,
        desk.post(
            "/admin/accounts/address/add/", {**BERLIN, "user": str(ada.pk), "is_default_shipping": "on"}
        ).status_code,
    ]

    kept = list(Address.objects.order_by("pk").values_list("is_default_shipping", "is_default_billing", "version"))
    assert answers == [302, 302]
    assert kept == [(False, True, 2), (True, False, 1)]


def test_an_address_that_its_country_does_not_know_is_told_at_the_field(desk: Client, ada: User, boss: User) -> None:
    wrong = desk.post("/admin/accounts/address/add/", {**BERLIN, "user": str(ada.pk), "postal_code": "1"})
    staffs = desk.post("/admin/accounts/address/add/", {**BERLIN, "user": str(boss.pk)})

    assert wrong.context["adminform"].form.errors == {
        "postal_code": ["Enter a valid postal code for this country, for example 26133."]
    }
    assert staffs.context["adminform"].form.errors == {"user": ["Only superusers may change staff accounts."]}
    assert Address.objects.count() == 0


@pytest.mark.parametrize("key", [str(2**70), "nonsense", "\0", "-1"])
def test_groups_and_permissions_that_can_not_be_are_told_at_their_field(root: Client, ada: User, key: str) -> None:
    staff = [change(root, ada, is_staff=True, **{name: key}) for name in ("groups", "user_permissions")]
    team = root.post("/admin/auth/group/add/", {"name": "team", "permissions": key})

    errors = [each.context["adminform"].form.errors for each in (*staff, team)]
    assert [list(each) for each in errors] == [["groups"], ["user_permissions"], ["permissions"]]
    assert (fresh(ada).is_staff, Group.objects.count()) == (False, 0)
