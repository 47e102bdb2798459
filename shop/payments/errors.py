"""What payments refuse."""

from typing import Final

from shop.kernel.errors import Conflict, Declined, Invalid, Unavailable
from shop.kernel.money import Money

FINAL: Final = frozenset({"expired_card", "invalid_token"})
"""Declines that the same card, or token, will meet again."""


class PaymentDeclined(Declined):
    """The payment was declined. Please try again or pay in another way."""

    code = "payment_declined"

    def __init__(self, decline_code: str) -> None:
        """`decline_code` is one of a small coarse list: card_declined, insufficient_funds, expired_card and so on."""
        self.decline_code = decline_code
        super().__init__(params={"decline_code": decline_code, "retryable": decline_code not in FINAL})


class GatewayUnavailable(Unavailable):
    """The payment provider does not answer. Nothing is charged twice: please repeat the same request."""

    code = "gateway_unavailable"
    retry_after = 2


class PaymentInProgress(Conflict):
    """A payment for this cart is in progress. Finish it, or reopen the cart."""

    code = "payment_in_progress"


class UnknownPaymentMethod(Invalid):
    """This payment method is not offered."""

    code = "unknown_payment_method"

    def __init__(self) -> None:
        super().__init__(field="payment.method")


class PaymentTokenRequired(Invalid):
    """This payment method needs a card token."""

    code = "payment_token_required"

    def __init__(self) -> None:
        super().__init__(field="payment.token")


class CardNumberRefused(Invalid):
    """Card numbers are not accepted. Send the token that the payment provider created for the card."""

    code = "card_number_refused"

    def __init__(self) -> None:
        super().__init__(field="payment.token")


class SavingNotOffered(Invalid):
    """This payment method can't be saved."""

    code = "saving_not_offered"

    def __init__(self) -> None:
        super().__init__(field="payment.save")


class InvalidReturnUrl(Invalid):
    """Must be a URL of this shop or one of its storefronts."""

    code = "invalid_return_url"

    def __init__(self) -> None:
        super().__init__(field="payment.return_url")


class RefundTooLarge(Conflict):
    """The refund exceeds the amount paid."""

    code = "refund_too_large"

    def __init__(self, *, refundable: Money) -> None:
        super().__init__(params={"refundable": {"amount": refundable.minor, "currency": refundable.currency}})
