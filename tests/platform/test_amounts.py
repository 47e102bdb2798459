"""Amounts as people and spreadsheets write them: understood where they are clear, never read wrongly."""

import pytest
from django.core.exceptions import ValidationError

from shop.platform.amounts import decimal_signs, parsed, read


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12,50", "EUR", 1250),
        (" 12,5 ", "EUR", 1250),
        ("1299", "EUR", 129900),
        ("1.299,00", "EUR", 129900),
        ("1,299.00", "EUR", 129900),
        ("1.299.000", "EUR", 129900000),
        ("1,299,000.5", "EUR", 129900050),
        ("1 299,00", "EUR", 129900),
        ("1\u202f299,00", "EUR", 129900),
        ("1'299.50", "CHF", 129950),
        ("0,299", "KWD", 299),
        ("1.299", "KWD", 1299),
        ("1,299", "JPY", 1299),
        ("1.000", "JPY", 1000),
        ("1000.00", "JPY", 1000),
        ("19.9900", "EUR", 1999),
        ("-3,50", "EUR", -350),
    ],
)
def test_a_clear_amount_is_understood(text: str, currency: str, minor: int) -> None:
    assert parsed(text, currency).minor == minor


WRITTEN = "An amount is written like 1299.00, with no more decimals than its currency has."


@pytest.mark.parametrize(
    ("text", "currency", "said"),
    [
        ("1,299", "EUR", "This could be 1299 or 1.299. Write it without a sign for thousands, like 1299.00."),
        ("1.299", "EUR", "This could be 1299 or 1.299. Write it without a sign for thousands, like 1299.00."),
        ("1,299", "KWD", "This could be 1299 or 1.299. Write it without a sign for thousands, like 1299.00."),
        ("12,3456", "EUR", WRITTEN),
        ("12,50,00", "EUR", WRITTEN),
        ("1.29,00", "EUR", WRITTEN),
        ("1,299.00.00", "EUR", WRITTEN),
        ("12 50", "EUR", WRITTEN),
        ("12,5", "JPY", WRITTEN),
        ("1e3", "EUR", WRITTEN),
        ("12.50 €", "EUR", WRITTEN),
        (",50", "EUR", WRITTEN),
        ("-1", "EUR", "This can't be less than nothing."),
    ],
)
def test_an_unclear_amount_is_refused_with_a_sentence(text: str, currency: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(text, currency)

    assert refused.value.messages == [said]


def test_other_amounts_beside_it_tell_how_one_is_meant() -> None:
    assert parsed("1,299", "EUR", decimal=".").minor == 129900
    assert parsed("1.299", "EUR", decimal=",").minor == 129900
    assert decimal_signs(["1,299", "12", "x", "9,90"]) == {","}
    assert decimal_signs(["1.299,00", "1.299.000"]) == {","}
    assert decimal_signs(["9.90", "9,90", "1.299"]) == {".", ","}
