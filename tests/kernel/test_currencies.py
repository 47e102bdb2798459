import pytest

from shop.kernel.currencies import EXPONENTS, UnknownCurrency, exponent


@pytest.mark.parametrize(
    ("code", "decimals"),
    [
        ("EUR", 2),
        ("USD", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("UGX", 0),
        ("KWD", 3),
        ("IQD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("UYW", 4),
        ("MGA", 2),
        ("MRU", 2),
        ("HUF", 2),
        ("IDR", 2),
        ("XCG", 2),
        ("ZWG", 2),
    ],
)
def test_a_currency_has_the_decimals_that_iso_gives_it(code: str, decimals: int) -> None:
    assert exponent(code) == decimals


def test_the_table_is_list_one() -> None:
    counts = {digits: list(EXPONENTS.values()).count(digits) for digits in (0, 2, 3, 4)}

    assert counts == {0: 17, 2: 139, 3: 7, 4: 2}
    assert len(EXPONENTS) == 165


def test_every_code_is_three_capital_letters() -> None:
    assert {(len(code), code.isascii(), code.isalpha(), code.isupper()) for code in EXPONENTS} == {
        (3, True, True, True)
    }


@pytest.mark.parametrize(
    "code",
    ["", "eur", "EURO", " EUR", "BGN", "HRK", "ANG", "SLL", "ZWL", "CUC", "XAU", "XDR", "XTS", "XXX", "BTC", "\ud800"],
)
def test_what_is_no_active_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency) as refused:
        exponent(code)

    assert refused.value.problem.code == "unknown_currency"
    assert len(EXPONENTS) == 165


def test_nobody_can_change_the_table() -> None:
    with pytest.raises(TypeError):
        EXPONENTS["EUR"] = 3  # type: ignore[index]

    assert exponent("EUR") == 2
