"""The demo shop's customers."""

import secrets
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shop.accounts.models import User, email_key
from shop.accounts.operations import addresses
from shop.platform.clock import now

Postal = dict[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with an email and an address."""

    email: str
    address: Postal


def _person(email: str, first: str, last: str, line1: str, postal_code: str, city: str, country: str) -> Person:
    address = {"first_name": first, "last_name": last, "line1": line1, "postal_code": postal_code, "city": city}
    return Person(email, address | {"country": country})


ADA: Final = _person("ada@example.com", "Ada", "Lovelace", "Lindenstraße 12", "10969", "Berlin", "DE")
GRACE: Final = _person("grace@example.com", "Grace", "Hopper", "14 rue des Tilleuls", "69002", "Lyon", "FR")
ALAN: Final = _person("alan@example.com", "Alan", "Turing", "Kerkstraat 7", "1017 GA", "Amsterdam", "NL")
MARIA: Final = _person("maria@example.com", "Maria", "Telkes", "Mariahilfer Straße 3", "1060", "Wien", "AT")
CUSTOMERS: Final = MappingProxyType({person.email: person for person in (ADA, GRACE, ALAN)})
"""The customers with an account; Maria buys as a guest."""


def admit() -> str | None:
    """Create the customers' accounts and addresses. Return their common password, or None if they all existed."""
    password = secrets.token_urlsafe(9)
    new = [person for person in CUSTOMERS.values() if not _known(person)]
    for person in new:
        user = User.objects.create_user(
            person.email,
            password,
            first_name=person.address["first_name"],
            last_name=person.address["last_name"],
            email_verified_at=now(),
        )
        addresses.add(user.pk, person.address)
    return password if new else None


def account(person: Person) -> User | None:
    """Return the person's account, or None."""
    return User.objects.filter(email_key=email_key(person.email)).first() if person.email in CUSTOMERS else None


def _known(person: Person) -> bool:
    return User.objects.filter(email_key=email_key(person.email)).exists()
