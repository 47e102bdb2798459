"""One rule for addresses, the one that `/countries` states. Carts, address books and the admin all ask it.

An address is settled first: what it says is read and brought into its country's form, and what can't be is refused.
Whether something is missing is a question of its own, because a cart takes an address partly.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from shop.kernel.errors import FieldsWrong, Problem
from shop.kernel.messages import gettext_noop
from shop.kernel.plain_text import readable
from shop.stores.countries import Country, country
from shop.stores.phones import NotAPhone, phone

Address = Mapping[str, object]
"""Texts by field: line1, city, postal_code, state, country …; what is missing counts as empty."""

UNKNOWN_COUNTRY = gettext_noop("Unknown country code (ISO 3166-1 alpha-2).")
NAMES = ("first_name", "last_name", "company")
"""Whom an address is for: one of them is enough."""
POSTAL = frozenset({"line1", "city", "postal_code", "state", "country"})
"""What must fit together, so that a change of one is a question to all."""

Value = TypeVar("Value")


def check(address: Address, *, of: Collection[str] | None = None) -> None:
    """Raises FieldsWrong with every mistake and every gap of the address, by field.

    With `of`, the fields that a change of it names, what they have nothing to do with is not judged: an address of
    before stays as it is until that part of it is changed.
    """
    found = mistakes(address)
    if of is not None and POSTAL.isdisjoint(of):
        found = [each for each in found if each.field in of]
    problems = found + gaps(address, of=of)
    if problems:
        raise FieldsWrong(problems)


def settled(address: Mapping[str, Value], *, place: str = "", country_code: str | None = None) -> dict[str, Any]:
    """The address in its country's form: the postal code and phone as they are written, the state by its code.

    A national phone number is read in the country of the address, else in `country_code`. Raises FieldsWrong with every
    mistake; `place` is where the address stands in the body.
    """
    problems = mistakes(address, country_code=country_code)
    if problems:
        raise FieldsWrong([replace(each, field=f"{place}.{each.field}") if place else each for each in problems])
    forms: dict[str, Any] = {name: readable(each) if isinstance(each, str) else each for name, each in address.items()}
    if _text(address, "phone"):
        forms["phone"] = phone(_text(address, "phone"), country_code=_text(address, "country") or country_code)
    where = country(_text(address, "country"))
    state = _text(address, "state")
    if where and where.is_itself(state):  # the city says more
        state, forms["state"] = _text(address, "city"), ""
    region = where.subdivision_at(state, _text(address, "postal_code")) if where and state else None
    if region:
        forms["state"] = region.code
    if where and where.postal_code and _text(address, "postal_code"):
        forms["postal_code"] = where.postal_code.read(_text(address, "postal_code"))
    return forms


def merged(address: Mapping[str, Any] | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The address with the changes. A state is one of its country: it does not survive a change of that."""
    before = dict(address or {})
    moves = bool(before.get("country")) and changes.get("country", before["country"]) != before["country"]
    if moves and before.get("state"):
        before["state"] = type(before["state"])()
    return {**before, **changes}


def mistakes(address: Address, *, country_code: str | None = None) -> list[Problem]:
    """What is written and can't be: an unknown country, a postal code or state that it doesn't have, a phone that is
    none."""
    code = _text(address, "country")
    where = country(code)
    if code and where is None:
        return [Problem("invalid_choice", UNKNOWN_COUNTRY, "country")]
    found = [_postal_code(address, where), _state(address, where)] if where else []
    return [each for each in (*found, _phone(address, code or country_code)) if each]


def gaps(address: Address, *, of: Collection[str] | None = None) -> list[Problem]:
    """What is missing for post to arrive: whom it is for, the first line, what the country needs besides, in the order
    of `/countries`, and the country. With `of`, only what a change of these fields could leave missing.
    """
    missing = [*_name_gaps(address)] if of is None or not set(NAMES).isdisjoint(of) else []
    if of is not None and POSTAL.isdisjoint(of):
        return missing
    where = country(_text(address, "country"))
    needed = [each for each in where.fields if each in where.required] if where else ["line1"]
    needed = [each for each in (*needed, "country") if not _text(address, each)]
    return missing + [Problem("required", gettext_noop("This field is required."), each) for each in needed]


def _name_gaps(address: Address) -> Iterator[Problem]:
    """Whom it is for: one of first name, last name and company is enough, told at the first."""
    if not any(_text(address, each) for each in NAMES):
        yield Problem("required", gettext_noop("Enter a first name, a last name or a company."), NAMES[0])


def _postal_code(address: Address, where: Country) -> Problem | None:
    written, rule = _text(address, "postal_code"), where.postal_code
    if not written or rule is None or rule.read(written):
        return None
    example = rule.examples[0] if rule.examples else None
    if example:
        message = gettext_noop("Enter a valid postal code for this country, for example %(example)s.")
    else:
        message = gettext_noop("Enter a valid postal code for this country.")
    return Problem("invalid_format", message, "postal_code", {"country": where.code, "example": example})


def _state(address: Address, where: Country) -> Problem | None:
    written = _text(address, "state")
    if not written or not where.is_closed or where.subdivision_at(written, _text(address, "postal_code")):
        return None
    area = where.area(written)
    if area is None:
        message = gettext_noop("This country has no such state or province.")
        return Problem("invalid_choice", message, "state", {"country": where.code})
    message = gettext_noop("%(region)s is a region: enter the province, for example %(example)s.")
    facts = {"country": where.code, "region": area.name, "example": area.provinces[0].name}
    return Problem("invalid_choice", message, "state", facts)


def _phone(address: Address, country_code: str | None) -> Problem | None:
    try:
        phone(_text(address, "phone"), country_code=country_code)
    except NotAPhone as wrong:
        return Problem("invalid_format", wrong.message, "phone")
    return None


def _text(address: Address, name: str) -> str:
    return readable(str(address.get(name) or "")).strip()
