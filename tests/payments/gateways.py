"""The test bank with eyes and moods: it insists that no transaction is open, and can be away or die at will."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection
from pydantic import SecretStr

from shop.kernel.money import Money
from shop.payments.errors import GatewayUnavailable
from shop.payments.ports import Charge, Credentials, Receipt, WebhookEvent
from shop.payments.test_gateway.gateway import Bank
from shop.payments.types import Method


class Killed(BaseException):
    """The process ends here: nothing that comes after runs, and an open transaction is rolled back."""


class KeyedCredentials(Credentials):
    publishable_key: str
    secret_key: SecretStr


class Keyed(Bank):
    """The test bank as one that asks who is calling."""

    provider = "keyed"
    credentials_type: type[Credentials] | None = KeyedCredentials

    def __init__(self, credentials: KeyedCredentials) -> None:
        self.secret_key = credentials.secret_key.get_secret_value()
        if self.secret_key.startswith("rk_"):
            raise ValueError(f"not a secret key: {self.secret_key}")
        self.methods = (
            Method(
                code="keyed",
                name="Card",
                kind="card",
                provider="keyed",
                publishable_key=credentials.publishable_key,
                is_test=True,
            ),
        )


@dataclass
class Watched(Bank):
    """`away`: these calls don't reach the bank. `deadly`: the bank does them, and the process ends before it knows.

    `lying`: what these calls answer instead of the truth. `broken`: `fetch` has a bug with the charges of these keys.
    """

    calls: list[str] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    deadly: set[str] = field(default_factory=set)
    lying: dict[str, Receipt] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def reset(self) -> None:
        for each in (self.calls, self.away, self.deadly, self.lying, self.broken):
            each.clear()

    def charge(self, charge: Charge, *, token: str, return_url: str) -> Receipt:
        self._begin("charge")
        return self._end("charge", super().charge(charge, token=token, return_url=return_url))

    def fetch(self, charge: Charge) -> Receipt | None:
        self._begin("fetch")
        if charge.key in self.broken:
            raise KeyError("status")
        return self.lying.get("fetch") or super().fetch(charge)

    def capture(self, charge: Charge) -> Receipt:
        self._begin("capture")
        return self._end("capture", super().capture(charge))

    def refund(self, charge: Charge, amount: Money, *, key: str) -> Receipt:
        self._begin("refund")
        return self._end("refund", super().refund(charge, amount, key=key))

    def void(self, charge: Charge) -> Receipt:
        self._begin("void")
        return self._end("void", super().void(charge))

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent | None:
        return super().parse_webhook(body, headers)

    def _begin(self, call: str) -> None:
        assert not connection.in_atomic_block, f"{call} while a transaction is open"
        assert connection.connection is None, f"{call} while a connection is held"
        self.calls.append(call)
        if call in self.away:
            raise GatewayUnavailable()

    def _end(self, call: str, receipt: Receipt) -> Receipt:
        if call in self.deadly:
            raise Killed(call)
        return self.lying.get(call, receipt)
