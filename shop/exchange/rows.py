"""Reading a CSV file (RFC 4180) as rows; a broken row does not affect the rows behind it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

LONGEST_CELL: Final = 2**30
INVISIBLE: Final = "\ufeff\u200b\u200e\u200f\u2060"
MOST_BROKEN: Final = 100
"""The number of broken rows after which the file is no CSV at all."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a row, and the line where it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that can't be parsed; reading continues with the next one."""

    line: int
    text: str
    message: str


def rows(text: str, *, delimiter: str = ",", begin: int = 0) -> Iterator[Cells | Broken]:
    """Yield the rows of the text from line `begin` on, in order, without blank ones."""
    csv.field_size_limit(LONGEST_CELL)  # the default of 128 KiB would break the row; Row.text has a clearer message
    lines = io.StringIO(text, newline="").readlines()
    start = begin
    for _ in range(MOST_BROKEN):
        reader = csv.reader(islice(lines, start, None), delimiter=delimiter, strict=True)
        begun = start
        try:
            for cells in reader:
                if any(map(stripped, cells)):
                    yield Cells(begun + 1, tuple(cells))
                begun = start + reader.line_num
        except csv.Error as wrong:
            yield Broken(begun + 1, lines[begun], _said(str(wrong)))
            start = begun + 1
        else:
            return
    if start < len(lines):
        yield Broken(start + 1, "", f"{MOST_BROKEN} rows before this are not CSV; nothing was read from here on")


def stripped(cell: str) -> str:
    """Strip white space and invisible characters from the cell."""
    return cell.strip().strip(INVISIBLE).strip()


def _said(message: str) -> str:
    if message == "unexpected end of data":
        return 'a quotation mark (") is opened here and never closed'
    return f"this is not CSV: {message}"
