from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shop.kernel.pages import LONGEST, START, BadCursor, Cursor, Direction, Page, Scalar, page, seal, unseal

quick = settings(max_examples=100, deadline=None)
KEY = b"a key of thirty-two bytes or so."
BINDING = "products?brand=acme&sort=-price&currency=EUR"
CURSOR = Cursor(Direction.NEXT, (1999, "Zoë's hat", None, True, "prd_01"))
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

texts = st.text("aé€😀\0", max_size=40)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
cursors = st.builds(Cursor, st.sampled_from(Direction), st.lists(scalars, max_size=4).map(tuple))


def whole(row: int) -> tuple[Scalar, ...]:
    return (row,)


def after(*keys: Scalar) -> Cursor:
    return Cursor(Direction.NEXT, keys)


def before(*keys: Scalar) -> Cursor:
    return Cursor(Direction.PREVIOUS, keys)


@quick
@given(cursors, texts, st.binary(min_size=16, max_size=64))
def test_a_cursor_goes_there_and_back(cursor: Cursor, binding: str, key: bytes) -> None:
    text = seal(cursor, binding=binding, key=key)

    assert unseal(text, binding=binding, key=key) == cursor
    assert set(text) <= set(URL_SAFE)


def test_a_list_without_a_cursor_and_its_end_are_cursors_too() -> None:
    text = seal(before(), binding=BINDING, key=KEY)

    assert unseal(text, binding=BINDING, key=KEY) == before()
    assert after() == START


@quick
@given(cursors, st.data())
def test_a_cursor_with_one_character_changed_is_refused(cursor: Cursor, data: st.DataObject) -> None:
    text = seal(cursor, binding=BINDING, key=KEY)
    position = data.draw(st.integers(0, len(text) - 1))
    changed = text[:position] + data.draw(st.sampled_from(URL_SAFE + "=+/. \né\ud800")) + text[position + 1 :]
    assume(changed != text)

    with pytest.raises(BadCursor):
        unseal(changed, binding=BINDING, key=KEY)

    assert unseal(text, binding=BINDING, key=KEY) == cursor


@pytest.mark.parametrize(
    ("binding", "key"),
    [
        ("products?brand=acme&sort=-price&currency=USD", KEY),
        ("products?brand=acme&sort=-price&currency=EUR ", KEY),
        ("", KEY),
        (BINDING, b"another key of thirty-two bytes."),
    ],
)
def test_a_cursor_of_another_list_or_server_is_refused(binding: str, key: bytes) -> None:
    text = seal(CURSOR, binding=BINDING, key=KEY)

    with pytest.raises(BadCursor) as refused:
        unseal(text, binding=binding, key=key)

    assert (refused.value.problem.code, refused.value.problem.field) == ("invalid_cursor", "cursor")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "====",
        "next",
        "é",
        "\ud800",
        "\x00",
        urlsafe_b64encode(b'["next",1]').decode(),
        urlsafe_b64encode(b"\0" * 16 + b'["next",1]').decode(),
        "A" * 100_000,
    ],
)
def test_what_was_never_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        unseal(text, binding=BINDING, key=KEY)


def test_padding_and_foreign_characters_are_refused() -> None:
    text = seal(CURSOR, binding=BINDING, key=KEY)

    with pytest.raises(BadCursor):
        unseal(text + "=", binding=BINDING, key=KEY)
    with pytest.raises(BadCursor):
        unseal(text + "!", binding=BINDING, key=KEY)
    with pytest.raises(BadCursor):
        unseal(text + "A", binding=BINDING, key=KEY)


def test_a_binding_cannot_run_over_into_the_body() -> None:
    sealed = urlsafe_b64decode(seal(after("x"), binding="list", key=KEY) + "==")
    shifted = urlsafe_b64encode(sealed[:16] + sealed[17:]).decode().rstrip("=")

    with pytest.raises(BadCursor):
        unseal(shifted, binding="list[", key=KEY)


def test_a_cursor_fits_into_a_url() -> None:
    name = "€" * 255

    text = seal(after(name, "prd_01"), binding=BINDING, key=KEY)

    assert len(text) == 1068
    with pytest.raises(ValueError, match=str(LONGEST)):
        seal(after(name * 2, "prd_01"), binding=BINDING, key=KEY)


def test_a_cursor_holds_no_number_that_json_has_no_word_for() -> None:
    with pytest.raises(ValueError, match="JSON"):
        seal(after(float("nan")), binding=BINDING, key=KEY)


def test_a_list_that_fits_on_one_page_has_no_cursors() -> None:
    assert page([1, 2], limit=2, keys=whole) == Page((1, 2), next=None, previous=None)
    assert page([], limit=2, keys=whole) == Page((), next=None, previous=None)


def test_the_first_page_leads_on_from_its_last_row() -> None:
    first = page([1, 2, 3], limit=2, keys=whole)

    assert first == Page((1, 2), next=after(2), previous=None)


def test_a_page_in_the_middle_leads_both_ways() -> None:
    forward = page([3, 4, 5], limit=2, keys=whole, cursor=after(2))
    backward = page([4, 3, 2], limit=2, keys=whole, cursor=before(5))

    assert forward == Page((3, 4), next=after(4), previous=before(3))
    assert backward == forward


def test_the_last_page_leads_back() -> None:
    last = page([5], limit=2, keys=whole, cursor=after(4))

    assert last == Page((5,), next=None, previous=before(5))


def test_the_first_page_reached_backwards_leads_on() -> None:
    first = page([2, 1], limit=2, keys=whole, cursor=before(3))

    assert first == Page((1, 2), next=after(2), previous=None)


def test_the_list_can_be_read_from_its_end() -> None:
    last = page([5, 4, 3], limit=2, keys=whole, cursor=before())

    assert last == Page((4, 5), next=None, previous=before(4))


def test_a_page_whose_rows_have_gone_leads_back_to_what_is_left() -> None:
    nothing_after: Page[int] = page([], limit=2, keys=whole, cursor=after(4))
    nothing_before: Page[int] = page([], limit=2, keys=whole, cursor=before(1))

    assert nothing_after == Page((), next=None, previous=before())
    assert nothing_before == Page((), next=START, previous=None)
