"""Money that comes by itself, to be noted by hand: a transfer to the shop's account. Nobody is called."""

from collections.abc import Mapping

from shop.kernel.money import Money
from shop.payments.ports import Charge, Credentials, Outcome, Receipt, WebhookEvent
from shop.payments.types import Method


class Manual:
    """The order is placed unpaid. Whoever sees the money arrive notes it, and pays back by hand."""

    provider = "manual"
    credentials_type: type[Credentials] | None = None
    methods: tuple[Method, ...] = (Method(code="manual", name="Bank transfer", kind="offline", provider="manual"),)
    has_webhooks = False
    is_remote = False

    def charge(self, charge: Charge, *, token: str, return_url: str) -> Receipt:
        """Nothing has come yet."""
        return Receipt(outcome=Outcome.PENDING, amount=charge.amount)

    def fetch(self, charge: Charge) -> Receipt:
        """Only somebody who looks at the account knows."""
        return Receipt(outcome=Outcome.PENDING, amount=charge.amount)

    def capture(self, charge: Charge) -> Receipt:
        """Somebody has seen the money."""
        return Receipt(outcome=Outcome.CAPTURED, amount=charge.amount)

    def refund(self, charge: Charge, amount: Money, *, key: str) -> Receipt:
        """Under way until somebody notes that it is paid back."""
        return Receipt(outcome=Outcome.PENDING, amount=amount)

    def void(self, charge: Charge) -> Receipt:
        """Nothing is expected any more."""
        return Receipt(outcome=Outcome.VOIDED, amount=charge.amount)

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent | None:
        """Nobody writes."""
        return None
