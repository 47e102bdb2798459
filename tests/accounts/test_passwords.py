"""How passwords are kept, and which are refused."""

import threading
from concurrent.futures import ThreadPoolExecutor

import argon2.low_level
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from pytest_django import Settings

from shop.accounts import passwords
from shop.accounts.models import PendingRegistration, User, email_key
from shop.accounts.passwords import Argon2id
from shop.project import settings as production
from tests.accounts.visitor import EMAIL, OTHER_PASSWORD, PASSWORD, Visitor, account, login

ARGON = [
    "shop.accounts.passwords.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]


@pytest.fixture
def argon(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ARGON


class Weaker(Argon2id):
    """As passwords were hashed some years ago."""

    time_cost = 1
    memory_cost = 8 * 1024


@pytest.mark.usefixtures("argon")
def test_a_password_is_kept_as_argon2id_with_19_mib_two_passes_one_lane() -> None:
    stored = passwords.hashed(PASSWORD)

    assert stored.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in stored


@pytest.mark.django_db
@pytest.mark.usefixtures("argon")
@pytest.mark.parametrize("hasher", [Weaker(), PBKDF2PasswordHasher()], ids=["weaker parameters", "another hasher"])
def test_logging_in_renews_a_dated_hash(visitor: Visitor, hasher: Weaker | PBKDF2PasswordHasher) -> None:
    ada = account()
    User.objects.filter(pk=ada.pk).update(password=hasher.encode(PASSWORD, "s" * 22))

    entered = visitor.post("/auth/login", email=EMAIL, password=PASSWORD)

    assert entered.status == 200
    assert User.objects.get().password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert visitor.post("/auth/login", email=EMAIL, password=PASSWORD).status == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("argon")
def test_a_failed_login_leaves_a_dated_hash(visitor: Visitor) -> None:
    ada = account()
    dated = PBKDF2PasswordHasher().encode(PASSWORD, "s" * 22)
    User.objects.filter(pk=ada.pk).update(password=dated)

    visitor.post("/auth/login", email=EMAIL, password=OTHER_PASSWORD)

    assert User.objects.get().password == dated


@pytest.mark.django_db
@pytest.mark.usefixtures("argon")
def test_a_current_hash_stays(visitor: Visitor) -> None:
    before = account().password

    login(visitor)

    assert User.objects.get().password == before


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("caf\u00e9 cr\u00e8me br\u00fbl\u00e9e", "cafe\u0301 cre\u0300me bru\u0302le\u0301e"),
        ("\uff43\uff4f\uff52\uff52\uff45\uff43\uff54 horse", "correct horse"),
        ("\ufb01ne battery staple", "fine battery staple"),
    ],
    ids=["composed and decomposed", "full-width and plain", "ligature and letters"],
)
@pytest.mark.django_db
def test_the_same_keys_are_the_same_password(visitor: Visitor, chosen: str, typed: str) -> None:
    token = visitor.post("/auth/register", email=EMAIL, password=chosen).data["registration_token"]
    assert token
    account(password=chosen)

    forth = visitor.post("/auth/login", email=EMAIL, password=typed)
    back = visitor.post("/auth/login", email=EMAIL, password=chosen)

    assert (forth.status, back.status) == (200, 200)


@pytest.mark.django_db
def test_letters_that_differ_are_different_passwords(visitor: Visitor) -> None:
    account(password="Correct Horse Battery")

    seen = visitor.post("/auth/login", email=EMAIL, password="correct horse battery")

    assert seen.refusal == (401, "invalid_credentials", None)


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("ninechars", ["It needs at least 10 characters."]),
        ("tenletters", []),
        ("z" * 127 + "q", []),
        ("z" * 128 + "q", ["It may have at most 128 characters."]),
        ("\U0001f40e\U0001f50b\U0001f4ce\u2705\U0001f308\U0001f383\U0001f3bb\U0001f9f2\U0001f335\U0001f9ca", []),
        ("correct horse", []),
        ("         \u00e9", []),
        ("qwertyuiop", ["This password is too common."]),
        ("QwertyUiop", ["This password is too common."]),
    ],
)
def test_ten_to_128_characters_of_any_kind_but_none_that_is_common(password: str, reasons: list[str]) -> None:
    assert passwords.weaknesses(password) == reasons


@pytest.mark.parametrize(
    "password",
    [
        " " * 10,
        "\t \n" * 4,
        "\u00a0\u2003" * 5,
        "\u200b\u2060" * 5,
        "\u3164" * 10,
        "\u0301" * 10,
        "\U000e0041" * 10,
    ],
    ids=["spaces", "tabs and lines", "wide spaces", "no width", "fillers", "marks alone", "tags"],
)
def test_a_password_of_which_nothing_can_be_seen_is_weak(password: str) -> None:
    assert passwords.weaknesses(password) == ["Use letters, digits or symbols, not only spaces."]


@pytest.mark.django_db
def test_nobody_registers_with_ten_spaces(visitor: Visitor) -> None:
    seen = visitor.post("/auth/register", email=EMAIL, password=" " * 10)

    assert seen.refusal == (422, "weak_password", "password")
    assert seen.body["errors"][0]["params"] == {"reasons": ["Use letters, digits or symbols, not only spaces."]}
    assert not PendingRegistration.objects.exists()


@pytest.mark.django_db
def test_whoever_has_such_a_password_from_before_still_logs_in(visitor: Visitor) -> None:
    account(password=" " * 10)

    seen = visitor.post("/auth/login", email=EMAIL, password=" " * 10)

    assert seen.status == 200


@pytest.mark.parametrize(
    "password",
    [
        "ada.lovelace@example.com",
        "ADA.LOVELACE@EXAMPLE.COM",
        "lovelace1815",
        "AdaLovelace!",
        "ada-king-lovelace",
        "\uff2c\uff4f\uff56\uff45\uff4c\uff41\uff43\uff45!!",
        "example.com1",
    ],
)
def test_what_is_made_of_the_persons_own_data_is_refused(password: str) -> None:
    ada = User(email="ada.lovelace@example.com", first_name="Ada King", last_name="Lovelace")

    assert passwords.weaknesses(password, of=ada) == ["Too similar to your email or name."]


@pytest.mark.parametrize("password", ["lovelace likes engines", "1234 ladders", "adamant horses"])
def test_enough_of_something_else_is_accepted(password: str) -> None:
    ada = User(email="ada.lovelace@example.com", first_name="Ada King", last_name="Lovelace")

    assert passwords.weaknesses(password, of=ada) == []


@pytest.mark.parametrize("password", ["glorious-1", "gloriousshop", "shop.glorious.example"])
def test_what_is_made_of_the_shops_name_is_refused(settings: Settings, password: str) -> None:
    settings.DEFAULT_FROM_EMAIL = "Glorious Shop <shop@glorious.example>"

    assert passwords.weaknesses(password)[-1:] == ["Must not contain the shop's name."]


@pytest.mark.parametrize("stored", [None, "", "!unusable", "gibberish$1$2"])
@pytest.mark.usefixtures("argon")
def test_where_there_is_no_password_one_hash_is_computed_all_the_same(
    monkeypatch: pytest.MonkeyPatch, stored: str | None
) -> None:
    computed = []
    real = argon2.low_level.hash_secret

    def counted(*args: object, **kwargs: object) -> bytes:
        computed.append(kwargs.get("memory_cost"))
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(argon2.low_level, "hash_secret", counted)

    right = passwords.matches(PASSWORD, stored)

    assert right is False
    assert computed == [19456]


def test_at_most_two_hashes_are_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most, lock, two_are_in = 0, 0, threading.Lock(), threading.Event()

    def slow(*args: object, **kwargs: object) -> bytes:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            if inside == 2:
                two_are_in.set()
        two_are_in.wait(5)
        with lock:
            inside -= 1
        return b"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"

    monkeypatch.setattr(argon2.low_level, "hash_secret", slow)

    with ThreadPoolExecutor(20) as crowd:
        hashes = list(crowd.map(lambda salt: Argon2id().encode(PASSWORD, salt), ["saltsalt"] * 20))

    assert len(hashes) == 20
    assert two_are_in.is_set()
    assert most == 2


@pytest.mark.django_db
def test_no_answer_shows_a_hash(visitor: Visitor) -> None:
    ada = account()
    me = login(visitor)

    said = [str(me.get(path).body) for path in ("/me", "/me/sessions", "/me/addresses")]

    assert make_password(None) != ada.password
    assert not [each for each in said if ada.password in each or "password" in each]


def test_what_is_far_too_long_is_not_brought_into_form() -> None:
    marks = "a" + "\u0315\u0300" * 1000

    assert passwords.normalized(marks) == marks
    assert email_key(f"{marks}@example.com") == f"{marks}@example.com"


COMPUTED: list[str] = []


class CountedArgon(Argon2id):
    def encode(self, password: str, salt: str) -> str:
        COMPUTED.append("argon2")
        return f"argon2${salt}"

    def verify(self, password: str, encoded: str) -> bool:
        COMPUTED.append("argon2")
        return False

    def must_update(self, encoded: str) -> bool:
        return False


class CountedPBKDF2(PBKDF2PasswordHasher):
    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        COMPUTED.append("pbkdf2")
        return f"pbkdf2_sha256$1${salt}$x"

    def verify(self, password: str, encoded: str) -> bool:
        COMPUTED.append("pbkdf2")
        return False

    def must_update(self, encoded: str) -> bool:
        return False


@pytest.mark.parametrize("stored", [None, "argon2$x", "pbkdf2_sha256$1$salt$x", "!unusable"])
def test_a_wrong_password_costs_the_same_whatever_the_account_has(settings: Settings, stored: str | None) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedArgon", f"{__name__}.CountedPBKDF2"]
    COMPUTED.clear()

    assert passwords.matches(PASSWORD, stored) is False

    assert sorted(COMPUTED) == ["argon2", "pbkdf2"]


def test_hashes_of_other_shops_are_accepted_only_where_the_setting_says_so() -> None:
    assert production.PASSWORD_HASHERS == ["shop.accounts.passwords.Argon2id"]
