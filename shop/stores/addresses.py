"""Whether an address can be one in its country. Where the data leaves doubt, what people write stands."""

import re
import unicodedata
from collections.abc import Mapping

from shop.kernel.errors import FieldsWrong, Problem
from shop.stores.countries import Country, country

Address = Mapping[str, object]
"""Texts by field: line1, city, postal_code, state, country …; what is missing counts as empty."""


def check(address: Address) -> None:
    """Raises FieldsWrong with every mistake and every gap of the address, by field."""
    problems = mistakes(address) + gaps(address)
    if problems:
        raise FieldsWrong(problems)


def mistakes(address: Address) -> list[Problem]:
    """What is written and can't be: an unknown country, a postal code or subdivision that it doesn't have."""
    code = _text(address, "country")
    if not code:
        return []
    where = country(code)
    if where is None:
        return [Problem("invalid_choice", "There is no such country (ISO 3166-1 alpha-2).", "country")]
    return [each for each in (_postal_code(address, where), _state(address, where)) if each]


def gaps(address: Address) -> list[Problem]:
    """What is missing for post to arrive: the country, the first line, and what the country needs besides."""
    where = country(_text(address, "country"))
    needed = where.required if where else {"line1"}
    missing = sorted(each for each in needed if not _text(address, each))
    if not _text(address, "country"):
        missing.append("country")
    return [Problem("required", "This field is required.", each) for each in missing]


def _postal_code(address: Address, where: Country) -> Problem | None:
    written, rule = _text(address, "postal_code"), where.postal_code
    if not written or rule is None:
        return None
    given = unicodedata.normalize("NFKC", written).upper()
    ways = (given, given.removeprefix(rule.prefix), given.removeprefix(f"{where.code}-"), f"{where.code}-{given}")
    if any(re.match(rule.pattern, way) for way in ways):
        return None
    example = rule.examples[0] if rule.examples else None
    like = f", like {example}" if example else ""
    return Problem(
        "invalid_format",
        f"This is not a postal code of {where.name}{like}.",
        "postal_code",
        {"country": where.code, "example": example},
    )


def _state(address: Address, where: Country) -> Problem | None:
    written = _text(address, "state")
    if not written or not where.is_closed or where.subdivision(written):
        return None
    kind = where.labels["state"].replace("_", " or ")
    return Problem(
        "invalid_choice",
        f"{where.name} has no such {kind}.",
        "state",
        {"country": where.code},
    )


def _text(address: Address, name: str) -> str:
    return str(address.get(name) or "").strip()
