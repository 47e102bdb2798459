"""What accounts can be asked."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from shop.accounts.models import Address, CustomerGroup, Session, User, email_key
from shop.kernel.errors import NotFound
from shop.kernel.pages import Page
from shop.platform.actors import InvalidToken
from shop.platform.keyset import NEWEST_FIRST, PageRequest, keyset

MOST_WORDS: Final = 10


def user(user_id: UUID) -> User:
    """The account itself, as its owner sees it. Raises InvalidToken when it is closed."""
    found = User.objects.filter(pk=user_id, is_active=True).first()
    if found is None:
        raise InvalidToken()
    return found


def group_of(user_id: UUID) -> UUID | None:
    """The group whose prices the user is shown. One query."""
    return User.objects.values_list("group_id", flat=True).filter(pk=user_id).first()


def address(user_id: UUID, address_id: UUID) -> Address:
    """One address of the user. Raises NotFound."""
    found = Address.objects.filter(pk=address_id, user_id=user_id).first()
    if found is None:
        raise NotFound()
    return found


def addresses(user_id: UUID, *, page: PageRequest) -> Page[Address]:
    """The address book, newest first."""
    return keyset(Address.objects.filter(user_id=user_id), NEWEST_FIRST, page)


def sessions(user_id: UUID, *, page: PageRequest) -> Page[Session]:
    """The devices that are logged in at the storefront, the last login first."""
    own = Session.objects.live().filter(user_id=user_id, audience=Session.Audience.STOREFRONT)
    return keyset(own, NEWEST_FIRST, page)


def customers() -> QuerySet[User]:
    """Every account that is not staff, with its group; accounts of staff are the business of superusers."""
    return User.objects.filter(is_staff=False, is_superuser=False).select_related("group")


def with_email(users: QuerySet[User], email: str) -> QuerySet[User]:
    """Those that have this email address, in any spelling."""
    return users.filter(email_key=email_key(email))


def in_groups(users: QuerySet[User], codes: Sequence[str]) -> QuerySet[User]:
    """Those in any of these customer groups; whoever has no group is in the default one. One statement."""
    groups = CustomerGroup.objects.filter(code__in=codes)
    fits = Q(group__in=[group.pk for group in groups])
    return users.filter(fits | Q(group=None) if any(group.is_default for group in groups) else fits)


def with_words(users: QuerySet[User], text: str) -> QuerySet[User]:
    """Those that have each word of the text in their name, email address or phone number."""
    for word in text.split()[:MOST_WORDS]:
        users = users.filter(
            Q(email__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(phone__icontains=word)
        )
    return users


def has_confirmed(user_id: UUID | None, email_key: str) -> bool:
    """Whether this is the address of the user, and they have shown that its mail reaches them."""
    return (
        user_id is not None
        and User.objects.filter(pk=user_id, email_key=email_key, email_verified_at__isnull=False).exists()
    )
