"""The port to whoever moves the money: six questions, answered by every gateway.

A gateway is called outside any transaction. A method that raises has either not happened (PaymentDeclined) or may have
happened (GatewayUnavailable); nothing else is raised. Times out after ten seconds at most. Whoever writes one proves
it by subclassing the suite in shop/payments/testing.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from shop.kernel.money import Money
from shop.payments.types import Method


class Outcome(StrEnum):
    """How something stands at the gateway."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge as both sides know it. `key` is the idempotency key, `reference` the gateway's id once it is known."""

    key: str
    amount: Money
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """The shopper confirms the payment on a page of the gateway, and comes back to `return_url` if there is one."""

    url: str
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """The shopper confirms the payment in the storefront, where the gateway's script takes this secret of the charge.

    The secret is given to the shopper alone: it is stored encrypted, and appears in no representation.
    """

    client_secret: str = field(repr=False)


NextAction = Redirect | ClientSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How a charge, or a refund, stands; where it is REQUIRES_ACTION, `next_action` is what the shopper has to do."""

    outcome: Outcome
    amount: Money
    reference: str | None = None
    decline_code: str = ""
    next_action: NextAction | None = None
    brand: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """The event of a signed webhook: something happened to the charge of that key."""

    event_id: str
    kind: str
    key: str
    reference: str
    amount: Money


class Credentials(BaseModel):
    """What a gateway needs to call its provider: a subclass with a field for each value.

    A field of the type `SecretStr` is a secret, of which nothing is shown to anybody; one of the type `str` is public.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True, str_min_length=1
    )


@runtime_checkable
class Gateway(Protocol):
    """A bank, a card processor, or somebody who looks at the account by hand.

    Made with an instance of `credentials_type` as its only argument, and made anew when they change; without any
    argument where that is None.
    """

    provider: str
    credentials_type: type[Credentials] | None
    methods: tuple[Method, ...]
    has_webhooks: bool
    is_remote: bool
    """Whether it is asked over a network: then the database's connection is given back before."""

    def charge(self, charge: Charge, *, token: str, return_url: str) -> Receipt:
        """Collect the amount. The same key again is the same charge, and never a second one.

        Raises PaymentDeclined when the card is refused, GatewayUnavailable when the outcome is not known.
        """
        ...

    def fetch(self, charge: Charge) -> Receipt | None:
        """How the charge stands, declined ones included; None when it never arrived. Captured stays CAPTURED, whatever
        was refunded."""
        ...

    def capture(self, charge: Charge) -> Receipt:
        """An authorized charge is captured in full. Raises PaymentDeclined when the bank has changed its mind."""
        ...

    def refund(self, charge: Charge, amount: Money, *, key: str) -> Receipt:
        """Give so much of it back: REFUNDED, or PENDING while it is under way. The same key is the same refund.

        Raises PaymentDeclined when the gateway will never do it, as for more than was captured.
        """
        ...

    def void(self, charge: Charge) -> Receipt:
        """From now on the charge takes no money, even if it has not arrived yet. CAPTURED when it is too late."""
        ...

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent | None:
        """What the body says, if the provider has signed it just now; else None."""
        ...
