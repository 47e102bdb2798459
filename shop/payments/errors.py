"""What payments refuse."""

from typing import Final

from shop.kernel.errors import Conflict, Declined, Invalid, Unavailable
from shop.kernel.messages import gettext_noop
from shop.kernel.money import Money

FINAL: Final = frozenset({"expired_card", "invalid_token"})
"""Declines that the same card, or token, will meet again."""


class PaymentDeclined(Declined):
    """The gateway declined the payment; `decline_code` has the reason."""

    code = "payment_declined"
    message = gettext_noop("The payment was declined. Please try again or pay in another way.")

    def __init__(self, decline_code: str) -> None:
        """`decline_code` is one of a small coarse list: card_declined, insufficient_funds, expired_card and so on."""
        self.decline_code = decline_code
        super().__init__(params={"decline_code": decline_code, "retryable": decline_code not in FINAL})


class GatewayUnavailable(Unavailable):
    """The gateway did not answer, so the result of the payment is unknown."""

    code = "gateway_unavailable"
    message = gettext_noop(
        "The payment provider does not answer. Nothing is charged twice: please repeat the same request."
    )
    retry_after = 2


class PaymentInProgress(Conflict):
    """Another payment of the same bill is not finished yet."""

    code = "payment_in_progress"
    message = gettext_noop("A payment for this cart is in progress. Finish it, or reopen the cart.")


class UnknownPaymentMethod(Invalid):
    """The store offers no payment method of this name."""

    code = "unknown_payment_method"
    message = gettext_noop("This payment method is not offered.")

    def __init__(self) -> None:
        super().__init__(field="payment.method")


class PaymentTokenRequired(Invalid):
    """The method charges cards, and no token was sent."""

    code = "payment_token_required"
    message = gettext_noop("This payment method needs a card token.")

    def __init__(self) -> None:
        super().__init__(field="payment.token")


class CardNumberRefused(Invalid):
    """The token looks like a card number, which the shop must not receive (PCI DSS)."""

    code = "card_number_refused"
    message = gettext_noop(
        "Card numbers are not accepted. Send the token that the payment provider created for the card."
    )

    def __init__(self) -> None:
        super().__init__(field="payment.token")


class SavingNotOffered(Invalid):
    """The method can't be saved for later purchases."""

    code = "saving_not_offered"
    message = gettext_noop("This payment method can't be saved.")

    def __init__(self) -> None:
        super().__init__(field="payment.save")


class InvalidReturnUrl(Invalid):
    """`return_url` is not below the shop's or a storefront's origin."""

    code = "invalid_return_url"
    message = gettext_noop("Must be a URL of this shop or one of its storefronts.")

    def __init__(self) -> None:
        super().__init__(field="payment.return_url")


class RefundTooLarge(Conflict):
    """The refund exceeds what is paid and not refunded yet, which is in `refundable`."""

    code = "refund_too_large"
    message = gettext_noop("The refund exceeds the amount paid.")

    def __init__(self, *, refundable: Money) -> None:
        super().__init__(params={"refundable": {"amount": refundable.minor, "currency": refundable.currency}})
