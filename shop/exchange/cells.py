"""One row of a file, and the kinds of cells it has. What can't be read is noted, and reading goes on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from shop.exchange.types import Fault
from shop.kernel.errors import Refusal
from shop.kernel.money import Money
from shop.platform.http.body import is_storable

LONGEST: Final = 100_000
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)


@dataclass(slots=True)
class Row:
    """The cells of a row that are not empty, by their column, and the line where it begins."""

    line: int
    cells: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, message: str) -> None:
        self.faults.append(Fault(self.line, column, message))

    def text(self, column: str, *, most: int = LONGEST) -> str:
        """The text, empty when there is none."""
        text = self.cells.get(column, "")
        if not is_storable(text):
            self.fault(column, "has a character that can't be stored")
        elif len(text) > most:
            self.fault(column, f"has {len(text)} characters; the most is {most}")
        else:
            return text
        return ""

    def choice(self, column: str, *known: str) -> str:
        """One of these words in lower case; the first when there is none."""
        text = self.cells.get(column, known[0]).lower()
        if text in known:
            return text
        self.fault(column, f"{_shown(text)} is none of {', '.join(known)}")
        return known[0]

    def flag(self, column: str, *, default: bool) -> bool:
        """Whether it says true."""
        said = ("true", "false") if default else ("false", "true")
        return self.choice(column, *said) == "true"

    def money(self, column: str, currency: str) -> Money | None:
        """The amount, in major units; None when there is none, or it can't be read."""
        text = self.cells.get(column, "")
        if not text:
            return None
        plain = text.rstrip("0").rstrip(".") if "." in text and _NUMBER.fullmatch(text) else text  # 5.00 yen are 5
        try:
            amount = Money.from_text(plain, currency)
        except Refusal as refusal:
            self.fault(column, f"{_shown(text)} is no amount in {currency}: {refusal.problem.message}")
            return None
        if amount.minor < 0:
            self.fault(column, f"{_shown(text)} is negative")
            return None
        return amount

    def whole(self, column: str, *, least: int, most: int) -> int:
        """A whole number; 0 when there is none. Decimals, as the format has them in grams, are rounded."""
        text = self.cells.get(column, "")
        if not text:
            return 0
        number = Decimal(text).quantize(Decimal(1), ROUND_HALF_UP) if _NUMBER.fullmatch(text) else None
        if number is None or not least <= number <= most:
            self.fault(column, f"{_shown(text)} is no number from {least} to {most}")
            return 0
        return int(number)

    def address(self, column: str) -> str:
        """A web address, empty when there is none."""
        text = self.text(column, most=1000)
        if text and not _ADDRESS.fullmatch(text):
            self.fault(column, f"{_shown(text)} is no web address")
            return ""
        return text


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:40] + "…")
