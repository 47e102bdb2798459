"""Amounts as people read them, with the symbol of their currency."""

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
"""Before the amount, as Unicode's CLDR writes them in English; other currencies are written as their code."""


def written(money: Money) -> str:
    """The amount as a person reads it."""
    whole, point, part = money.text().lstrip("-").partition(".")
    sign = SIGNS.get(money.currency, f"{money.currency}\N{NO-BREAK SPACE}")
    return f"{'-' if money.minor < 0 else ''}{sign}{int(whole):,}{point}{part}"
