"""What layers above do when somebody logs in or closes their account: functions registered by decorators, called in
the order of INSTALLED_APPS."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LoginResult:
    """The open cart of the customer, and a sentence when something from before the login could not be kept."""

    cart_id: str | None = None
    notice: str = ""


class OnLogin(Protocol):
    def __call__(self, user_id: UUID, *, cart_id: str | None) -> LoginResult:
        """Called when the session is open; `cart_id` is what the client sent. A wrong one is a notice, no refusal."""
        ...


class OnLeaving(Protocol):
    def __call__(self, user_id: UUID) -> None:
        """Delete what is personal, in the transaction that closes the account. Raises AccountBusy."""
        ...


LOGIN: Final[list[OnLogin]] = []
LEAVING: Final[list[OnLeaving]] = []

LoginHandler = TypeVar("LoginHandler", bound=OnLogin)
LeavingHandler = TypeVar("LeavingHandler", bound=OnLeaving)


def on_login(function: LoginHandler) -> LoginHandler:
    """Register a function that follows every login."""
    LOGIN.append(function)
    return function


def on_leaving(function: LeavingHandler) -> LeavingHandler:
    """Register a function that forgets a customer whose account is closed."""
    LEAVING.append(function)
    return function


def logged_in(user_id: UUID, *, cart_id: str | None) -> LoginResult:
    """Call what follows a login; the first cart counts, and every notice."""
    results = [function(user_id, cart_id=cart_id) for function in LOGIN]
    notices = (each.notice for each in results if each.notice)
    return LoginResult(_first(each.cart_id for each in results), " ".join(notices))


def leaving(user_id: UUID) -> None:
    """Call what forgets the customer. Raises AccountBusy."""
    for function in LEAVING:
        function(user_id)


def _first(cart_ids: Iterable[str | None]) -> str | None:
    return next((each for each in cart_ids if each is not None), None)
