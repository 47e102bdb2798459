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


WITHOUT_REGIONS = frozenset({"HU", "NZ"})
"""Whose post has no use for a region though the postal code stands last. None has where it stands before the city."""


def format_address(address: Address) -> tuple[str, ...]:
    """The lines of the address in the order of its country, from the name to the country's name in the active language.

    What the country's layout has no place for stands where it belongs: the city after the street, the region between
    city and postal code. What stands beside it already is not said twice, and a region that post does not use is not
    said at all.
    """
    where = country(address.get("country") or "")
    is_local = not _is_in_latin_letters(address)
    values = _values(address, where, is_local=is_local)
    layout = _layout(where, values, is_local=is_local) if where else "%N%n%O%n%A%n%C %S %Z"
    lines = [line for row in layout.split("%n") for line in _line(row, values).split("\n")]
    last = where.name if where else address.get("country") or ""
    return tuple(filter(None, (*(line.strip().lstrip(", ") for line in lines), last)))


def _layout(where: Country, values: Mapping[str, str], *, is_local: bool) -> str:
    """The country's layout, with places for what this address has beyond it."""
    layout = where.layout if is_local else where.latin_layout
    said = {folded(where.name), folded(where.code)}
    if folded(values["C"]) == folded(values["S"]):
        layout = layout.replace("%S", "") if "%C" in layout else layout
        said.add(folded(values["S"]))
    for letter in ("C", "S", "Z"):
        if f"%{letter}" not in layout and values[letter] and folded(values[letter]) not in said:
            layout = _with_place(letter, layout, where, values)
    return layout


def _with_place(letter: str, layout: str, where: Country, values: Mapping[str, str]) -> str:
    city, code = layout.find("%C"), layout.find("%Z")
    if layout.find("%A") < layout.find("%N"):  # the largest first
        return layout.replace("%A", f"%{letter}%n%A")
    if letter == "Z":
        return f"{layout}%n%Z"
    if letter == "C" or city < 0:
        return re.sub(r"%A(?=%n|$)", f"%A%n%{letter}", layout).replace("%A,", f"%A, %{letter},")
    if values["Z"] and (0 <= code < city or where.code in WITHOUT_REGIONS):
        return layout
    is_in_line = "%n" not in layout[city:code] and code > city
    return layout.replace("%C", "%C, %S" if is_in_line else "%C%n%S")


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
