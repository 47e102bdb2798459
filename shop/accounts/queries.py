"""What accounts can be asked."""

from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from shop.accounts.models import Address, Session, User
from shop.kernel.errors import NotFound
from shop.kernel.pages import START, Cursor, Direction, Page, page
from shop.platform.actors import InvalidToken
from shop.platform.totals import total


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


def addresses(user_id: UUID, *, limit: int, cursor: Cursor = START, is_counted: bool = False) -> Page[Address]:
    """The address book, newest first."""
    rows = Address.objects.filter(user_id=user_id)
    order, beyond = _newest_first(cursor)
    found = page(list(rows.filter(beyond).order_by(order)[: limit + 1]), limit=limit, keys=_key, cursor=cursor)
    return replace(found, total=total(rows)) if is_counted else found


def sessions(user_id: UUID, *, limit: int, cursor: Cursor = START, is_counted: bool = False) -> Page[Session]:
    """The devices that are logged in, the last login first."""
    rows = Session.objects.live().filter(user_id=user_id)
    order, beyond = _newest_first(cursor)
    found = page(list(rows.filter(beyond).order_by(order)[: limit + 1]), limit=limit, keys=_key, cursor=cursor)
    return replace(found, total=total(rows)) if is_counted else found


def _newest_first(cursor: Cursor) -> tuple[str, Q]:
    """Keys are time-ordered, so that the newest row has the largest."""
    forward = cursor.direction is Direction.NEXT
    if not cursor.keys:
        return ("-id" if forward else "id"), Q()
    last = UUID(str(cursor.keys[0]))
    return ("-id", Q(id__lt=last)) if forward else ("id", Q(id__gt=last))


def _key(row: Address | Session) -> tuple[str]:
    return (str(row.pk),)


def has_confirmed(user_id: UUID | None, email_key: str) -> bool:
    """Whether this is the address of the user, and they have shown that its mail reaches them."""
    return (
        user_id is not None
        and User.objects.filter(pk=user_id, email_key=email_key, email_verified_at__isnull=False).exists()
    )
