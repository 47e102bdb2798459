"""Amounts as people and spreadsheets write them: understood where they are clear, never read wrongly."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from shop.platform.amounts import NumberField, PercentField, decimal_signs, parsed, read


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


WRITTEN = "Enter an amount such as 1299.00, with no more decimals than its currency has."


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


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7,5", "7.5"),
        ("7.5", "7.5"),
        (" 7,50 ", "7.5"),
        ("19", "19"),
        ("7,125", "7.125"),
        ("7.1255", "7.1255"),
        ("0,5", "0.5"),
    ],
)
def test_a_percentage_has_a_decimal_comma_or_a_decimal_point(text: str, number: str) -> None:
    assert PercentField().clean(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7,5,5", "Enter a number."),
        ("7.5,5", "Enter a number."),
        ("100,5", "Ensure this value is less than or equal to 100."),
        ("7,12345", "Ensure that there are no more than 4 decimal places."),
        ("-0,5", "Ensure this value is greater than or equal to 0."),
        (",5", "Enter a number."),
    ],
)
def test_what_is_no_percentage_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PercentField().clean(text)

    assert refused.value.messages == [said]


def test_a_number_that_may_have_thousands_is_asked_for_again() -> None:
    field = NumberField(max_digits=9, decimal_places=4)

    with pytest.raises(ValidationError) as refused:
        field.clean("1,299")

    assert refused.value.code == "invalid_amount"
    assert (field.clean("1.299,5"), field.clean("1,2995")) == (Decimal("1299.5"), Decimal("1.2995"))
