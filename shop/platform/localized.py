"""Amounts, dates and names of countries as the active language writes them (Unicode CLDR, by Babel)."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, get_currency_symbol
from django.utils.translation import get_language

from shop.kernel.currencies import exponent
from shop.kernel.money import Money
from shop.platform.translation import AS_WRITTEN


def money(amount: Money) -> str:
    """The amount with all decimals of its currency: €24.89 in English, 24,89 € in German."""
    locale, digits = _locale(), exponent(amount.currency)
    pattern = re.sub(r"0\.0+", f"0.{'0' * digits}" if digits else "0", locale.currency_formats["standard"].pattern)
    if get_currency_symbol(amount.currency, locale)[-1].isalpha():
        pattern = pattern.replace("¤#", "¤\xa0#")  # letters stand apart from digits
    number = Decimal(amount.minor).scaleb(-digits)
    return format_currency(number, amount.currency, pattern, locale=locale, currency_digits=False)


def long_date(day: date) -> str:
    """The day with its name: Friday, December 4, 2026."""
    return format_date(day, "full", locale=_locale())


def territories() -> Mapping[str, str]:
    """The names of countries and other territories by their code."""
    names: Mapping[str, str] = _locale().territories
    return names


def _locale() -> Locale:
    return _parsed(get_language() or AS_WRITTEN)


@cache
def _parsed(language: str) -> Locale:
    return Locale.parse(language, sep="-")
