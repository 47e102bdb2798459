"""One row of a file, and the types of its cells. An invalid cell is reported and left out; reading continues."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

from django.core.exceptions import ValidationError

from shop.exchange.types import Fault
from shop.kernel.money import Money
from shop.platform import amounts
from shop.platform.http.body import is_storable
from shop.stores.limits import LARGEST_PRICE

LONGEST: Final = 100_000
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,12})?")
_THOUSANDS: Final = re.compile(r"-?[0-9]{1,3},[0-9]{3}")
_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_FAILED: Final = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|#+)")
_QUOTED: Final = re.compile(r"'(?=[-+]?[0-9][0-9.,\s-]*$|[=+@-])")
_FORMULA: Final = re.compile(r'="([^"]*)"')
_ROUNDED: Final = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+|[0-9]{6,}[.,]0+")
_TRUE: Final = ("true", "yes", "1", "wahr", "ja", "vrai", "oui", "vero", "verdadero", "verdadeiro", "waar", "sant")
_FALSE: Final = ("false", "no", "0", "falsch", "nein", "faux", "non", "falso", "onwaar", "falskt")
_FLAGS: Final[Mapping[str, bool]] = MappingProxyType(dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False))
"""Truth values as spreadsheets write them in several languages."""
_POLICIES: Final[Mapping[str, bool]] = MappingProxyType({**_FLAGS, "continue": True, "deny": False})


@dataclass(slots=True)
class Row:
    """The cells of a row that are not empty, by column, and the line where it begins.

    `faults` refuse the whole product; `warnings` list what is left out of it. `lost` has the columns with an invalid
    cell, which the import treats as absent from the row.
    """

    line: int
    cells: Mapping[str, str]
    headings: Mapping[str, str] = field(default_factory=dict)
    """The file's names of the columns."""
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def fault(self, column: str, message: str) -> None:
        self.faults.append(self._told(column, message))

    def warn(self, column: str, message: str) -> None:
        """Leave out the cell, with a warning."""
        self.lost.add(column)
        self.warnings.append(self._told(column, message))

    def text(self, column: str, *, most: int = LONGEST, is_cut: bool = False) -> str:
        """Return the text, or an empty one; a text that is too long is truncated or left out."""
        text = self.cells.get(column, "")
        if not is_storable(text):
            self.warn(column, "has a character that can't be stored; ignored")
        elif _FAILED.fullmatch(text):
            self.warn(column, f"{_shown(text)} is what a spreadsheet writes for a formula that failed; ignored")
        elif len(text) <= most:
            return text
        elif is_cut:
            self.warnings.append(self._told(column, f"has {len(text)} characters; the first {most} are kept"))
            return text[:most].rstrip()
        else:
            self.warn(column, f"has {len(text)} characters; the maximum is {most}; ignored")
        return ""

    def code(self, column: str, *, most: int = 255) -> str:
        """Return a SKU or a barcode without a spreadsheet's prefix; a number that it has rounded is left out."""
        text = plain(self.text(column, most=most))
        if _ROUNDED.fullmatch(text):
            self.warn(column, f"{_shown(text)} is what a spreadsheet made of a longer number; ignored")
            return ""
        return text

    def flag(self, column: str, *, default: bool) -> bool:
        """Return the cell's truth value."""
        return self._one_of(column, _FLAGS, "true, false", default=default)

    def policy(self, column: str) -> bool:
        """Return whether the variant may be sold without stock."""
        return self._one_of(column, _POLICIES, "deny, continue", default=False)

    def money(self, column: str, currency: str, decimal: str | None) -> Money | None:
        """Return the amount, which the file has in major units; None if it is absent or invalid."""
        text = plain(self.text(column))
        if not text:
            return None
        try:
            amount = amounts.parsed(text, currency, decimal=decimal)
        except ValidationError as wrong:
            self.warn(column, f"{_shown(text)} is not a valid amount in {currency}; ignored. {wrong.messages[0]}")
            return None
        if amount.minor < 0:
            self.warn(column, f"{_shown(text)} is negative; ignored")
            return None
        if amount.minor > LARGEST_PRICE:
            self.warn(column, f"{amount} is more than {Money(LARGEST_PRICE, currency)}; ignored")
            return None
        return amount

    def whole(self, column: str, *, least: int, most: int) -> int | None:
        """Return a whole number, or None. Decimals, which the format has for grams, are rounded."""
        text = plain(self.text(column))
        if not text:
            return None
        readable = _NUMBER.fullmatch(text) and not _THOUSANDS.fullmatch(text)
        number = Decimal(text.replace(",", ".")).quantize(Decimal(1), ROUND_HALF_UP) if readable else None
        if number is None or not least <= number <= most:
            self.warn(column, f"{_shown(text)} is not a number from {least} to {most}; ignored")
            return None
        return int(number)

    def address(self, column: str) -> str:
        """Return a URL, or an empty text."""
        text = self.text(column, most=1000)
        if text and not _ADDRESS.fullmatch(text):
            self.warn(column, f"{_shown(text)} is not a URL; ignored")
            return ""
        return text

    def _one_of(self, column: str, words: Mapping[str, bool], expected: str, *, default: bool) -> bool:
        text = self.cells.get(column, "")
        if not text:
            return default
        if text.casefold() not in words:
            self.warn(column, f"{_shown(text)} is not one of {expected}; ignored")
        return words.get(text.casefold(), default)

    def _told(self, column: str, message: str) -> Fault:
        return Fault(self.line, self.headings.get(column, column), message)


def plain(text: str) -> str:
    """Return the text without the apostrophe or formula that keeps spreadsheets from parsing it as a number."""
    quoted = _FORMULA.fullmatch(text)
    return quoted[1] if quoted else _QUOTED.sub("", text, count=1)


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:40] + "…")
