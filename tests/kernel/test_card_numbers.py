from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.kernel.card_numbers import holds_card_number


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "Please charge 4242 4242 4242 4242, thanks",
        "4242-4242-4242-4242",
        "no 12 4242 4242 4242 4242 7",
        "5555555555554444",
        "2223003122003222",
        "3782 822463 10005",
        "6011111111111117",
        "3530111333300000",
        "30569309025904",
        "6200000000000005",
        "\uff14\uff12424242\u200b42424242",
        "4222222222222",
        "4111.1111.1111.1111",
        "4111/1111/1111/1111",
        "4111_1111_1111_1111",
        "4111,1111,1111,1111",
        "4111  1111  1111  1111",
        "4111 - 1111 - 1111 - 1111",
        "card 4111 / 1111 / 1111 / 1111, valid until 12/28",
        "4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1",
        "3782.822463.10005",
        "41111111/11111111",
    ],
)
def test_a_card_number_is_seen_however_it_is_written(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",
        "+49 30 901820",
        "4006381333931",
        "1234567890123452",
        "0000000000000000",
        "42424242424242424242424242424242",
        "ISBN 978-3-16-148410-0",
        "Ring twice at 12, then at 13.",
        "52.520008, 13.404954",
        "4.242424242424242",
        "4,242,424,242,424,242",
        "41111111-1111-4111-8111-111111111111",
        "2026-11-30 03:21:14.123456+01:00",
        "192.168.100.200:8080",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert not holds_card_number(text)


SIGNS = st.text(st.sampled_from(" -./_,:;|*#~\t"), min_size=1, max_size=3)
LAYOUTS = st.sampled_from([("4111", "1111", "1111", "1111"), ("3782", "822463", "10005"), tuple("4111111111111111")])
OTHERS = st.text(st.characters(exclude_categories=["Nd", "No", "Nl"]))
FORMS = ["%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y, %H:%M:%S", "%m/%d/%Y %H:%M", "%Y%m%d%H%M%S"]


@given(LAYOUTS, st.lists(SIGNS, min_size=15, max_size=15), OTHERS)
def test_whatever_stands_between_the_groups_of_a_card(groups: tuple[str, ...], signs: list[str], around: str) -> None:
    text = groups[0] + "".join(sign + group for sign, group in zip(signs, groups[1:], strict=False))

    assert holds_card_number(f"{around} {text} {around}")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.sampled_from(FORMS))  # noqa: DTZ001
def test_no_time_is_a_card(at: datetime, form: str) -> None:
    assert not holds_card_number(at.strftime(form))
    assert not holds_card_number(str(int(at.replace(tzinfo=UTC).timestamp() * 1000)))


@given(st.uuids())
def test_no_uuid_is_a_card(cart_id: UUID) -> None:
    assert not holds_card_number(f"https://shop.example/done?cart={cart_id}")
