"""What floors above do when somebody logs in or leaves: the settings `after_login` and `on_leaving` name functions."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django.utils.module_loading import import_string

from shop.platform.settings import shop_settings


@dataclass(frozen=True, slots=True)
class Welcome:
    """The cart that the customer has open, and a sentence when something of before could not be taken over."""

    cart_id: str | None = None
    notice: str = ""


class AfterLogin(Protocol):
    def __call__(self, user_id: UUID, *, cart_id: str | None) -> Welcome:
        """Called when the session is open; `cart_id` is what the client sent. A bad one is a notice, no refusal."""
        ...


class OnLeaving(Protocol):
    def __call__(self, user_id: UUID) -> None:
        """Called in the transaction that closes the account: nothing personal is left above. Raises AccountBusy."""
        ...


def after_login() -> AfterLogin:
    """The function that the setting names; without one nothing happens."""
    path = shop_settings().after_login
    found: AfterLogin = _load(path) if path else _nothing
    return found


def on_leaving() -> OnLeaving:
    """The function that the setting names; without one nothing happens."""
    path = shop_settings().on_leaving
    found: OnLeaving = _load(path) if path else _nothing_left
    return found


def _nothing(user_id: UUID, *, cart_id: str | None) -> Welcome:
    return Welcome()


def _nothing_left(user_id: UUID) -> None:
    """There is nothing above."""


@cache
def _load(path: str) -> Any:
    return import_string(path)
