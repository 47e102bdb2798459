"""What accounts can be asked."""

from uuid import UUID

from shop.accounts.models import Address, Session, User
from shop.kernel.errors import NotFound
from shop.kernel.pages import Page
from shop.platform.actors import InvalidToken
from shop.platform.keyset import NEWEST_FIRST, PageRequest, keyset


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
    """The devices that are logged in, the last login first."""
    return keyset(Session.objects.live().filter(user_id=user_id), NEWEST_FIRST, page)


def has_confirmed(user_id: UUID | None, email_key: str) -> bool:
    """Whether this is the address of the user, and they have shown that its mail reaches them."""
    return (
        user_id is not None
        and User.objects.filter(pk=user_id, email_key=email_key, email_verified_at__isnull=False).exists()
    )
