"""ISO 4217 list one, as SIX published it on 2026-01-01: every active code that has a minor unit.

These are the standard's exponents, not the digits that locales show (CLDR shows IQD without decimals; ISO gives it
three). Metals, drawing rights, bond units and the codes for testing and for no currency have no minor unit in the
list, so they are left out.
"""

from collections.abc import Mapping
from types import MappingProxyType

from shop.kernel.errors import Invalid
from shop.kernel.messages import gettext_noop

_CODES = {
    0: """
        BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
    """,
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
        CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
        HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
        MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
        SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED
        VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: """
        BHD IQD JOD KWD LYD OMR TND
    """,
    4: """
        CLF UYW
    """,
}

EXPONENTS: Mapping[str, int] = MappingProxyType(
    {code: digits for digits, codes in _CODES.items() for code in codes.split()}
)
"""The exponent of each code: how many decimals the major unit has, such as 2 for EUR."""


class UnknownCurrency(Invalid):
    """Not an active currency code of ISO 4217."""

    code = "unknown_currency"
    message = gettext_noop("This is not an active ISO 4217 currency code.")


def exponent(code: str) -> int:
    """Return how many decimals the currency has. Raises UnknownCurrency unless it is an active upper-case code."""
    try:
        return EXPONENTS[code]
    except KeyError as unknown:
        raise UnknownCurrency from unknown
