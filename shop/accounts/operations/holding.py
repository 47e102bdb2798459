"""The account's row stands for all that is the account's: whoever changes any of it holds the row first."""

from uuid import UUID

from shop.accounts.models import User
from shop.platform.actors import InvalidToken


def held(user_id: UUID) -> User:
    """The account, which nobody else changes before this transaction ends. Raises InvalidToken when it is closed."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()
    if user is None:
        raise InvalidToken()
    return user
