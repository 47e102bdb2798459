"""Regions above those in which addresses are written: Lazio, Cataluña … Shoppers and other systems name them instead.

`data/areas.tsv` has them for Italy and Spain, where post asks for the province.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shop.stores.regions import Subdivision, folded, listed, without_kind

DATA = Path(__file__).parent / "data" / "areas.tsv"


@dataclass(frozen=True, slots=True)
class Area:
    """A region of several provinces; the first is a good example of them."""

    name: str
    provinces: tuple[Subdivision, ...]
    postal_codes: tuple[str, ...]
    """How those of each province begin, as regular expressions."""

    def province(self, postal_code: str) -> Subdivision | None:
        """The one province that this postal code is of; None where it is of several, or of none here."""
        ways = zip(self.provinces, self.postal_codes, strict=True)
        found = [each for each, begun in ways if re.match(begun, postal_code)]
        return found[0] if len(found) == 1 else None


def areas(code: str, provinces: Iterable[Subdivision], data: Mapping[str, str]) -> Mapping[str, Area]:
    """The regions of a country by every way of writing them, folded."""
    begun = dict(zip(listed(data, "sub_keys"), listed(data, "sub_zips"), strict=False))
    known = {each.code: each for each in provinces}
    found = {}
    for codes, names in _rows().get(code, ()):
        parts = tuple(known[each] for each in codes)
        area = Area(names[0], parts, tuple(begun[each.local] for each in parts))
        found.update({folded(name): area for name in names})
    return found


def area_of(text: str, known: Mapping[str, Area]) -> Area | None:
    """The region of this name, with or without what it is: Regione Lazio; or twice, Euskadi / País Vasco."""
    whole = known.get(folded(text)) or known.get(without_kind(text))
    parts = [known.get(folded(each)) or known.get(without_kind(each)) for each in text.split("/")]
    return whole or (parts[0] if parts.count(parts[0]) == len(parts) else None)


@cache
def _rows() -> Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
    """By country, the codes of the provinces and the names of each region."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            country, codes, names = line.split("\t")
            found.setdefault(country, []).append((tuple(codes.split()), tuple(names.split("; "))))
    return {country: tuple(rows) for country, rows in found.items()}
