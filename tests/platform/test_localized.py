"""Amounts and dates as each language writes them."""

from datetime import date

import pytest
from django.utils.translation import override

from shop.kernel.money import Money
from shop.platform.localized import long_date, money, territories
from shop.platform.translation import language_of


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (2489, "EUR", "€24.89", "24,89\xa0€"),
        (-500, "EUR", "-€5.00", "-5,00\xa0€"),
        (123456789, "USD", "$1,234,567.89", "1.234.567,89\xa0$"),
        (500, "JPY", "¥500", "500\xa0¥"),
        (0, "CHF", "CHF\xa00.00", "0,00\xa0CHF"),
        (1500, "KWD", "KWD\xa01.500", "1,500\xa0KWD"),
        (1500, "IQD", "IQD\xa01.500", "1,500\xa0IQD"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_in_every_language(
    minor: int, currency: str, english: str, german: str
) -> None:
    amount = Money(minor, currency)

    with override("en"):
        in_english = money(amount)
    with override("de"):
        in_german = money(amount)

    assert (in_english, in_german) == (english, german)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Friday, December 4, 2026"), ("de", "Freitag, 4. Dezember 2026")]
)
def test_a_date_has_the_name_of_its_day(language: str, text: str) -> None:
    with override(language):
        assert long_date(date(2026, 12, 4)) == text


@pytest.mark.parametrize(("language", "name"), [("en", "Austria"), ("de", "Österreich")])
def test_countries_have_names_in_every_language(language: str, name: str) -> None:
    with override(language):
        assert territories()["AT"] == name


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de-AT", "de"), ("de-Latn-CH", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("xx-YY", "en")],
)
def test_a_locale_is_told_in_its_language_or_in_english(locale: str, language: str) -> None:
    assert language_of(locale) == language
