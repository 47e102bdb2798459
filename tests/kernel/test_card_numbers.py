import pytest

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
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert not holds_card_number(text)
