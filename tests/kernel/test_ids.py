import hashlib
import time
from uuid import RFC_4122, UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shop.kernel import ids
from shop.kernel.errors import NotFound
from shop.kernel.ids import Prefix

quick = settings(max_examples=100, deadline=None)
KEY = UUID("0188bac7-4afa-78aa-bc3b-bd1eef28d881")
SHOWN = "01h2xcejqtf2nbrexx3vqjhp41"


def test_a_uuid7_says_its_version_and_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000

    made = ids.uuid7()

    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_uuids_that_are_made_one_after_the_other_come_in_that_order() -> None:
    made = [ids.uuid7() for _ in range(1000)]

    assert made == sorted(made)
    assert len({key.int % 2**62 for key in made}) == 1000


def test_uuids_that_are_made_at_the_same_moment_come_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_795_337_000_000_000_000)

    made = [ids.uuid7() for _ in range(100)]

    assert made == sorted(made)
    assert {key.int >> 80 for key in made} == {1_795_337_000_000}


def test_an_unguessable_key_is_pure_chance() -> None:
    made = {ids.unguessable() for _ in range(100)}

    assert len(made) == 100
    assert len({key.int >> 80 for key in made}) == 100
    assert len({key.version for key in made}) > 1


def test_an_id_is_shown_as_typeid_shows_it() -> None:
    assert ids.public("usr", KEY) == f"usr_{SHOWN}"
    assert ids.private("usr", f"usr_{SHOWN}") == KEY


def test_the_smallest_and_the_largest_key_are_shown_in_26_characters() -> None:
    assert ids.public("prd", UUID(int=0)) == "prd_" + "0" * 26
    assert ids.public("prd", UUID(int=2**128 - 1)) == "prd_7" + "z" * 25


@pytest.mark.parametrize(
    "text",
    [
        "",
        "usr",
        "usr_",
        SHOWN,
        f"ord_{SHOWN}",
        f"USR_{SHOWN}",
        f"usr_{SHOWN.upper()}",
        f"usr-{SHOWN}",
        f"usr__{SHOWN}",
        f"usr_{SHOWN}0",
        f"usr_{SHOWN[:-1]}",
        f" usr_{SHOWN}",
        f"usr_{SHOWN}\n",
        "usr_8" + "0" * 25,
        "usr_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        f"usr_{SHOWN[:-1]}l",
        f"usr_{SHOWN[:-1]}o",
        f"usr_{SHOWN[:-1]}i",
        f"usr_{SHOWN[:-1]}u",
        f"usr_{SHOWN[:-1]}_",
        f"usr_{SHOWN[:-1]}\u0661",
        f"usr_{SHOWN[:-1]}\ud800",
        str(KEY),
        "usr_" + "0" * 100_000,
    ],
)
def test_whatever_public_does_not_write_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        ids.private("usr", text)


@pytest.mark.parametrize("prefix", ["", "xyz", "USR", "usr_"])
def test_a_prefix_that_is_not_registered_is_a_mistake_in_the_program(prefix: str) -> None:
    with pytest.raises(ValueError, match="has no"):
        ids.public(prefix, KEY)
    with pytest.raises(ValueError, match="has no"):
        ids.private(prefix, f"{prefix}_{SHOWN}")


@pytest.mark.parametrize("prefix", list(Prefix))
def test_every_prefix_is_three_letters_and_goes_there_and_back(prefix: Prefix) -> None:
    shown = ids.public(prefix, KEY)

    assert shown == f"{prefix}_{SHOWN}"
    assert (len(prefix), prefix.isalpha(), prefix.islower()) == (3, True, True)
    assert ids.private(prefix, shown) == KEY


@quick
@given(st.uuids(), st.sampled_from(Prefix))
def test_ids_go_there_and_back(key: UUID, prefix: Prefix) -> None:
    assert ids.private(prefix, ids.public(prefix, key)) == key


@quick
@given(st.uuids(), st.uuids())
def test_ids_sort_as_their_keys_do(first: UUID, second: UUID) -> None:
    assert (ids.public("ord", first) < ids.public("ord", second)) == (first < second)


@quick
@given(st.uuids(), st.integers(4, 29), st.sampled_from("0123456789abcdefghjkmnpqrstvwxyz"))
def test_another_character_of_the_alphabet_is_another_key(key: UUID, position: int, character: str) -> None:
    shown = ids.public("usr", key)
    changed = shown[:position] + character + shown[position + 1 :]
    assume(changed != shown and changed[4] < "8")

    assert ids.private("usr", changed) != key


@quick
@given(st.uuids(), st.integers(0, 29), st.sampled_from("ABCILOUZilou_-=+ \n\0é\u0661\uff10\ud800"))
def test_a_character_outside_the_alphabet_is_not_found(key: UUID, position: int, character: str) -> None:
    shown = ids.public("usr", key)
    changed = shown[:position] + character + shown[position + 1 :]
    assume(changed != shown)

    with pytest.raises(NotFound):
        ids.private("usr", changed)


def test_a_secret_carries_256_bits_and_says_what_it_opens() -> None:
    made = {ids.secret("sat") for _ in range(100)}

    assert len(made) == 100
    assert {(len(text), text[:4]) for text in made} == {(47, "sat_")}
    assert set("".join(made)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("prefix", ["", "SAT", "sa", "sat_", "s t"])
def test_a_secret_needs_three_letters_in_front(prefix: str) -> None:
    with pytest.raises(ValueError, match="three lower-case letters"):
        ids.secret(prefix)


def test_a_digest_is_sha256_in_hex() -> None:
    assert ids.digest("sat_abc") == hashlib.sha256(b"sat_abc").hexdigest()
    assert ids.digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_digest_takes_whatever_a_client_sends() -> None:
    assert len(ids.digest("sat_\ud800\x00é")) == 64
