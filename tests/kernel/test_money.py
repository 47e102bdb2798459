import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from shop.kernel.currencies import UnknownCurrency
from shop.kernel.money import (
    LARGEST,
    AmountTooLarge,
    CurrencyMismatch,
    InvalidAmount,
    Money,
    tax_contained,
    tax_on,
)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.mark.parametrize("minor", [True, 19.99, Decimal(1999), "1999", None])
def test_money_is_made_of_whole_minor_units_only(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "EUR")  # type: ignore[arg-type]


def test_money_is_of_a_known_currency() -> None:
    with pytest.raises(UnknownCurrency):
        Money(1, "XXX")


def test_money_cannot_be_changed() -> None:
    price = eur(1999)

    with pytest.raises(AttributeError):
        price.minor = 1  # type: ignore[misc]

    assert price == eur(1999)


def test_money_survives_copying_and_pickling() -> None:
    price = eur(1999)

    copies = {price, copy.deepcopy(price), pickle.loads(pickle.dumps(price))}  # noqa: S301 its own bytes

    assert copies == {eur(1999)}


def test_amounts_of_one_currency_add_up() -> None:
    assert eur(1999) + eur(1) == eur(2000)
    assert eur(1999) - eur(2000) == eur(-1)
    assert -eur(5) == eur(-5)
    assert eur(1020) * 10 == 10 * eur(1020) == eur(10200)
    assert sum([eur(1), eur(2)], Money.zero("EUR")) == eur(3)


def test_amounts_of_one_currency_are_ordered() -> None:
    assert eur(1) < eur(2)
    assert eur(2) <= eur(2)
    assert eur(3) > eur(2)
    assert eur(2) >= eur(2)
    assert min(eur(1000), eur(999)) == eur(999)


def test_currencies_never_mix() -> None:
    euros, dollars = eur(1), Money(1, "USD")

    with pytest.raises(CurrencyMismatch):
        euros + dollars
    with pytest.raises(CurrencyMismatch):
        euros - dollars
    with pytest.raises(CurrencyMismatch):
        assert euros < dollars
    with pytest.raises(CurrencyMismatch):
        assert euros >= dollars

    assert euros != dollars
    assert Money.zero("EUR") != Money.zero("USD")


def test_money_knows_no_plain_numbers() -> None:
    price = eur(1999)

    with pytest.raises(TypeError):
        price + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        price - 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        assert price < 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        price * 0.19  # type: ignore[operator]
    with pytest.raises(TypeError):
        price * True
    with pytest.raises(TypeError):
        price * price  # type: ignore[operator]
    with pytest.raises(TypeError):
        price / 2  # type: ignore[operator]

    assert price == eur(1999)


def test_money_stays_within_what_json_readers_keep() -> None:
    most = eur(LARGEST)

    with pytest.raises(AmountTooLarge):
        most + eur(1)
    with pytest.raises(AmountTooLarge):
        -most - eur(1)
    with pytest.raises(AmountTooLarge):
        most * 999

    assert most.minor == 9_007_199_254_740_991


@pytest.mark.parametrize(
    ("minor", "rate", "part"),
    [
        (1, Decimal("0.5"), 1),
        (-1, Decimal("0.5"), -1),
        (3, Decimal("0.5"), 2),
        (5, Decimal("0.5"), 3),
        (1, Decimal("0.49"), 0),
        (-1, Decimal("0.49"), 0),
        (100, Decimal("1.005"), 101),
        (1000, Fraction(1, 3), 333),
        (1000, Fraction(2, 3), 667),
        (1999, Decimal("0"), 0),
        (1999, Decimal("1"), 1999),
    ],
)
def test_a_share_is_rounded_once_and_a_half_goes_away_from_zero(
    minor: int, rate: Decimal | Fraction, part: int
) -> None:
    assert eur(minor).share(rate) == eur(part)


def test_a_percentage_is_taken_of_the_line_not_of_the_unit() -> None:
    unit = eur(333)

    assert (unit * 3).share(Decimal("0.10")) == eur(100)
    assert unit.share(Decimal("0.10")) * 3 == eur(99)


def test_a_share_is_never_of_a_float() -> None:
    with pytest.raises(TypeError):
        eur(100).share(0.19)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        (1000, [1999, 1999, 500], [445, 444, 111]),
        (100, [333, 333, 333], [34, 33, 33]),
        (1121, [1, 1, 1], [374, 374, 373]),
        (-100, [0, 100, 100, 100], [0, -34, -33, -33]),
        (-5, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [-1, -1, -1, -1, -1, 0, 0, 0, 0, 0]),
        (2, [1, 3], [1, 1]),
        (2, [3, 1], [2, 0]),
        (10, [0, 0, 0], [4, 3, 3]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (7, [5], [7]),
    ],
)
def test_a_split_gives_the_rest_to_the_largest_remainders(whole: int, weights: list[int], parts: list[int]) -> None:
    assert eur(whole).split(weights) == tuple(map(eur, parts))


def test_returning_a_line_gives_back_its_own_share_only() -> None:
    first, second, third = eur(1000).split([1999, 1999, 500])

    assert eur(1999) - first == eur(1554)
    assert (second, third) == (eur(444), eur(111))


@pytest.mark.parametrize(
    ("weights", "error"), [([1, -1], ValueError), ([], ValueError), ([0.5, 0.5], TypeError), ([True], TypeError)]
)
def test_a_split_needs_somebody_to_split_among(weights: list[int], error: type[Exception]) -> None:
    with pytest.raises(error):
        eur(10).split(weights)


def test_tax_on_ten_units_depends_on_what_is_rounded() -> None:
    unit = eur(1020)

    assert tax_on(unit, percent=Decimal(23)) * 10 == eur(2350)
    assert tax_on(unit * 10, percent=Decimal(23)) == eur(2346)


def test_tax_contained_leaves_the_gross_as_it_stands() -> None:
    gross = eur(1999) * 3

    tax = tax_contained(gross, percent=Decimal("23.00"))

    assert tax == eur(1121)
    assert gross - tax == eur(4876)
    assert tax.split([1, 1, 1]) == (eur(374), eur(374), eur(373))


def test_a_fixed_discount_lowers_an_inclusive_price_by_itself() -> None:
    gross = eur(5000) - eur(1000)

    assert gross == eur(4000)
    assert tax_contained(gross, percent=Decimal(10)) == eur(364)


def test_net_is_what_tax_leaves_and_never_rounded_itself() -> None:
    gross = eur(3)

    tax = tax_contained(gross, percent=Decimal(20))

    assert (tax, gross - tax) == (eur(1), eur(2))


def test_a_discount_is_clipped_to_what_is_left() -> None:
    discount, base = eur(1000), eur(700)

    taken = min(discount, base)

    assert (base - taken, discount - taken) == (eur(0), eur(300))


def test_yen_and_dinars_are_taxed_in_their_own_units() -> None:
    assert tax_on(Money(999, "JPY"), percent=Decimal(10)) == Money(100, "JPY")
    assert tax_on(Money(12345, "KWD"), percent=Decimal(5)) == Money(617, "KWD")


@pytest.mark.parametrize(
    ("percent", "error"), [(Decimal(-1), ValueError), (Decimal("NaN"), ValueError), (19.0, TypeError), (19, TypeError)]
)
def test_a_tax_rate_is_a_decimal_from_zero_up(percent: Decimal, error: type[Exception]) -> None:
    with pytest.raises(error):
        tax_on(eur(100), percent=percent)
    with pytest.raises(error):
        tax_contained(eur(100), percent=percent)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19.99", "EUR", 1999),
        ("19.9", "EUR", 1990),
        ("19", "EUR", 1900),
        ("0.05", "EUR", 5),
        ("-0.05", "EUR", -5),
        ("-0", "EUR", 0),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("0.0001", "CLF", 1),
        ("90071992547409.91", "EUR", LARGEST),
    ],
)
def test_a_decimal_text_is_read_without_rounding(text: str, currency: str, minor: int) -> None:
    assert Money.from_text(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1,299.00", "EUR"),
        ("1299,00", "EUR"),
        ("1 299.00", "EUR"),
        ("1_299.00", "EUR"),
        ("19.999", "EUR"),
        ("19.990", "EUR"),
        ("705.00", "JPY"),
        ("19.", "EUR"),
        (".99", "EUR"),
        ("+1", "EUR"),
        ("--1", "EUR"),
        ("007", "EUR"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("Infinity", "EUR"),
        ("19.99 ", "EUR"),
        ("19.99\n", "EUR"),
        ("€19.99", "EUR"),
        ("١٩", "EUR"),
        ("", "EUR"),
        ("9" * 10_000, "EUR"),
    ],
)
def test_any_other_text_is_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        Money.from_text(text, currency)

    assert refused.value.problem.code == "invalid_amount"


def test_a_text_beyond_the_largest_amount_is_refused() -> None:
    with pytest.raises(AmountTooLarge) as refused:
        Money.from_text("90071992547409.92", "EUR")

    assert refused.value.problem.params == {"max": LARGEST}


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1999, "EUR"), "19.99 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(0, "EUR"), "0.00 EUR"),
        (Money(-500, "JPY"), "-500 JPY"),
        (Money(1001, "KWD"), "1.001 KWD"),
    ],
)
def test_money_is_written_with_the_decimals_of_its_currency(money: Money, text: str) -> None:
    assert str(money) == text
