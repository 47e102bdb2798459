"""The account of whoever is logged in: shown, changed, closed."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail

from shop.accounts.models import OneTimePassword, Session, User
from shop.stores.models import Store
from tests.accounts.visitor import (
    EMAIL,
    OTHER_PASSWORD,
    PASSWORD,
    UNKNOWN,
    Visitor,
    account,
    code,
    deliver,
    login,
    whole_database,
)

pytestmark = pytest.mark.django_db

ADDRESS = {"company": "Engines", "line1": "Friedrichstr. 43", "city": "Berlin", "postal_code": "10117", "country": "DE"}


def test_me_shows_the_account_and_its_version(me: Visitor, ada: User) -> None:
    seen = me.get("/me")

    assert seen.status == 200
    assert list(seen.data) == [
        "id",
        "email",
        "email_verified",
        "first_name",
        "last_name",
        "phone",
        "locale",
        "marketing_consent",
        "metadata",
        "version",
        "created_at",
        "updated_at",
    ]
    assert seen.data["id"].startswith("usr_")
    assert (seen.data["email"], seen.data["first_name"], seen.data["version"]) == (EMAIL, None, 1)
    assert seen.headers["ETag"] == f'"{seen.data["id"]}.1"'


def test_me_needs_a_token(visitor: Visitor) -> None:
    seen = visitor.get("/me")

    assert seen.refusal == (401, "not_authenticated", None)
    assert seen.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_version_that_was_read_is_not_sent_again(me: Visitor) -> None:
    tag = me.get("/me").headers["ETag"]

    seen = Visitor(token=me.token, headers={"If-None-Match": tag}).get("/me")

    assert (seen.status, seen.body) == (304, None)


def test_what_is_sent_changes_what_is_absent_stays_null_clears(me: Visitor) -> None:
    me.patch("/me", first_name="Ada", last_name="King", phone="+49 30 901820", metadata={"shoe_size": "39"})

    seen = me.patch("/me", last_name="Lovelace", phone=None, metadata=None, locale="en-AU", marketing_consent=True)

    assert seen.status == 200
    names = ("first_name", "last_name", "phone", "metadata", "locale", "marketing_consent", "version")
    assert [seen.data[name] for name in names] == ["Ada", "Lovelace", None, {}, "en-AU", True, 3]
    assert seen.headers["ETag"].endswith('.3"')
    assert me.get("/me").data == seen.data


def test_metadata_is_merged_and_bounded_after_the_merge(me: Visitor) -> None:
    me.patch("/me", metadata={f"name-{at}": "x" for at in range(50)})

    refused = me.patch("/me", metadata={"one": "more"}, first_name="Ada")
    merged = me.patch("/me", metadata={f"name-{at}": None for at in range(49)} | {"one": "more"})
    nothing = me.patch("/me", metadata={})

    assert refused.refusal == (422, "too_long", "metadata")
    assert merged.data["metadata"] == nothing.data["metadata"] == {"name-49": "x", "one": "more"}
    assert (nothing.data["first_name"], nothing.data["version"]) == (None, 4)


@pytest.mark.parametrize(("typed", "kept"), [("de_AT", "de-AT"), ("FR", "fr"), ("tlh", "en"), ("pt-BR", "en")])
def test_a_language_that_the_store_does_not_have_falls_back_to_its_own(
    me: Visitor, ada: User, typed: str, kept: str
) -> None:
    Store.objects.update(locales=["en", "de", "fr"])

    seen = me.patch("/me", locale=typed, first_name="Ada")

    assert (seen.status, seen.data["locale"], seen.data["first_name"]) == (200, kept, "Ada")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"email": UNKNOWN}, (422, "read_only", "email")),
        ({"email_verified": True}, (422, "read_only", "email_verified")),
        ({"id": "usr_x"}, (422, "read_only", "id")),
        ({"version": 9}, (422, "read_only", "version")),
        ({"is_staff": True}, (422, "unknown_field", "is_staff")),
        ({"is_superuser": True}, (422, "unknown_field", "is_superuser")),
        ({"password": OTHER_PASSWORD}, (422, "unknown_field", "password")),
        ({"first_name": "x" * 101}, (422, "too_long", "first_name")),
        ({"phone": "12"}, (422, "invalid_format", "phone")),
        ({"locale": "Deutsch!"}, (422, "invalid_format", "locale")),
        ({"locale": None}, (422, "invalid_type", "locale")),
        ({"marketing_consent": None}, (422, "invalid_type", "marketing_consent")),
        ({"marketing_consent": "yes"}, (422, "invalid_type", "marketing_consent")),
        ({"first_name": "nul\0"}, (422, "invalid_text", "first_name")),
        ({"metadata": {"a": 1}}, (422, "invalid_type", "metadata.a")),
    ],
)
def test_what_can_not_be_changed_here_is_refused_and_nothing_changes(
    me: Visitor, ada: User, body: dict[str, object], refusal: tuple[int, str, str]
) -> None:
    seen = me.patch("/me", **body)

    assert seen.refusal == refusal
    after = User.objects.get()
    assert (after.email, after.version, after.is_staff, after.first_name) == (EMAIL, 1, False, "")
    assert after.check_password(PASSWORD)


def test_of_two_who_read_the_same_version_the_second_is_refused(me: Visitor) -> None:
    tag = me.get("/me").headers["ETag"]
    conditional = Visitor(token=me.token, headers={"If-Match": tag})

    first = conditional.patch("/me", first_name="Ada")
    second = conditional.patch("/me", first_name="Eve")

    assert (first.status, second.refusal) == (200, (412, "precondition_failed", None))
    assert User.objects.get().first_name == "Ada"


class TestClosing:
    """DELETE /me erases the person and keeps the row."""

    def test_nothing_personal_is_left_in_any_column(self, visitor: Visitor, clock: time_machine.Traveller) -> None:
        ada = account("Ada.Unique@example.com", first_name="Adamantina", last_name="Quillfeather", phone="+4930901820")
        browser = Visitor(ip="203.0.113.99", headers={"User-Agent": "Netscape-Unique"})
        me = login(browser, ada.email)
        me.patch("/me", metadata={"hobby": "engine-unique"}, locale="en-AU")
        me.post("/me/addresses", **ADDRESS, first_name="Adamantina", phone="+4930901821")
        LogEntry.objects.create(
            user=account("staff@example.com", is_staff=True),
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(ada.pk),
            object_repr=str(ada),
            action_flag=CHANGE,
            change_message="[]",
        )
        me.post("/me/change-email", new_email="next-unique@example.com", current_password=PASSWORD)
        visitor.post("/auth/forgot-password", email=ada.email)
        visitor.post("/auth/register", email=ada.email, password=PASSWORD, first_name="Quillfeather")
        deliver()
        clock.shift(timedelta(minutes=1))

        seen = me.delete("/me", current_password=PASSWORD)

        assert (seen.status, seen.data) == (200, None)
        left = whole_database().casefold()
        traces = ["unique", "adamantina", "quillfeather", "90182", "friedrich", "203.0.113.99", "netscape"]
        assert [each for each in traces if each in left] == []
        closed = User.objects.get(pk=ada.pk)
        assert (closed.is_active, closed.has_usable_password(), closed.last_login) == (False, False, None)
        assert closed.closed_at is not None

    def test_every_token_is_dead_at_once(self, visitor: Visitor, me: Visitor) -> None:
        pair = visitor.post("/auth/login", email=EMAIL, password=PASSWORD).data

        me.delete("/me", current_password=PASSWORD)

        assert me.get("/me").refusal == (401, "invalid_token", None)
        assert visitor.holding(pair["access_token"]).get("/me").status == 401
        assert visitor.post("/auth/refresh", refresh_token=pair["refresh_token"]).status == 401
        assert visitor.post("/auth/login", email=EMAIL, password=PASSWORD).status == 401

    def test_the_address_can_register_anew(self, visitor: Visitor, me: Visitor) -> None:
        me.delete("/me", current_password=PASSWORD)

        token = visitor.post("/auth/register", email=EMAIL, password=PASSWORD).data["registration_token"]
        seen = visitor.post("/auth/verify-email", email=EMAIL, otp=code(), registration_token=token)

        assert seen.status == 200
        assert User.objects.filter(is_active=True).count() == 1
        assert User.objects.count() == 2

    def test_several_can_close_one_after_the_other(self, visitor: Visitor) -> None:
        first, second = account(EMAIL), account(UNKNOWN)

        closed = [
            login(visitor, each.email).delete("/me", current_password=PASSWORD).status for each in (first, second)
        ]

        assert closed == [200, 200]

    def test_a_wrong_password_changes_nothing(self, me: Visitor, ada: User) -> None:
        seen = me.delete("/me", current_password=OTHER_PASSWORD)

        assert seen.refusal == (422, "wrong_password", "current_password")
        assert User.objects.get() == ada
        assert User.objects.get().is_active
        assert me.get("/me").status == 200

    def test_without_the_password_nothing_changes(self, me: Visitor) -> None:
        seen = me.delete("/me")

        assert seen.refusal == (400, "invalid_json", None)
        assert me.get("/me").status == 200

    def test_staff_is_refused(self, visitor: Visitor) -> None:
        account(is_staff=True)
        me = login(visitor)

        seen = me.delete("/me", current_password=PASSWORD)

        assert seen.refusal == (409, "staff_account", None)
        assert User.objects.get().email == EMAIL
        assert me.get("/me").status == 200

    def test_letters_that_wait_go_to_nobody(self, me: Visitor) -> None:
        me.post("/auth/change-password", current_password=PASSWORD, new_password=OTHER_PASSWORD)
        me.delete("/me", current_password=OTHER_PASSWORD)

        tried = deliver()

        assert (tried, mail.outbox) == (1, [])

    def test_codes_that_were_asked_for_are_gone(self, visitor: Visitor, me: Visitor) -> None:
        visitor.post("/auth/forgot-password", email=EMAIL)
        digits = code()

        me.delete("/me", current_password=PASSWORD)

        assert OneTimePassword.objects.count() == 0
        seen = visitor.post("/auth/reset-password", email=EMAIL, otp=digits, new_password=OTHER_PASSWORD)
        assert seen.refusal == (422, "invalid_or_expired_otp", None)
        assert Session.objects.filter(ended_at=None).count() == 0
