"""One row of a file, and the kinds of cells it has. A cell that can't be kept is told and left out; reading goes on."""

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
"""As spreadsheets write them in the languages of those who use them."""
_POLICIES: Final[Mapping[str, bool]] = MappingProxyType({**_FLAGS, "continue": True, "deny": False})


@dataclass(slots=True)
class Row:
    """The cells of a row that are not empty, by their column, and the line where it begins.

    `faults` refuse the whole product; `warnings` tell what was left out of it. `lost` names the columns whose cell
    could not be kept: about them the row says nothing.
    """

    line: int
    cells: Mapping[str, str]
    headings: Mapping[str, str] = field(default_factory=dict)
    """What the file calls the columns."""
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def fault(self, column: str, message: str) -> None:
        self.faults.append(self._told(column, message))

    def warn(self, column: str, message: str) -> None:
        """The cell is not kept."""
        self.lost.add(column)
        self.warnings.append(self._told(column, message))

    def text(self, column: str, *, most: int = LONGEST, is_cut: bool = False) -> str:
        """The text, empty when there is none; one that is too long is cut or left out."""
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
        """A SKU or a barcode, without what spreadsheets put before numbers; one that they have rounded is left out."""
        text = plain(self.text(column, most=most))
        if _ROUNDED.fullmatch(text):
            self.warn(column, f"{_shown(text)} is what a spreadsheet made of a longer number; ignored")
            return ""
        return text

    def flag(self, column: str, *, default: bool) -> bool:
        """Whether it says true."""
        return self._one_of(column, _FLAGS, "true, false", default=default)

    def policy(self, column: str) -> bool:
        """Whether it says that selling goes on when there is none left."""
        return self._one_of(column, _POLICIES, "deny, continue", default=False)

    def money(self, column: str, currency: str, decimal: str | None) -> Money | None:
        """The amount, in major units; None when there is none, or it can't be kept."""
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
        """A whole number; None when there is none. Decimals, as the format has them in grams, are rounded."""
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
        """A web address, empty when there is none."""
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
    """The text without the apostrophe or the formula by which spreadsheets are kept from reading a number."""
    quoted = _FORMULA.fullmatch(text)
    return quoted[1] if quoted else _QUOTED.sub("", text, count=1)


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:40] + "…")
