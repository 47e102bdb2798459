"""Postal addresses as their country writes them, for mails, the admin and whatever is printed."""

import re
import unicodedata
from collections.abc import Mapping

from shop.stores.countries import Country, country
from shop.stores.regions import folded, is_latin

Address = Mapping[str, str | None]

FAMILY_NAME_FIRST = {"CN": "", "HK": "", "JP": " ", "KR": "", "MO": "", "TW": ""}
"""Where the family name comes first in the country's own script, and what is written between the names."""

REGION_BY_NAME = frozenset({"ES"})
"""Where addresses write a region's name though the data has a code."""


def format_address(address: Address) -> tuple[str, ...]:
    """The lines of the address in the order of its country, from the name to the country's name in English.

    Whatever it has is in it: what the country's layout has no place for stands in a line of its own.
    """
    where = country(address.get("country") or "")
    is_local = not _is_in_latin_letters(address)
    layout = "%N%n%O%n%A%n%C %S %Z" if where is None else where.layout if is_local else where.latin_layout
    values = _values(address, where, is_local=is_local)
    for letter in ("C", "S", "Z"):
        beside = {folded(values["C"] if letter != "C" else ""), folded(where.name if where else "")}
        if f"%{letter}" not in layout and values[letter] and folded(values[letter]) not in beside:
            layout = layout.replace("%A", f"%{letter}%n%A") if is_local else f"{layout}%n%{letter}"
    lines = [line for row in layout.split("%n") for line in _line(row, values).split("\n")]
    last = where.name if where else address.get("country") or ""
    return tuple(filter(None, (*map(str.strip, lines), last)))


def _values(address: Address, where: Country | None, *, is_local: bool) -> dict[str, str]:
    """What stands for each letter of a layout."""
    text = {name: (value or "").strip() for name, value in address.items() if isinstance(value, str)}
    names = [text.get("first_name", ""), text.get("last_name", "")]
    between = FAMILY_NAME_FIRST.get(where.code) if where and is_local else None
    if between is not None:
        names.reverse()
    return {
        "N": (" " if between is None else between).join(filter(None, names)),
        "O": text.get("company", ""),
        "A": "\n".join(filter(None, (text.get("line1"), text.get("line2")))),
        "C": text.get("city", ""),
        "S": _region(text.get("state", ""), where, is_local=is_local),
        "Z": text.get("postal_code", ""),
    }


def _region(written: str, where: Country | None, *, is_local: bool) -> str:
    region = where.subdivision(written) if where and written else None
    if where is None or region is None:
        return written
    if is_local or (is_latin(region.local) and where.code not in REGION_BY_NAME):
        return region.local
    return region.name


def _line(row: str, values: Mapping[str, str]) -> str:
    """One row of a layout; what separates two values stands only between two that are there."""
    line = separator = ""
    for part in re.split(r"(%[A-Z])", row):
        if not part.startswith("%"):
            separator = part or separator
        elif value := values.get(part[1], ""):
            line += separator + value
            separator = ""
    return line


def _is_in_latin_letters(address: Address) -> bool:
    said = f"{address.get('line1') or ''}{address.get('city') or ''}"
    return all(unicodedata.name(each, "").startswith("LATIN") for each in said if each.isalpha())
