"""Which addresses are one address, and which are none."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from shop.accounts.models import PendingRegistration, User, email_key
from tests.accounts.visitor import EMAIL, PASSWORD, Visitor, account, deliver

pytestmark = pytest.mark.django_db

LABEL = "d" * 63
LONGEST = f"{'a' * 58}@{LABEL}.{LABEL}.{LABEL}.com"


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("ada@example.com", "ADA@EXAMPLE.COM"),
        ("ada@example.com", "  ada@example.com "),
        ("ada@b\u00fccher.example", "ada@bu\u0308cher.example"),
        ("ada@b\u00fccher.example", "ada@B\u00dcCHER.example"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
        ("ada@stra\u00dfe.example", "ada@strasse.example"),
        ("ada@\uff45xample.com", "ada@example.com"),
        ("ada@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "ada@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_two_spellings_are_one_address(visitor: Visitor, one: str, same: str) -> None:
    account(one)

    entered = visitor.post("/auth/login", email=same, password=PASSWORD)

    assert entered.status == 200
    with pytest.raises(IntegrityError), transaction.atomic():
        account(same)
    assert User.objects.count() == 1


@pytest.mark.parametrize("other", ["ada@example.org", "ada+1@example.com", "a.da@example.com", "ada@b\u00fccher.com"])
def test_other_addresses_are_other_people(other: str) -> None:
    account(EMAIL)

    account(other)

    assert User.objects.count() == 2


def test_an_address_is_shown_as_it_was_given(visitor: Visitor) -> None:
    account("Ada.Lovelace@B\u00fccher.Example")

    entered = visitor.post("/auth/login", email="ada.lovelace@b\u00fccher.example", password=PASSWORD)

    assert entered.data["user"]["email"] == "Ada.Lovelace@B\u00fccher.Example"


@pytest.mark.parametrize(
    "typed", ["ada@example.com\u200b", "\ufeffada@example.com", "ada@exam\u00adple.com", "a\u2060da@example.com "]
)
def test_what_can_not_be_seen_is_not_part_of_an_address(visitor: Visitor, typed: str) -> None:
    seen = visitor.post("/auth/register", email=typed, password=PASSWORD)
    deliver()

    assert seen.status == 202
    assert (PendingRegistration.objects.get().email, mail.outbox[0].to) == ("ada@example.com", ["ada@example.com"])


def test_staff_may_paste_what_can_not_be_seen(admin_client: Client) -> None:
    sent = {"email": "new@example.com\u200b", "first_name": "\u202eAda", "last_name": "\u3164", "phone": ""}

    admin_client.post(
        "/admin/accounts/user/add/", {**sent, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    )

    added = User.objects.exclude(is_staff=True).get()
    assert (added.email, added.first_name, added.last_name) == ("new@example.com", "Ada", "")


def test_254_characters_are_an_address(visitor: Visitor) -> None:
    seen = visitor.post("/auth/register", email=LONGEST, password=PASSWORD)
    deliver()

    assert len(LONGEST) == 254
    assert seen.status == 202
    assert PendingRegistration.objects.get().email == LONGEST
    assert mail.outbox[0].to == [LONGEST]


def test_255_characters_are_none(visitor: Visitor) -> None:
    seen = visitor.post("/auth/register", email=f"b{LONGEST}", password=PASSWORD)

    assert seen.refusal == (422, "too_long", "email")
    assert seen.body["errors"][0]["params"] == {"max": 254}
    assert PendingRegistration.objects.count() == 0


def test_an_address_that_grows_beyond_254_characters_when_it_is_folded_is_none(visitor: Visitor) -> None:
    ideographs = "".join(map(chr, range(0x4E00, 0x5000, 37)))
    email = "ada@" + ".".join([ideographs] * 8) + ".example"

    seen = visitor.post("/auth/register", email=email, password=PASSWORD)

    assert len(email_key(email)) > 254
    assert seen.refusal == (422, "too_long", "email")
    assert PendingRegistration.objects.count() == 0


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example",
        "ada@exa mple.com",
        "ada@example.com, eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "Ada <ada@example.com>",
        "\u0131da@example.com",
        "\u017fam@example.com",
        "\uff41da@example.com",
        "ada@" + "\u00fc" * 60 + ".de",
        "ada@\ufdfa.example",
        "ada@example.com.",
        "ada@-example.com",
        "\u202eada@example.com",
    ],
)
def test_what_mail_can_not_reach_is_refused(visitor: Visitor, email: str) -> None:
    seen = visitor.post("/auth/register", email=email, password=PASSWORD)

    assert seen.refusal == (422, "invalid_format", "email")
    assert PendingRegistration.objects.count() == 0
    assert deliver() == 0


def test_a_code_goes_where_the_address_was_confirmed_however_it_is_spelt_later(visitor: Visitor) -> None:
    account("ada@b\u00fccher.example")

    visitor.post("/auth/forgot-password", email="ADA@xn--bcher-kva.example")
    deliver()

    assert mail.outbox[0].to == ["ada@b\u00fccher.example"]
