"""Money is a whole number of minor units and their currency.

There are no floats and no division. Only two methods round: `Money.share` takes a part of an amount (half away from
zero), and `Money.split` distributes an amount without losing a minor unit (largest remainder). Taxes are shares.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering
from typing import Self

from shop.kernel.currencies import exponent
from shop.kernel.errors import Invalid
from shop.kernel.messages import gettext_noop

LARGEST = 2**53 - 1
"""The largest amount, in minor units: the largest integer that every JSON parser keeps exact (RFC 7493, 2.2)."""

_TEXT = re.compile(r"(-?)(0|[1-9][0-9]{0,23})(?:\.([0-9]{1,24}))?")


class CurrencyMismatch(ArithmeticError):
    """A calculation mixes two currencies: an error in the program, never a client's."""


class AmountTooLarge(Invalid):
    """An amount of money exceeds the maximum of its column."""

    code = "amount_too_large"
    message = gettext_noop("This amount is too large.")


class InvalidAmount(Invalid):
    """A text can't be parsed as an amount of the currency without rounding."""

    code = "invalid_amount"
    message = gettext_noop("Enter an amount such as 1299.00, with no more decimals than its currency has.")


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency. Adding, comparing and so on across currencies raises CurrencyMismatch; == is False."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Money counts minor units in an int, not in {type(self.minor).__name__}")
        if not -LARGEST <= self.minor <= LARGEST:
            raise AmountTooLarge(params={"max": LARGEST})
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return zero in this currency, the start of sums."""
        return cls(0, currency)

    @classmethod
    def from_text(cls, text: str, currency: str) -> Self:
        """Parse major units, "19.99". Raises InvalidAmount for separators, exponents, spaces or too many decimals."""
        digits = exponent(currency)
        written = _TEXT.fullmatch(text)
        if not written or len(written[3] or "") > digits:
            raise InvalidAmount(params={"decimals": digits})
        sign, whole, part = written.groups(default="")
        return cls(int(sign + whole + part.ljust(digits, "0")), currency)

    def text(self) -> str:
        """Return the exact major units with all decimals of the currency: "19.99", "-0.05", "500" for JPY."""
        digits = exponent(self.currency)
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**digits)
        return f"{sign}{whole}.{part:0{digits}}" if digits else f"{sign}{whole}"

    def __str__(self) -> str:
        return f"{self.text()} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            return NotImplemented
        return Money(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._same_currency(other)
        return self.minor < other.minor

    def share(self, rate: Decimal | Fraction) -> "Money":
        """Return this part of the amount (0.19 for 19 %), calculated exactly and rounded once, half away from zero."""
        if not isinstance(rate, Decimal | Fraction):
            raise TypeError(f"a rate is an exact Decimal or Fraction, not a {type(rate).__name__}")
        return Money(_rounded(self.minor * Fraction(rate)), self.currency)

    def split(self, weights: Sequence[int]) -> "tuple[Money, ...]":
        """Distribute the amount in proportion to the weights, so that the parts add up to it exactly.

        Each part is rounded towards zero; the remaining minor units go one each to the parts with the largest
        remainders, ties to the earlier. So a weight of zero gets nothing, and no part exceeds its weight if the amount
        does not exceed their sum. If all weights are zero they count as equal. Raises ValueError for a negative weight,
        and for an empty list of weights unless the amount is zero.
        """
        if any(type(weight) is not int for weight in weights):
            raise TypeError("a weight is an int")
        if any(weight < 0 for weight in weights):
            raise ValueError("a weight can't be negative")
        if not weights and self.minor:
            raise ValueError("there is nobody to split among")
        if not any(weights):
            weights = [1] * len(weights)
        total, sign = sum(weights), -1 if self.minor < 0 else 1
        dealt = [divmod(abs(self.minor) * weight, total) for weight in weights]
        parts = [part for part, _ in dealt]
        left = abs(self.minor) - sum(parts)
        by_remainder = sorted(range(len(dealt)), key=lambda position: -dealt[position][1])  # stable: ties keep order
        for position in by_remainder[:left]:
            parts[position] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self} and {other}")


def tax_on(net: Money, *, percent: Decimal) -> Money:
    """Return the tax on a net amount: 23.46 on 102.00 at 23 %. Raises ValueError for a negative percentage."""
    return net.share(_percentage(percent) / 100)


def tax_contained(gross: Money, *, percent: Decimal) -> Money:
    """Return the tax contained in a gross amount: 11.21 in 59.97 at 23 %. The net is gross - tax, without rounding."""
    rate = _percentage(percent)
    return gross.share(rate / (100 + rate))


def _percentage(percent: Decimal) -> Fraction:
    if not isinstance(percent, Decimal):
        raise TypeError(f"a percentage is a Decimal, not a {type(percent).__name__}")
    if not percent.is_finite() or percent < 0:
        raise ValueError(f"{percent} is no percentage of a tax")
    return Fraction(percent)


def _rounded(exact: Fraction) -> int:
    """Round to the nearest whole number, half away from zero. No other function rounds amounts."""
    doubled = 2 * exact.denominator
    nearest = (2 * abs(exact.numerator) + exact.denominator) // doubled
    return nearest if exact >= 0 else -nearest
