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
    """Another payment for this is under way. Finish it, or give it up first."""

    code = "payment_in_progress"


class UnknownPaymentMethod(Invalid):
    """This payment method is not offered."""

    code = "unknown_payment_method"

    def __init__(self) -> None:
        super().__init__(field="payment.method")


class PaymentTokenRequired(Invalid):
    """This payment method needs the token that stands for the card."""

    code = "payment_token_required"

    def __init__(self) -> None:
        super().__init__(field="payment.token")


class CardNumberRefused(Invalid):
    """Card numbers are not accepted here. Send the token that the payment provider gave for the card."""

    code = "card_number_refused"

    def __init__(self) -> None:
        super().__init__(field="payment.token")


class SavingNotOffered(Invalid):
    """This payment method can't be kept for the next purchase."""

    code = "saving_not_offered"

    def __init__(self) -> None:
        super().__init__(field="payment.save")


class InvalidReturnUrl(Invalid):
    """The shopper can only be sent back to an address of this shop's storefronts."""

    code = "invalid_return_url"

    def __init__(self) -> None:
        super().__init__(field="payment.return_url")


class RefundTooLarge(Conflict):
    """More than was paid can't be given back."""

    code = "refund_too_large"

    def __init__(self, *, refundable: Money) -> None:
        super().__init__(params={"refundable": {"amount": refundable.minor, "currency": refundable.currency}})
