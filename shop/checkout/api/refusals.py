"""What the calls of carts may be refused for, by what they have in common."""

from shop.checkout import errors
from shop.inventory.errors import InsufficientStock
from shop.kernel.currencies import UnknownCurrency
from shop.payments.errors import (
    CardNumberRefused,
    GatewayUnavailable,
    InvalidReturnUrl,
    PaymentDeclined,
    PaymentInProgress,
    PaymentTokenRequired,
    SavingNotOffered,
    UnknownPaymentMethod,
)
from shop.platform.limits import TooManyRequests
from shop.promotions.errors import CodeRefused, CodeUsedUp

CHANGED = (errors.CartCompleted, PaymentInProgress)
QUANTITIES = (*CHANGED, errors.QuantityTooLarge, InsufficientStock)
LINES = (*QUANTITIES, errors.VariantUnavailable, errors.CartFull, errors.MetadataTooLarge)
PLACES = (errors.CountryNotServed, errors.CurrencyNotServed)
CODES = (CodeRefused, TooManyRequests)
REOPENING = (errors.CartCompleted, GatewayUnavailable)
COMPLETING = (
    errors.NotReady,
    errors.CartCompleted,
    errors.PriceChanged,
    errors.TooManyUnpaid,
    UnknownPaymentMethod,
    PaymentTokenRequired,
    CardNumberRefused,
    SavingNotOffered,
    UnknownCurrency,
    InsufficientStock,
    CodeUsedUp,
    PaymentDeclined,
    PaymentInProgress,
    errors.PaymentAbandoned,
    GatewayUnavailable,
    InvalidReturnUrl,
    TooManyRequests,
)
