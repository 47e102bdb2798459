"""Formatting amounts with the symbol of their currency."""

from typing import Final

from shop.kernel.money import Money

SIGNS: Final = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PHP": "₱",
    "TWD": "NT$",
    "USD": "$",
    "VND": "₫",
}
"""The symbols of Unicode's CLDR for English, written before the amount; other currencies are written as their code."""


def written(money: Money) -> str:
    """Return the amount for display, such as €1,234.50."""
    whole, point, part = money.text().lstrip("-").partition(".")
    sign = SIGNS.get(money.currency, f"{money.currency}\N{NO-BREAK SPACE}")
    return f"{'-' if money.minor < 0 else ''}{sign}{int(whole):,}{point}{part}"
