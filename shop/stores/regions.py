"""How the regions of a country are written: states, provinces, prefectures …

The regions are those of Google's address data. `data/regions.tsv` adds what else they are called: codes of ISO 3166-2
that were, codes of payment services and other shops, former names, and the names of CLDR.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "regions.tsv"
ACCENTS = ("\u0300", "\u036f")
LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "’": "'"}  # noqa: RUF001
)
LETTERS |= str.maketrans({chr(each): chr(each + 0x60) for each in range(0x3041, 0x3097)})
"""Letters that have no accent to take away and are typed without all the same; hiragana are katakana."""

KINDS = re.compile(
    r"""^(?:
        (?:prov(?:ince|incia|inz|íncia|incie)?|estado|state|edo|dep(?:artament(?:o|s)|artment|t|to)|distrito
        |comunidad(?:\ aut[oó]noma)?|regione|regi[oó]n|pr[eé]fecture|prefectura|prefettura|pr[aä]fektur
        |county|co|contae|governorate|emirate|parish|oblast'?|republic|respublika|changwat|tinh|thanh\ pho|t[ỉi]nh
        |isla|island)
        \.?(?:\ (?:de\ la|de\ los|del?|d[oai]s?|of|d'))?[\ ]*
    )+(?=\S)
    |(?:[\ -](?:province|prefecture|county|state|governorate|emirate|department|district|region|parish|republic|oblast'?
        |kray|krai|respublika|(?:(?:uyghur|uygur|zhuang|hui)\ )?autonomous|municipality|metropolis|metropolitan|special
        |self-governing|teukbyeolsi|gwangyeoksi|teukbyeoljachi(?:do|si)|city|shi|sheng|zizhiqu|zhuangzuzizhiqu|ken|fu|to|do|si|island|islands|область|обл|край
        |республика|ili|il)\.?)+$""",
    re.VERBOSE,
)
"""What a region is called, before or after its name."""
KINDS_IN_HAN_AND_HANGUL = re.compile(
    r"(?<=..)(?:特别行政区|特別行政區|维吾尔自治区|壮族自治区|回族自治区|自治区|自治區|省|市|県|縣|县|府|都|州"
    r"|특별자치도|특별자치시|특별시|광역시|도|시)$"
)


@dataclass(frozen=True, slots=True)
class Subdivision:
    """A state, province, prefecture …: its ISO 3166-2 code without the country where it has one, and its name."""

    code: str
    name: str
    local: str
    """As it is written in an address there: TX, SP, 東京都."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file."""

    code: str
    was: str
    spellings: tuple[str, ...]
    names: tuple[str, ...]


def folded(text: str) -> str:
    """The text without case, accents, spaces and punctuation, for comparing names."""
    bare = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    kept = (letter for letter in bare if not ACCENTS[0] <= letter <= ACCENTS[1])
    return unicodedata.normalize("NFC", "".join(each for each in kept if unicodedata.category(each)[0] in "LNM"))


def without_kind(text: str) -> str:
    """The folded name without what kind of region it is: Province, Oblast, 省 …"""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return folded(KINDS_IN_HAN_AND_HANGUL.sub("", KINDS.sub("", plain)))


def subdivisions(code: str, database: Mapping[str, Mapping[str, Any]]) -> tuple[Subdivision, ...]:
    """The regions of a country in the order of the address data."""
    data, now = database[code], {row.was: row.code for row in _rows().get(code, ())}
    codes, latin, local = (listed(data, each) for each in ("sub_isoids", "sub_lnames", "sub_names"))
    found = []
    for at, key in enumerate(listed(data, "sub_keys")):
        iso = _at(codes, at) or key
        name = next((each for each in (_at(latin, at), _at(local, at), key) if is_latin(each)), key)
        found.append(Subdivision(now.get(iso, iso), name, key))
    return tuple(found)


def spellings(
    code: str, found: Iterable[Subdivision], database: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Subdivision]:
    """Each region by every way of writing it, folded.

    A way that two regions share stands for the one that has it as its code, or by which it is better known; for
    neither where that is open.
    """
    data, rows = database[code], {row.code: row for row in _rows().get(code, ())}
    lists = [listed(data, each) for each in ("sub_isoids", "sub_keys", "sub_lnames", "sub_names")]
    abroad = [_names(row) for name, row in database.items() if re.fullmatch(rf"{code}--[\w-]+", name)]
    known, tiers = {}, ([], [], [], [], [], [])  # type: dict[str, Subdivision], tuple[list[tuple[str, Subdivision]], ...]
    for at, region in enumerate(found):
        row = rows.get(region.code, Row(region.code, "", (), ()))
        words = [word for each in lists for word in [_at(each, at)] if word]
        words += [word for names in abroad for word in names.get(region.local, ()) if word]
        tiers[0].append((folded(region.code), region))
        tiers[1].extend((folded(word), region) for word in row.spellings)
        tiers[2].extend((folded(word), region) for word in words)
        tiers[3].extend((folded(word), region) for word in row.names)
        tiers[4].extend((without_kind(word), region) for word in (*row.spellings, *words))
        tiers[5].extend((without_kind(word), region) for word in row.names)
    for tier in tiers:
        known.update(_only_one_each((word, region) for word, region in tier if word and word not in known))
    return known


def listed(data: Mapping[str, str], name: str) -> list[str]:
    """The values of a field of the address data that has several."""
    return data[name].split("~") if name in data else []


def is_latin(text: str) -> bool:
    """Whether it begins with a Latin letter."""
    return bool(text) and unicodedata.name(text[0], "").startswith("LATIN")


@cache
def _rows() -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            head, known, names = (*line.split("\t"), "", "")[:3]
            country, _, codes = head.partition("-")
            code, _, was = codes.partition("/")
            found.setdefault(country, []).append(Row(code, was or code, _several(known), _several(names)))
    return {country: tuple(rows) for country, rows in found.items()}


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("; ")))


def _only_one_each(pairs: Iterable[tuple[str, Subdivision]]) -> dict[str, Subdivision]:
    """The words that stand for one region alone."""
    regions: dict[str, dict[str, Subdivision]] = {}
    for word, region in pairs:
        regions.setdefault(word, {})[region.code] = region
    return {word: region for word, found in regions.items() if len(found) == 1 for region in found.values()}


def _names(row: Mapping[str, str]) -> dict[str, list[str]]:
    """How another language calls each region; its order is another, its keys are the same."""
    local, latin = listed(row, "sub_names"), listed(row, "sub_lnames")
    return {key: [_at(local, at), _at(latin, at)] for at, key in enumerate(listed(row, "sub_keys"))}


def _at(values: list[str], at: int) -> str:
    return values[at] if at < len(values) else ""
