"""How a payment stores what its shopper has to do: a redirect as the API shows it, a client secret encrypted."""

from typing import Any, Final

from cryptography.fernet import InvalidToken
from django.db import models

from shop.payments.ports import ClientSecret, NextAction, Redirect
from shop.platform.keys import locked, unlocked

PURPOSE: Final = "client secret of a payment"


class NextActionField(models.JSONField):
    """A Redirect, a ClientSecret or None; for the database a JSONField like any other.

    A client secret that can no longer be decrypted, because SECRET_KEY has changed, is None: the gateway has it still.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> NextAction | None:
        return _read(super().from_db_value(value, expression, connection))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(_stored(value), connection, prepared)

    def to_python(self, value: Any) -> NextAction | None:
        return value if isinstance(value, NextAction) else _read(super().to_python(value))

    def value_to_string(self, obj: models.Model) -> Any:
        return _stored(self.value_from_object(obj))

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


def _stored(action: Any) -> Any:
    match action:
        case Redirect(url, return_url):
            return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
        case ClientSecret(client_secret):
            encrypted = locked(client_secret.encode(), purpose=PURPOSE).decode()
            return {"type": "use_stripe_sdk", "encrypted_client_secret": encrypted}
        case _:
            return action


def _read(stored: Any) -> NextAction | None:
    match stored:
        case {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": str(url), "return_url": str() | None as return_url},
        }:
            return Redirect(url, return_url)
        case {"type": "use_stripe_sdk", "encrypted_client_secret": str(encrypted)}:
            try:
                return ClientSecret(unlocked(encrypted.encode(), purpose=PURPOSE).decode())
            except InvalidToken:
                return None
        case _:
            return None
