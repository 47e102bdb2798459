"""What a client is told of each named constraint that concurrent requests can meet. One that is missing here is a
mistake in the shop: an error of the server."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from shop.inventory.errors import InsufficientStock
from shop.kernel.errors import Refusal
from shop.payments.errors import PaymentInProgress
from shop.platform.records import Stale
from shop.promotions.errors import CodeUsedUp

REFUSALS: Final[Mapping[str, Callable[[], Refusal]]] = {
    "stock_level_never_oversold": partial(InsufficientStock, ()),
    "stock_level_once_per_place": Stale,
    "discount_code_not_overused": CodeUsedUp,
    "redemption_once_per_customer": CodeUsedUp,
    "redemption_once_per_account": CodeUsedUp,
    "bill_not_overpaid": PaymentInProgress,
    "bill_covered_is_paid_in_full": PaymentInProgress,
    "bill_not_overrefunded": Stale,
    "payment_one_live_per_bill": PaymentInProgress,
    "payment_reference_once_per_provider": PaymentInProgress,
    "gateway_credentials_once_per_provider": Stale,
    "order_one_per_cart": PaymentInProgress,
    "cart_one_open_per_user": Stale,
    "cart_line_once_per_variant": Stale,
}
